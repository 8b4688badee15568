import {
  type ErrorCode,
  errorTypeOf,
  headlineOf,
  httpStatusOf,
  isErrorCode,
  type RetryAdvice,
  retryAdvice,
  rowOf,
  subtypeRowOf,
  tipOf,
} from './codes.ts';

/** A change `auto_fix` could have made. */
export interface Fix {
  readonly op: 'orient' | 'convert' | 'resize' | 'crop' | 'pad' | 'compress' | 'truncate_prompt';
  readonly param: string;
  readonly to: string;
}

/** The error object of the wire (contract.md 3), whole. */
export interface ErrorObject {
  readonly code: ErrorCode;
  readonly message: string;
  readonly type: string;
  readonly subtype: string | null;
  readonly retry: RetryAdvice;
  readonly param: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly issues?: readonly ErrorObject[];
  readonly fixes?: readonly Fix[];
  readonly docs_url: string;
  readonly request_id: string | null;
  readonly suggestion: string;
  readonly fallback_suggestion: string;
}

export interface TaskErrorOptions {
  readonly subtype?: string | null;
  /** Second line of the message: why in this very case. Default: what the sub-type means. */
  readonly because?: string;
  /** Third line of the message: what to do about it. Default: the table's tip. */
  readonly remedy?: string;
  readonly param?: string | null;
  /** What a program needs to act, units in the names. The headline quotes its numbers. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly afterSeconds?: number | null;
  readonly issues?: readonly TaskError[];
  readonly fixes?: readonly Fix[];
  readonly requestId?: string | null;
  readonly cause?: unknown;
}

/** Shared by every copy of this package in a process, so that `TaskError.is` knows the errors of all of them. */
const MARKER = Symbol.for('sluice.TaskError');

export function docsUrlOf(code: ErrorCode): string {
  return `/docs/errors#${code}`;
}

/**
 * The one error class of the product: a code of the table, and what is known of this very case.
 *
 * `message` has three lines: what happened, why, what to do. Told apart from other errors with {@link TaskError.is}, which also
 * knows errors of another copy of this package.
 */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  readonly code: ErrorCode;
  readonly subtype: string | null;
  readonly retry: RetryAdvice;
  readonly param: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly issues: readonly TaskError[];
  readonly fixes: readonly Fix[];
  readonly requestId: string | null;
  readonly suggestion: string;
  /** Where to read more: a path of the gateway, or a whole address where the error came from one. */
  readonly docsUrl: string;
  /** HTTP status of a request refused with this error. */
  readonly status: number;

  constructor(code: ErrorCode, options: TaskErrorOptions = {}) {
    const subtype = options.subtype ?? null;
    const details = options.details ?? {};
    const suggestion = options.remedy ?? tipOf(code, subtype);
    const because = options.because ?? subtypeRowOf(code, subtype)?.description ?? rowOf(code).description;
    super(
      [headlineOf(code, subtype, details), because, suggestion].join('\n'),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    Object.defineProperty(this, MARKER, { value: true });
    this.code = code;
    this.subtype = subtype;
    this.retry = retryAdvice(code, subtype, options.afterSeconds ?? null);
    this.param = options.param ?? null;
    this.details = details;
    this.issues = options.issues ?? [];
    this.fixes = options.fixes ?? [];
    this.requestId = options.requestId ?? null;
    this.suggestion = suggestion;
    this.docsUrl = docsUrlOf(code);
    this.status = httpStatusOf(code, subtype);
  }

  static is(value: unknown): value is TaskError {
    return typeof value === 'object' && value !== null && MARKER in value;
  }

  /** The error object of the wire. A new error's `docs_url` is a path; the HTTP door puts the server's address before it. */
  toJSON(): ErrorObject {
    return {
      code: this.code,
      message: this.message,
      type: errorTypeOf(this.code, this.subtype),
      subtype: this.subtype,
      retry: this.retry,
      param: this.param,
      details: this.details,
      ...(this.issues.length > 0 ? { issues: this.issues.map((issue) => issue.toJSON()) } : {}),
      ...(this.fixes.length > 0 ? { fixes: this.fixes } : {}),
      docs_url: this.docsUrl,
      request_id: this.requestId,
      suggestion: this.suggestion,
      fallback_suggestion: this.suggestion,
    };
  }

  /**
   * The error of an error object, its message, retry advice and documentation kept as they were written.
   * A code this version does not know (the writer was newer) becomes `unknown_error`, and `details.reported_code` keeps it.
   */
  static fromJSON(object: ErrorObject): TaskError {
    const known = isErrorCode(object.code);
    const error = new TaskError(known ? object.code : 'unknown_error', {
      subtype: known ? object.subtype : null,
      remedy: object.suggestion,
      param: object.param,
      details: known ? object.details : { ...object.details, reported_code: String(object.code) },
      issues: (object.issues ?? []).map((issue) => TaskError.fromJSON(issue)),
      fixes: object.fixes ?? [],
      requestId: object.request_id,
    });
    Object.defineProperty(error, 'message', { value: object.message, writable: true, configurable: true });
    Object.defineProperty(error, 'retry', { value: object.retry, enumerable: true });
    // Of another gateway, or an older one: an object without the field keeps the default.
    if (typeof object.docs_url === 'string')
      Object.defineProperty(error, 'docsUrl', { value: object.docs_url, enumerable: true });
    return error;
  }
}
