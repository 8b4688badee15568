/**
 * Loaded before every test file: properties draw the same examples in every run, so that a red build is about the change and not
 * about the day. `SLUICE_PROPERTY_SEED=random npm test` looks for new examples; a number repeats a run.
 */
import fc from 'fast-check';

const wanted = process.env.SLUICE_PROPERTY_SEED ?? '20261122';
if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted) });
