/** THE table. (In the making: see the brief.) */
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

export const RETRY_ACTIONS = [
  'fix_content',
  'fix_parameters',
  'use_different_image',
  'resize_image',
  'resubmit',
  'try_different_prompt',
  'retry_later',
  'reduce_frequency',
  'check_task_id',
  'contact_support',
] as const;
export type RetryAction = (typeof RETRY_ACTIONS)[number];

export interface RetryAdvice {
  /** True when the very same request may succeed later. */
  readonly retryable: boolean;
  readonly action: RetryAction;
  /** Seconds to wait; null where waiting does not help or nothing is known. */
  readonly after_seconds: number | null;
}
