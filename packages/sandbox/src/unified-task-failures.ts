/** What the public interface of the unified task refuses and how its tasks fail, by scenario: facts from its documentation. */
import { json, type Reply, type Scenario } from './emulator.ts';

type Ends = Exclude<Scenario['ends'], 'completed'>;

export interface Refusal {
  readonly description: string;
  readonly ends: Ends;
  readonly reply: Reply;
}

export interface TaskFailure {
  readonly description: string;
  readonly ends: Ends;
  /** Null: a failed task without an error object. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** What the submit is answered with: the newer edition has a text in `code`, the older one the status. */
export const REFUSALS: Readonly<Record<string, Refusal>> = {
  invalid: refusal(400, 'invalid_request', 'invalid_request_error', 'Invalid request parameters', {
    code: 'invalid_parameters',
  }),
  bad_key: refusal(401, 'unauthorized', 'authentication_error', 'Invalid or expired token', {
    code: 'service_unavailable',
  }),
  no_credit: refusal(
    402,
    'insufficient_quota',
    'insufficient_quota',
    'Insufficient quota. Please top up your account.',
    { code: 'quota_exceeded', subtype: 'account_quota' },
  ),
  no_access: refusal(
    403,
    'model_access_denied',
    'invalid_request_error',
    'Token does not have access to model: sandbox',
    { code: 'service_unavailable' },
  ),
  rate: refusal(
    429,
    'rate_limit_exceeded',
    'rate_limit_error',
    'Too many requests, please try again later',
    { code: 'quota_exceeded', subtype: 'rate_limit' },
    { 'retry-after': '7' },
  ),
  internal: refusal(500, 'internal_error', 'api_error', 'Internal server error', { code: 'service_error' }),
  upstream: refusal(502, 'upstream_error', 'upstream_error', 'Upstream AI service unavailable', {
    code: 'service_error',
  }),
  busy: refusal(
    503,
    'service_error',
    'api_error',
    'Service busy. Allocating resources, please retry later.',
    { code: 'resource_exhausted' },
  ),
  outcome_unknown: refusal(
    409,
    'paid_outcome_unknown',
    'api_error',
    'The outcome of this request is not known',
    { code: 'service_error' },
  ),
  old_invalid: refusal(
    400,
    400,
    'invalid_request_error',
    'Invalid duration parameter',
    { code: 'invalid_parameters', subtype: 'video_duration' },
    {},
    { param: 'duration', fallback_suggestion: 'use duration between 1-12 seconds' },
  ),
  old_key: refusal(401, 401, 'authentication_error', 'Invalid or expired token', {
    code: 'service_unavailable',
  }),
  old_size: refusal(
    413,
    413,
    'request_too_large_error',
    'Request body too large',
    { code: 'invalid_parameters', subtype: 'file_too_large' },
    {},
    { param: 'image_urls', fallback_suggestion: 'compress image to under 4MB' },
  ),
  old_rate: refusal(429, 429, 'rate_limit_error', 'Rate limit exceeded', {
    code: 'quota_exceeded',
    subtype: 'rate_limit',
  }),
  old_down: refusal(503, 503, 'service_unavailable_error', 'Service temporarily unavailable', {
    code: 'service_unavailable',
  }),
};

/** How a task fails. The sub-types stand in the message only. */
export const TASK_FAILURES: Readonly<Record<string, TaskFailure>> = {
  people: blocked('photorealistic people detected', 'photorealistic_people'),
  celebrity: blocked('celebrity detected in image', 'celebrity_likeness'),
  third_party: blocked('third-party content violation', 'third_party_content'),
  adult: blocked('nudity detected', 'adult'),
  violence: blocked('violence content blocked', 'violence'),
  minors: blocked('minor content not allowed', 'minor_protection'),
  blocked: blocked('Your request was blocked by safety filters...', 'general'),
  prompt_length: failure('invalid_parameters', 'prompt is too long', 'prompt_too_long'),
  dimension: failure(
    'invalid_parameters',
    'image dimensions must be between 240 and 7680',
    'image_dimension',
  ),
  file_size: failure('invalid_parameters', 'file size exceeds 10MB', 'file_too_large'),
  duration: failure('invalid_parameters', 'Video duration must be between 1-30 seconds', 'video_duration'),
  image: failure('image_processing_error', 'Failed to process the image'),
  mismatch: failure('image_dimension_mismatch', 'The image does not match aspect_ratio 1280x720'),
  cancelled: failure('request_cancelled', 'Request cancelled'),
  no_content: failure('generation_failed_no_content', 'The model generated no content'),
  service: failure('service_error', 'Service error. Please try again later.'),
  timeout: failure('generation_timeout', 'Generation timed out'),
  exhausted: failure('resource_exhausted', 'Resources exhausted. Please try again later.'),
  task_rate: failure('quota_exceeded', 'Request rate limit exceeded', 'rate_limit'),
  task_parallel: failure('quota_exceeded', 'Too many concurrent tasks', 'concurrency_limit'),
  task_credit: failure('quota_exceeded', 'Insufficient account balance', 'account_quota'),
  unavailable: failure('service_unavailable', 'Service unavailable'),
  not_found: failure('resource_not_found', 'The requested resource was not found'),
  unknown: failure(
    'unknown_error',
    'Task processing failed. Please try again later or contact technical support.',
  ),
  no_error: {
    description: 'A failed task says nothing about why.',
    ends: { code: 'service_error' },
    error: null,
  },
};

function refusal(
  status: number,
  code: string | number,
  type: string,
  message: string,
  ends: Ends,
  headers: Record<string, string> = {},
  more: Readonly<Record<string, string>> = {},
): Refusal {
  const reply = json(status, { error: { code, message, type, ...more } }, headers);
  return { description: `The door refuses with ${status}, code ${code}.`, ends, reply };
}

function failure(code: Ends['code'], message: string, subtype?: string): TaskFailure {
  const ends = subtype === undefined ? { code } : { code, subtype };
  return { description: `A task fails as \`${code}\`: ${message}`, ends, error: { code, message } };
}

function blocked(reason: string, subtype: string): TaskFailure {
  return failure('content_policy_violation', `Content policy violation.\n${reason}`, subtype);
}
