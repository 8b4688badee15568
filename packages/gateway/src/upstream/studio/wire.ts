/**
 * What the studio takes and sends: its wire format, as if it were a company with an HTTP API. `service.ts` is the one side of it,
 * `adapter.ts` the other; nothing else passes between the two.
 *
 *   create   RenderRequest + the input files   -> 200 JobStatus
 *   status   job                               -> 200 JobStatus           (a job that failed says so here)
 *   result   job                               -> 200 JobResult | the job's own failure (ErrorAnswer with `job`)
 *   stop     job                               -> 200 JobStatus, as it is after the call
 *   find     key                               -> 200 JobStatus | 404 job_not_found
 *   release  job                               -> nothing
 *
 * Every other answer is an ErrorAnswer. One that names a `job` is that job's end; one that does not is about the call alone and
 * says nothing about the job.
 */
import type { NetworkFault } from '@sluice/errors';
import { type Static, Type } from 'typebox';
import { guard } from '../../guard.ts';

/** Every code the studio knows, with its reasons. An empty list means that the code comes without one. */
export const WIRE_CODES = {
  moderation_blocked: ['real_person', 'celebrity', 'copyright', 'adult', 'violence', 'minor', 'other'],
  invalid_request: [
    'prompt_too_long',
    'image_dimension',
    'file_too_large',
    'unsupported_format',
    'video_duration',
    'rehearsal',
    'other',
  ],
  input_unreadable: ['inaccessible', 'corrupted', 'unsupported_format', 'network', 'other'],
  size_mismatch: [],
  cancelled: [],
  no_output: ['poor_prompt', 'model_limit', 'empty', 'protected', 'other'],
  internal: [],
  timed_out: [],
  overloaded: [],
  /** The caller's account at the studio is over its limit. */
  rate_limited: ['rate', 'concurrency', 'balance'],
  /** The caller's own client is over its limit with the caller: what only a service inside the gateway can say. */
  client_limit: ['rate', 'concurrency', 'balance'],
  job_not_found: ['expired'],
  unauthenticated: [],
  maintenance: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type WireCode = keyof typeof WIRE_CODES;

export const WireError = Type.Object({
  /** One of WIRE_CODES; a reader must be ready for others. */
  code: Type.String(),
  reason: Type.Union([Type.String(), Type.Null()]),
  message: Type.String(),
  /** The request's field at fault: `prompt`, `image_urls[0]`. */
  param: Type.Union([Type.String(), Type.Null()]),
  /** The limit that was broken and what was found, units in the names: `{ max_chars: 2000, actual_chars: 2311 }`. */
  limits: Type.Union([Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])), Type.Null()]),
  /** Whether what was sent in or what was made is at fault; null where that is not the question. */
  stage: Type.Union([Type.Literal('input'), Type.Literal('output'), Type.Null()]),
});
export type WireError = Static<typeof WireError>;

export const ErrorAnswer = Type.Object({ error: WireError, job: Type.Optional(Type.String()) });
export type ErrorAnswer = Static<typeof ErrorAnswer>;

const Pixels = Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]);

export const RenderRequest = Type.Object({
  /** The same key makes the same job again, for as long as the studio remembers it (24 hours). */
  key: Type.String({ minLength: 1, maxLength: 512 }),
  model: Type.String(),
  /** Which try of its work this is, as the caller counts: 1, 2, ... Only the rehearsal looks at it. */
  attempt: Type.Integer({ minimum: 1 }),
  params: Type.Record(Type.String(), Type.Unknown()),
  /** What the files that come with the request are, in their order. */
  media: Type.Array(
    Type.Object({
      field: Type.String(),
      index: Type.Integer({ minimum: 0 }),
      mime_type: Type.String(),
      width: Pixels,
      height: Pixels,
    }),
  ),
});
export type RenderRequest = Static<typeof RenderRequest>;
export type MediaPart = RenderRequest['media'][number];

/** `image_urls[1]`, `mask_url`: a part as errors name it. */
export const mediaName = ({ field, index }: MediaPart) =>
  field.endsWith('s') ? `${field}[${index}]` : field;

export const JobStatus = Type.Object({
  job: Type.String(),
  /** `queued`, `rendering`, `done` or `failed`; a reader must be ready for others. */
  state: Type.String(),
  /** Percent. */
  progress: Type.Number({ minimum: 0, maximum: 100 }),
  /** Present when failed. */
  error: Type.Optional(WireError),
});
export type JobStatus = Static<typeof JobStatus>;

export const JobResult = Type.Object({
  job: Type.String(),
  /** Files of this machine; they stay until `release`. */
  outputs: Type.Array(Type.Object({ path: Type.String(), mime_type: Type.String() })),
});
export type JobResult = Static<typeof JobResult>;
export type WireOutput = JobResult['outputs'][number];

/** What came back: an answer, or a connection that broke before it did. */
export type Reply =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: unknown;
    }
  | { readonly kind: 'lost'; readonly fault: NetworkFault };

export const isRenderRequest = guard(RenderRequest);
export const isJobStatus = guard(JobStatus);
export const isJobResult = guard(JobResult);
export const isErrorAnswer = guard(ErrorAnswer);

const JSON_HEADERS = { 'content-type': 'application/json' } as const;

export const answer = (body: JobStatus | JobResult): Reply => ({
  kind: 'answer',
  status: 200,
  headers: JSON_HEADERS,
  body,
});

/** A refusal with the status it goes out with; `retryAfter` is in seconds. */
export interface Refusal {
  readonly status: number;
  readonly error: WireError;
  readonly retryAfter?: number;
}

/** `job` where the refusal is the end of a job. */
export function refuse({ status, error, retryAfter }: Refusal, job?: string): Reply {
  const headers =
    retryAfter === undefined ? JSON_HEADERS : { ...JSON_HEADERS, 'retry-after': String(retryAfter) };
  const body: ErrorAnswer = job === undefined ? { error } : { error, job };
  return { kind: 'answer', status, headers, body };
}

/** The HTTP status a code is answered with where the answer is an error. */
const STATUS: Readonly<Record<WireCode, number>> = {
  moderation_blocked: 422,
  invalid_request: 400,
  input_unreadable: 422,
  size_mismatch: 422,
  cancelled: 409,
  no_output: 422,
  internal: 500,
  timed_out: 504,
  overloaded: 503,
  rate_limited: 429,
  client_limit: 429,
  job_not_found: 404,
  unauthenticated: 401,
  maintenance: 503,
};

export interface RefusalParts<C extends WireCode> {
  readonly reason?: (typeof WIRE_CODES)[C][number];
  readonly param?: string;
  readonly limits?: Readonly<Record<string, string | number>>;
  readonly stage?: 'input' | 'output';
  readonly retryAfter?: number;
}

export function refusal<C extends WireCode>(code: C, message: string, parts: RefusalParts<C> = {}): Refusal {
  const error: WireError = {
    code,
    reason: parts.reason ?? null,
    message,
    param: parts.param ?? null,
    limits: parts.limits ? { ...parts.limits } : null,
    stage: parts.stage ?? null,
  };
  return {
    status: STATUS[code],
    error,
    ...(parts.retryAfter === undefined ? {} : { retryAfter: parts.retryAfter }),
  };
}
