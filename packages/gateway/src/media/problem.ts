/** Everything that can be wrong with inputs, collected as plain values and answered as one error. */
import { type Fix, TaskError } from '@sluice/errors';
import type { ImageOp } from './auto-fix.ts';

interface ProblemBase {
  /** `image_urls[0]`, `mask_url`. */
  readonly param: string;
  readonly because: string;
  readonly remedy?: string;
  /** Units in the names. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Repairs that are worth a try: each can do something about it, none is promised. */
  readonly mendableBy?: readonly ImageOp[];
  /** Repairs that were tried and do it. */
  readonly fixes?: readonly Fix[];
  readonly afterSeconds?: number | null;
}

export type Problem =
  | (ProblemBase & {
      readonly code: 'invalid_parameters';
      readonly subtype:
        | 'image_dimension'
        | 'file_too_large'
        | 'unsupported_format'
        | 'video_duration'
        | 'general';
    })
  | (ProblemBase & {
      readonly code: 'image_processing_error';
      readonly subtype: 'url_inaccessible' | 'unsupported_format' | 'corrupted' | 'network' | 'general';
    })
  | (ProblemBase & { readonly code: 'image_dimension_mismatch'; readonly subtype: null });

/**
 * One error for all: the most useful on top, every one of them in `issues` when there are several.
 *
 * Most useful is what certainly has to change: a network failure may be gone tomorrow, so it leads only where nothing else is
 * wrong, and never makes a request look retryable that is not. Among the others, what keeps us from seeing the input comes
 * before what we saw in it.
 */
export function errorOf(problems: readonly [Problem, ...Problem[]]): TaskError {
  const [first] = problems;
  const top = problems.reduce((best, problem) => (rank(problem) < rank(best) ? problem : best), first);
  if (problems.length === 1) return toError(top);
  return toError(
    { ...top, because: `${top.because} ${others(problems.length - 1)}` },
    problems.map((problem) => toError(problem)),
    distinct(problems.flatMap((problem) => problem.fixes ?? [])),
  );
}

const others = (count: number) =>
  count === 1
    ? 'There is one more problem: see `issues`.'
    : `There are ${count} more problems: see \`issues\`.`;

/** One repair may answer several problems. */
function distinct(fixes: readonly Fix[]): Fix[] {
  return [...new Map(fixes.map((fix) => [`${fix.op} ${fix.param} ${fix.to}`, fix])).values()];
}

function toError(
  problem: Problem,
  issues: readonly TaskError[] = [],
  fixes = problem.fixes ?? [],
): TaskError {
  const { code, subtype, param, because, remedy, details, afterSeconds } = problem;
  return new TaskError(code, {
    subtype,
    param,
    because,
    details,
    issues,
    fixes,
    ...(remedy === undefined ? {} : { remedy }),
    ...(afterSeconds === undefined ? {} : { afterSeconds }),
  });
}

function rank(problem: Problem): number {
  switch (problem.code) {
    case 'image_processing_error':
      return problem.subtype === 'network' ? 9 : 1;
    case 'invalid_parameters':
      // Too many of them: that has to be settled before any single one.
      if (problem.details.max_items !== undefined) return 0;
      return problem.subtype === 'unsupported_format' ? 2 : 3;
    case 'image_dimension_mismatch':
      return 4;
    default: {
      const never: never = problem;
      return never;
    }
  }
}
