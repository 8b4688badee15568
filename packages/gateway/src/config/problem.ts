/** One thing wrong with a configuration. Never holds the value of an environment variable. */
export interface ConfigProblem {
  /** 1-based; null where the problem is not in the file (a missing file, an environment variable). */
  readonly line: number | null;
  /** `models.my-model.routes[0].provider`, an environment variable's name, or '' for the file as a whole. */
  readonly path: string;
  /** What is wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Problems in the order of the file, those without a line first. */
export const inFileOrder = (problems: readonly ConfigProblem[]): ConfigProblem[] =>
  [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
