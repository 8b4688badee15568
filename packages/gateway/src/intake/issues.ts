/** One thing wrong with a request as an error of its own, and many of them as one answer. */
import { TaskError, type TaskErrorOptions } from '@sluice/errors';
import type { SchemaFault } from '../catalog/faults.ts';
import type { TaskType } from '../catalog/model.ts';
import { pathOfPointer } from '../catalog/pointer.ts';
import { isTextLimit, TEXT_LIMITS } from '../catalog/text-limits.ts';

/** What an `invalid_parameters` error is made of. */
export interface Issue extends TaskErrorOptions {
  readonly param: string;
  readonly because: string;
}

/** What an issue is where it names no finer sub-type. */
const GENERAL = { subtype: 'general' } as const;

/** A field's name may be as long as the body. */
const MAX_PATH = 120;

/** What the model's schema found, with the sub-type that fits. */
export function issueOfFault(fault: SchemaFault, type: TaskType): Issue {
  const path = pathOfPointer(fault.pointer);
  const param = path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}...` : path;
  const because = `\`${param}\` ${fault.text}.`;
  const remedy =
    fault.remedy ?? (fault.keyword === 'required' ? `Add \`${param}\`${meaningOf(fault)}.` : null);
  const common = { param, because, ...(remedy === null ? {} : { remedy }) };
  if (param === 'prompt' && isTextLimit(fault.keyword)) {
    const to = `${String(fault.schema[fault.keyword])} ${TEXT_LIMITS[fault.keyword].unit}`;
    return {
      ...common,
      subtype: 'prompt_too_long',
      details: fault.details,
      fixes: [{ op: 'truncate_prompt', param, to }],
    };
  }
  if (
    type === 'video' &&
    param === 'duration' &&
    typeof fault.value === 'number' &&
    fault.keyword !== 'type'
  ) {
    return {
      ...common,
      subtype: 'video_duration',
      details: secondsOf(fault),
    };
  }
  const asksForFrame = param === 'size' || param === 'aspect_ratio';
  if (asksForFrame && typeof fault.value === 'string' && /^\d+[x:]\d+$/.test(fault.value)) {
    const details = { ...fault.details, actual: fault.value };
    const other = remedy ?? 'Request one of the sizes or ratios that the model makes.';
    return {
      ...common,
      remedy: other,
      subtype: 'image_dimension',
      details,
    };
  }
  if (fault.keyword === 'unknown') {
    const known = Array.isArray(fault.details.known) ? fault.details.known.join(', ') : '';
    return {
      ...common,
      subtype: 'unknown_parameter',
      remedy: remedy ?? `Remove it. Known here: ${known}.`,
      details: fault.details,
    };
  }
  return { ...common, details: fault.details };
}

/** The numbers of the schema with their unit in the name. */
function secondsOf({ schema, details, value }: SchemaFault): Readonly<Record<string, unknown>> {
  const given = Array.isArray(details.allowed)
    ? details.allowed.filter((entry) => typeof entry === 'number')
    : null;
  const min = given ? Math.min(...given) : schema.minimum;
  const max = given ? Math.max(...given) : schema.maximum;
  return {
    ...(typeof min === 'number' && Number.isFinite(min) ? { min_seconds: min } : {}),
    ...(typeof max === 'number' && Number.isFinite(max) ? { max_seconds: max } : {}),
    ...(given ? { allowed_seconds: given } : {}),
    actual_seconds: value,
  };
}

/** The first sentence of the field's description. */
const meaningOf = ({ schema }: SchemaFault): string =>
  typeof schema.description === 'string' ? `: ${schema.description.split(/\.(?:\s|$)/)[0]}` : '';

/** More would be a wall, and what they say repeats itself. */
export const MAX_ISSUES = 20;

/**
 * Many issues as one error: the most useful on top (a mistyped name first, it explains others), all of them in `issues`.
 * `issues` is not empty.
 */
export function refusalOf(issues: readonly Issue[], requestId: string): TaskError {
  const [top, ...rest] = [...issues].sort((a, b) => rank(a) - rank(b)).slice(0, MAX_ISSUES);
  if (top === undefined || rest.length === 0)
    return new TaskError('invalid_parameters', { ...GENERAL, ...top, requestId });
  return new TaskError('invalid_parameters', {
    ...GENERAL,
    ...top,
    because: `${top.because} ${more(issues.length - 1)}`,
    issues: [top, ...rest].map(
      (issue) => new TaskError('invalid_parameters', { ...GENERAL, ...issue, requestId }),
    ),
    fixes: [top, ...rest].flatMap((issue) => issue.fixes ?? []),
    requestId,
  });
}

const more = (count: number) =>
  count === 1
    ? 'There is one more problem: see `issues`.'
    : `There are ${count} more problems: see \`issues\`.`;

function rank(issue: Issue): number {
  if (issue.subtype !== 'unknown_parameter') return 1;
  return issue.details && 'suggestion' in issue.details ? 0 : 2;
}
