/**
 * THE table of error codes. Read this first.
 *
 * Thirteen codes can end a task; six more can only refuse a request. What each means, whether the same request can succeed
 * later and what to do about it stands once, in the rows of `table/`; types, HTTP answers, the docs page and `GET /v1/errors`
 * all come from them.
 */
import { CLIENT_ROWS } from './table/client.ts';
import type { CodeRow, ErrorType, HeadlineFacts, RetryAdvice, SubtypeRow } from './table/entry.ts';
import { REQUEST_ROWS } from './table/request.ts';
import { SERVER_ROWS } from './table/server.ts';

export {
  type CodeRow,
  type ErrorType,
  RETRY_ACTIONS,
  type RetryAction,
  type RetryAdvice,
  type SubtypeRow,
} from './table/entry.ts';

export const TASK_CODES = [
  'content_policy_violation',
  'invalid_parameters',
  'image_processing_error',
  'image_dimension_mismatch',
  'request_cancelled',
  'generation_failed_no_content',
  'service_error',
  'generation_timeout',
  'resource_exhausted',
  'quota_exceeded',
  'service_unavailable',
  'resource_not_found',
  'unknown_error',
] as const;
export type TaskCode = (typeof TASK_CODES)[number];

/** Refusals that only a request can meet; a task never ends with one of these. */
export const REQUEST_CODES = [
  'unauthorized',
  'forbidden',
  'model_not_found',
  'idempotency_conflict',
  'task_not_cancellable',
  'request_too_large',
] as const;
export type RequestCode = (typeof REQUEST_CODES)[number];
export type ErrorCode = TaskCode | RequestCode;
export const ERROR_CODES: readonly ErrorCode[] = [...TASK_CODES, ...REQUEST_CODES];

const ROWS = { ...CLIENT_ROWS, ...SERVER_ROWS, ...REQUEST_ROWS } as const satisfies Readonly<
  Record<ErrorCode, CodeRow>
>;

/** The sub-types of one code: `SubtypeOf<'quota_exceeded'>` is `'rate_limit' | 'concurrency_limit' | 'account_quota'`. */
export type SubtypeOf<C extends ErrorCode> = keyof (typeof ROWS)[C]['subtypes'] & string;

const TABLE: Readonly<Record<ErrorCode, CodeRow>> = ROWS;

export function rowOf(code: ErrorCode): CodeRow {
  return TABLE[code];
}

/** The row of a sub-type; null for no sub-type and for one that the code does not have. */
export function subtypeRowOf(code: ErrorCode, subtype: string | null): SubtypeRow | null {
  if (subtype === null) return null;
  const { subtypes } = TABLE[code];
  return Object.hasOwn(subtypes, subtype) ? (subtypes[subtype] ?? null) : null;
}

export function subtypesOf(code: ErrorCode): readonly string[] {
  return Object.keys(TABLE[code].subtypes);
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(TABLE, value);
}

export function isTaskCode(value: unknown): value is TaskCode {
  return isErrorCode(value) && TABLE[value].scope === 'task';
}

/** By code and sub-type, put together once: classifying asks for it every time. */
const ADVICE: ReadonlyMap<ErrorCode, ReadonlyMap<string, RetryAdvice>> = new Map(
  ERROR_CODES.map((code) => [
    code,
    new Map(
      Object.entries(TABLE[code].subtypes).map(([name, row]) => [
        name,
        { ...TABLE[code].retry, ...row.retry },
      ]),
    ),
  ]),
);

/**
 * Whether and how to try again. `afterSeconds` is what the case itself says about waiting; without it the table's own figure
 * stands. An exhausted account becomes retryable only when the case says when its allowance is renewed.
 */
export function retryAdvice(
  code: ErrorCode,
  subtype: string | null = null,
  afterSeconds: number | null = null,
): RetryAdvice {
  const base = (subtype === null ? undefined : ADVICE.get(code)?.get(subtype)) ?? TABLE[code].retry;
  if (afterSeconds === null) return base;
  if (code === 'quota_exceeded') return { ...base, retryable: true, after_seconds: afterSeconds };
  return base.retryable ? { ...base, after_seconds: afterSeconds } : base;
}

/** The HTTP status of a request refused with this code. */
export function httpStatusOf(code: ErrorCode, subtype: string | null = null): number {
  return subtypeRowOf(code, subtype)?.status ?? TABLE[code].status;
}

export function errorTypeOf(code: ErrorCode, subtype: string | null = null): ErrorType {
  return subtypeRowOf(code, subtype)?.type ?? TABLE[code].type;
}

/** One line: what to do about it. */
export function tipOf(code: ErrorCode, subtype: string | null = null): string {
  return subtypeRowOf(code, subtype)?.tip ?? TABLE[code].tip;
}

/** First line of a message, with the numbers of the case: "Image dimensions must be between 240 and 7680". */
export function headlineOf(
  code: ErrorCode,
  subtype: string | null = null,
  facts: HeadlineFacts = {},
): string {
  const headlines = subtypeRowOf(code, subtype)?.headlines ?? TABLE[code].headlines;
  for (const template of headlines) {
    const filled = fill(template, facts);
    if (filled !== null) return filled;
  }
  return headlines[headlines.length - 1] ?? TABLE[code].title;
}

function fill(template: string, facts: HeadlineFacts): string | null {
  let complete = true;
  const text = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = facts[name];
    if (typeof value === 'number' && Number.isFinite(value)) {
      return name.endsWith('_bytes') ? humanBytes(value) : String(value);
    }
    if (typeof value === 'string' && value !== '') return value;
    complete = false;
    return '';
  });
  return complete ? text : null;
}

/** "10MB": decimal where it divides evenly, else binary; both are called MB in this trade. */
function humanBytes(bytes: number): string {
  for (const [base, units] of [
    [1000, ['GB', 'MB', 'KB']],
    [1024, ['GB', 'MB', 'KB']],
  ] as const) {
    for (const [index, unit] of units.entries()) {
      const size = base ** (units.length - index);
      if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
    }
  }
  if (bytes >= 1_000_000) return `${Math.round(bytes / 100_000) / 10}MB`;
  return bytes >= 1000 ? `${Math.round(bytes / 100) / 10}KB` : `${bytes} bytes`;
}
