/** The shape of one row of the table; the rows are in `client.ts`, `server.ts` and `request.ts`. */

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

/** The values of `error.type`, for clients that switch on it (contract.md 3). */
export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'insufficient_quota_error'
  | 'not_found_error'
  | 'conflict_error'
  | 'request_too_large_error'
  | 'rate_limit_error'
  | 'api_error'
  | 'service_unavailable_error';

/** Numbers and names a headline may quote. Units are in the names: `max_bytes`, `min_seconds`. */
export type HeadlineFacts = Readonly<Record<string, unknown>>;

export interface SubtypeRow {
  readonly description: string;
  /**
   * First lines of the message, most telling first. The first one whose `{placeholders}` are all in `details` is used, so the
   * last has none.
   */
  readonly headlines: readonly [string, ...string[]];
  /** Facts for the example in the dictionary; the numbers are those of the specification. */
  readonly example?: HeadlineFacts;
  /** One line: what to do about it. Without it the code's own tip is given. */
  readonly tip?: string;
  /** Where the sub-type differs from its code. */
  readonly retry?: Partial<RetryAdvice>;
  readonly status?: number;
  readonly type?: ErrorType;
}

export interface CodeRow {
  /** Who can do something about it: the one who sent the request, or the one who runs the service. */
  readonly category: 'client' | 'server';
  /** A `task` code can end a task and can refuse a request; a `request` code can only refuse a request. */
  readonly scope: 'task' | 'request';
  readonly title: string;
  readonly description: string;
  readonly headlines: readonly [string, ...string[]];
  readonly example?: HeadlineFacts;
  readonly tip: string;
  readonly causes: readonly string[];
  readonly solutions: readonly string[];
  readonly retry: RetryAdvice;
  /** HTTP status of a request refused with it. */
  readonly status: number;
  readonly type: ErrorType;
  readonly subtypes: Readonly<Record<string, SubtypeRow>>;
}
