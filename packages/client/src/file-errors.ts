/**
 * The files API refuses in an envelope of its own, `{success, code, msg}`; here it becomes the error that every other call rejects with.
 */
import { type ErrorCode, TaskError } from '@sluice/errors';

export interface FileFailure {
  /** The HTTP status, or one of the API's own: 40001 and the like. */
  readonly code: number;
  /** What happened, and what to do about it. */
  readonly msg: string;
  readonly request_id?: string | null;
}

export function isFileFailure(body: unknown): body is FileFailure {
  return (
    typeof body === 'object' &&
    body !== null &&
    'success' in body &&
    body.success === false &&
    'code' in body &&
    typeof body.code === 'number' &&
    'msg' in body &&
    typeof body.msg === 'string'
  );
}

export function errorOfFileFailure(
  { code, msg, request_id: requestId = null }: FileFailure,
  status: number,
  afterSeconds: number | null,
): TaskError {
  const [name, subtype] = meaningOf(code, status);
  return new TaskError(name, {
    subtype,
    because: msg,
    details: { files_code: code, http_status: status },
    requestId,
    ...(afterSeconds === null ? {} : { afterSeconds }),
  });
}

function meaningOf(code: number, status: number): readonly [ErrorCode, string | null] {
  switch (code) {
    case 40001:
      return ['invalid_parameters', 'file_too_large'];
    case 40002:
      return ['invalid_parameters', 'unsupported_format'];
    case 40003:
      return ['quota_exceeded', null];
    case 40004:
      return ['image_processing_error', 'url_inaccessible'];
    default:
      return meaningOfStatus(status);
  }
}

function meaningOfStatus(status: number): readonly [ErrorCode, string | null] {
  switch (status) {
    case 401:
      return ['unauthorized', null];
    case 403:
      return ['forbidden', null];
    case 404:
      return ['resource_not_found', null];
    case 429:
      return ['quota_exceeded', 'concurrency_limit'];
    case 503:
      return ['service_unavailable', null];
    default:
      return status >= 500 ? ['service_error', null] : ['invalid_parameters', 'general'];
  }
}
