/** Every way a download can fail, as a value. Media turns it into what a client is told, or into evidence about an upstream. */
import type { NetworkFault } from '@sluice/errors';

/** Where the time went: looking the name up, connecting, waiting for an answer, the whole download, or a body slower than the floor. */
export type FetchStage = 'dns' | 'connect' | 'headers' | 'total' | 'slow_body';

export type BadUrl = 'not_a_url' | 'too_long' | 'credentials' | 'no_host';

export type FetchFailure =
  | { readonly reason: 'bad_url'; readonly problem: BadUrl }
  | { readonly reason: 'forbidden_scheme'; readonly scheme: string }
  | { readonly reason: 'forbidden_port'; readonly port: number }
  /** The host is on the operator's deny list, or not on the allow list. */
  | { readonly reason: 'forbidden_host' }
  /** Not on the public internet. Which range is deliberately kept from the client: it would map the inside network. */
  | { readonly reason: 'forbidden_address'; readonly range: string }
  /** `temporary` is false where the name certainly does not exist. */
  | { readonly reason: 'dns'; readonly temporary: boolean }
  | { readonly reason: 'refused' }
  | { readonly reason: 'tls'; readonly problem: 'expired' | 'untrusted' | 'wrong_host' | 'handshake' }
  | { readonly reason: 'timeout'; readonly stage: FetchStage; readonly limitMs: number }
  /** `actualBytes` is null where the server did not say and reading stopped at the limit. */
  | { readonly reason: 'too_large'; readonly maxBytes: number; readonly actualBytes: number | null }
  | { readonly reason: 'needs_authentication'; readonly status: number }
  /** A signed link (S3, CloudFront, Google, Azure ...) whose time is over. */
  | { readonly reason: 'expired_link'; readonly status: number }
  | { readonly reason: 'gone'; readonly status: number }
  /** A CDN or a bot filter in front of the file said no. */
  | { readonly reason: 'blocked'; readonly status: number; readonly by: string }
  | { readonly reason: 'http_status'; readonly status: number; readonly retryAfterSeconds: number | null }
  | { readonly reason: 'too_many_redirects'; readonly max: number }
  /** `site` names a well-known sharing site whose pages are mistaken for the files they show. */
  | { readonly reason: 'html_instead_of_media'; readonly site: string | null }
  /** Compressed although asked not to: not unpacked, because a bomb looks just the same. */
  | { readonly reason: 'compressed'; readonly encoding: string }
  | { readonly reason: 'interrupted' };

/** What came over the wire before it failed, for the operator's record only. */
export interface Heard {
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The beginning of the body as text, or the network error with its causes, or null. */
  readonly body: string | NetworkFault | null;
}

export interface FailedFetch {
  readonly kind: 'failed';
  readonly failure: FetchFailure;
  readonly heard: Heard;
}

const NOTHING: Heard = { status: null, headers: {}, body: null };

export function failed(failure: FetchFailure, heard: Partial<Heard> = {}): FailedFetch {
  return { kind: 'failed', failure, heard: { ...NOTHING, ...heard } };
}

/** An error with its cause chain as plain data. Depth is bounded: causes may be cyclic. */
export function flatten(error: unknown, depth = 0): NetworkFault {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error).slice(0, 500) };
  const { cause } = error;
  return {
    name: error.name,
    message: error.message.slice(0, 500),
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...('errno' in error && typeof error.errno === 'number' ? { errno: error.errno } : {}),
    ...('syscall' in error && typeof error.syscall === 'string' ? { syscall: error.syscall } : {}),
    ...(cause !== undefined && depth < 5 ? { cause: flatten(cause, depth + 1) } : {}),
    ...(error instanceof AggregateError && depth < 5
      ? { errors: error.errors.slice(0, 8).map((one) => flatten(one, depth + 1)) }
      : {}),
  };
}
