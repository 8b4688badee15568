/**
 * The built-in packs and the operator's own, read after the start and not in it: to read and compile them takes as long as the rest
 * of a start. `warm` does so in a free moment once the gateway listens; a text that comes before that does not wait for the moment.
 */
import { type Detector, TEXT_RULES } from './detector.ts';

export interface LazyTextRules extends Detector {
  /** Resolves when the rules are there; never rejects: why they are not, the first text is told. */
  warm(): Promise<void>;
}

/** Where the operator has packs of its own they are read at once, because a mistake in them must stop the start. Raises PackError then. */
export async function lazyTextRules(packs: readonly string[]): Promise<LazyTextRules> {
  let rules: Promise<Detector> | null = null;
  const made = () => {
    rules ??= readRules(packs).catch((error: unknown) => {
      rules = null;
      throw error;
    });
    return rules;
  };
  if (packs.length > 0) await made();
  return {
    name: TEXT_RULES,
    looksAt: ['text'],
    detect: async (subject, signal) => (await made()).detect(subject, signal),
    warm: () =>
      made().then(
        () => {},
        () => {},
      ),
  };
}

/** One file in each turn of the event loop, so that no request waits for all of them. */
async function readRules(packs: readonly string[]): Promise<Detector> {
  const { BUILT_IN_PACKS, createTextRules, packFiles, readPack } = await import('./text/rules.ts');
  const read = [];
  for (const path of [...packFiles(BUILT_IN_PACKS), ...packs]) {
    read.push(readPack(path));
    await new Promise(setImmediate);
  }
  return createTextRules(read);
}
