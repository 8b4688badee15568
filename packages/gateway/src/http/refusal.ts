/** From whatever was thrown to what the client is told: a status, an error object of the contract, a few headers. */
import { STATUS_CODES } from 'node:http';
import { type ErrorObject, TaskError } from '@sluice/errors';
import { ErrorEnvelope, ErrorSchema } from '@sluice/protocol';
import fastJson from 'fast-json-stringify';
import { viewError } from './task-view.ts';

/** Thrown where the status is not the one its code usually has, or where the answer needs headers of its own. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly error: TaskError;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, error: TaskError, headers: Readonly<Record<string, string>> = {}) {
    super(error.message);
    this.status = status;
    this.error = error;
    this.headers = headers;
  }
}

/** Null where the fault is ours: nothing of it may be told. */
export function refusalOf(thrown: unknown, limits: { readonly bodyBytes: number }): Refusal | null {
  if (thrown instanceof Refusal) return thrown;
  if (TaskError.is(thrown)) return new Refusal(thrown.status, thrown, headersOf(thrown));
  const error = ofFramework(thrown, limits);
  return error && new Refusal(error.status, error);
}

/** What Fastify refuses before a handler sees the request. */
function ofFramework(thrown: unknown, limits: { readonly bodyBytes: number }): TaskError | null {
  if (!(thrown instanceof Error) || !('code' in thrown) || !('statusCode' in thrown)) return null;
  switch (thrown.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new TaskError('request_too_large', {
        because: `The body is larger than ${limits.bodyBytes} bytes.`,
        remedy: 'Send large media as https: URLs instead of data: URLs.',
        details: { max_bytes: limits.bodyBytes },
      });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new TaskError('invalid_parameters', {
        subtype: 'unsupported_media_type',
        because: 'The body does not have the content type application/json.',
        remedy: 'Send it with the header `Content-Type: application/json`.',
        param: 'Content-Type',
      });
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new TaskError('resource_not_found', {
        because: 'The address is longer than any that exists here.',
      });
    case 'FST_ERR_BAD_URL':
      return new TaskError('invalid_parameters', {
        subtype: 'general',
        because:
          'The address holds a percent sign that is not followed by two hexadecimal digits of valid UTF-8.',
        remedy: 'Percent-encode the address.',
      });
    default:
      if (typeof thrown.statusCode !== 'number' || thrown.statusCode < 400 || thrown.statusCode >= 500)
        return null;
      return new TaskError('invalid_parameters', {
        subtype: 'general',
        because: 'The body did not arrive as its headers announced it.',
        remedy: 'Send the request again, with a Content-Length that fits the body.',
      });
  }
}

function headersOf(error: TaskError): Readonly<Record<string, string>> {
  const after = error.retry.after_seconds;
  if ((error.status === 429 || error.status === 503) && after !== null) {
    return { 'retry-after': String(Math.max(1, Math.ceil(after))) };
  }
  return error.status === 401 ? { 'www-authenticate': 'Bearer' } : {};
}

const writeEnvelope = fastJson(ErrorEnvelope, { schema: { Error: ErrorSchema } });

export function envelope(error: TaskError, requestId: string, publicUrl: string): string {
  const object: ErrorObject = viewError(error.toJSON(), requestId, publicUrl);
  return writeEnvelope({ error: object });
}

/** A refusal as it goes over a socket on which no request could be read. */
export function rawAnswer(refusal: Refusal, requestId: string, publicUrl: string): string {
  const body = envelope(refusal.error, requestId, publicUrl);
  return [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? 'Refused'}`,
    `X-Request-Id: ${requestId}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
