import { readdir } from 'node:fs/promises';
import { adapterConformance, type JobSort } from '../conformance.ts';
import { jobOf, openTrial } from './trial.ts';

const PROMPTS: Readonly<Record<JobSort, string>> = {
  finishes: 'a lighthouse in the fog',
  runs_on: 'a lighthouse rehearse:never_finishes',
  refused: 'a lighthouse rehearse:invalid_parameters',
  fails: 'a lighthouse rehearse:service_error',
};

adapterConformance('the studio', {
  async open() {
    const trial = await openTrial();
    return {
      adapter: trial.adapter,
      clock: trial.clock,
      job: (sort) => jobOf({ prompt: PROMPTS[sort] }),
      moment: () => trial.clock.advance(50),
      restart: () => trial.restart('killed'),
      accepted: async () => (await readdir(trial.folder)).filter((name) => name.startsWith('job-')).length,
      close: () => trial.close(),
    };
  },
});
