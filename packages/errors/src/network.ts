/** What thrown network errors of Node.js, undici and others mean, and whether the request can have reached the other side. */
import type { Evidence } from './evidence.ts';
import type { Meaning } from './meaning.ts';

const OFFLINE = 'service_unavailable';
const TOO_LATE = 'generation_timeout';
const GARBLED = 'service_error';

/** By `code`, and by `name` where the error has no telling code. */
const FAULTS: Readonly<Record<string, Meaning>> = {
  ENOTFOUND: OFFLINE,
  EAI_AGAIN: OFFLINE,
  EAI_FAIL: OFFLINE,
  EAI_NODATA: OFFLINE,
  EAI_NONAME: OFFLINE,
  ENODATA: OFFLINE,
  ESERVFAIL: OFFLINE,
  ECONNREFUSED: OFFLINE,
  ECONNRESET: OFFLINE,
  ECONNABORTED: OFFLINE,
  ENOTCONN: OFFLINE,
  EHOSTUNREACH: OFFLINE,
  EHOSTDOWN: OFFLINE,
  ENETUNREACH: OFFLINE,
  ENETDOWN: OFFLINE,
  EADDRNOTAVAIL: OFFLINE,
  EPIPE: OFFLINE,
  EPROTO: OFFLINE,
  ETIMEDOUT: OFFLINE,
  ESOCKETTIMEDOUT: TOO_LATE,
  ERR_STREAM_PREMATURE_CLOSE: OFFLINE,
  ERR_HTTP2_STREAM_ERROR: OFFLINE,
  ERR_HTTP2_GOAWAY_SESSION: OFFLINE,
  UND_ERR_CONNECT_TIMEOUT: OFFLINE,
  UND_ERR_SOCKET: OFFLINE,
  UND_ERR_CLOSED: OFFLINE,
  UND_ERR_DESTROYED: OFFLINE,
  UND_ERR_PRX_TLS: OFFLINE,
  UND_ERR_HEADERS_TIMEOUT: TOO_LATE,
  UND_ERR_BODY_TIMEOUT: TOO_LATE,
  UND_ERR_ABORTED: 'request_cancelled',
  UND_ERR_HEADERS_OVERFLOW: GARBLED,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: GARBLED,
  UND_ERR_RES_EXCEEDED_MAX_SIZE: GARBLED,
  UND_ERR_INVALID_ARG: GARBLED,
  ERR_INVALID_URL: GARBLED,
  Z_DATA_ERROR: GARBLED,
  Z_BUF_ERROR: GARBLED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: OFFLINE,
  SELF_SIGNED_CERT_IN_CHAIN: OFFLINE,
  DEPTH_ZERO_SELF_SIGNED_CERT: OFFLINE,
  CERT_HAS_EXPIRED: OFFLINE,
  ABORT_ERR: 'request_cancelled',
  AbortError: 'request_cancelled',
  TimeoutError: TOO_LATE,
  HeadersTimeoutError: TOO_LATE,
  BodyTimeoutError: TOO_LATE,
  ConnectTimeoutError: OFFLINE,
  SocketError: OFFLINE,
  HTTPParserError: GARBLED,
  SyntaxError: GARBLED,
};

const FAMILIES: readonly (readonly [string, Meaning])[] = [
  ['HPE_', GARBLED],
  ['ERR_TLS_', OFFLINE],
  ['ERR_SSL_', OFFLINE],
  ['CERT_', OFFLINE],
  ['ERR_HTTP2_', OFFLINE],
  ['Z_', GARBLED],
  ['UND_ERR_', OFFLINE],
];

/** Connecting did not succeed, so not one byte of the request left. */
const BEFORE_THE_FIRST_BYTE: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export interface FaultReading {
  readonly means: Meaning;
  /** The code or name that decided; one of this file's, never text. */
  readonly sign: string;
}

/** Whether a body is a flattened error rather than something an upstream sent. */
export function isFault(body: unknown): body is { name: string; message: string } {
  return (
    typeof body === 'object' &&
    body !== null &&
    'name' in body &&
    typeof body.name === 'string' &&
    'message' in body &&
    typeof body.message === 'string' &&
    !('errors' in body && !('cause' in body) && body.name !== 'AggregateError') &&
    ('cause' in body || 'syscall' in body || 'errno' in body || /(?:Error|Exception)$/.test(body.name))
  );
}

/** The first telling code or name along the chain of causes, the deepest cause last. Null where none is known. */
export function readFault(fault: unknown, depth = 0): FaultReading | null {
  if (typeof fault !== 'object' || fault === null || depth > 8) return null;
  const own = 'code' in fault && typeof fault.code === 'string' ? meaningOf(fault.code) : null;
  if (own !== null) return own;
  const cause = 'cause' in fault ? readFault(fault.cause, depth + 1) : null;
  if (cause !== null) return cause;
  if ('errors' in fault && Array.isArray(fault.errors)) {
    for (const one of fault.errors) {
      const found = readFault(one, depth + 1);
      if (found !== null) return found;
    }
  }
  return 'name' in fault && typeof fault.name === 'string' ? meaningOf(fault.name) : null;
}

export function meaningOf(sign: string): FaultReading | null {
  if (Object.hasOwn(FAULTS, sign)) {
    const means = FAULTS[sign];
    if (means !== undefined) return { means, sign };
  }
  for (const [family, means] of FAMILIES) if (sign.startsWith(family)) return { means, sign: family };
  return null;
}

/**
 * True only where a submit provably never left this machine: the name was not found, the connection was refused, connecting
 * timed out, or our own adapter refused it. Such a submit may be made again, anywhere; after anything else a job may exist and may be paid
 * for.
 */
export function neverLeft(evidence: Evidence): boolean {
  if (evidence.status !== null) return false;
  return isOwnRefusal(evidence) || connectingFailed(evidence.body, 0);
}

/** What the gateway says about itself: an adapter that cannot say to its upstream what is asked for. */
function isOwnRefusal({ provider, phase }: Evidence): boolean {
  return provider === 'gateway' && phase === 'submit';
}

/** Answers of whoever stands before the upstream: it gave up waiting, or lost the answer; the upstream may have begun. */
const LOST_ON_THE_WAY: ReadonlySet<number> = new Set([408, 499, 502, 504, 520, 524, 598, 599]);

/**
 * True where a submit may have made a job although no usable answer came: everything that broke after the first byte left,
 * and the statuses by which proxies say that they lost the answer. Such a submit is `unknown`, not rejected.
 */
export function mayHaveStarted(evidence: Evidence): boolean {
  if (evidence.status === null) return !neverLeft(evidence);
  return evidence.phase === 'network' || LOST_ON_THE_WAY.has(evidence.status);
}

/** Every branch of the error must say so: with several addresses tried, all of them must have failed while connecting. */
function connectingFailed(fault: unknown, depth: number): boolean {
  if (typeof fault !== 'object' || fault === null || depth > 8) return false;
  const tried = 'errors' in fault && Array.isArray(fault.errors) ? fault.errors : [];
  if (tried.length > 0) return tried.every((one) => connectingFailed(one, depth + 1));
  const code = 'code' in fault && typeof fault.code === 'string' ? fault.code : null;
  if (code !== null && BEFORE_THE_FIRST_BYTE.has(code)) return true;
  if (code === 'ETIMEDOUT' && 'syscall' in fault && fault.syscall === 'connect') return true;
  return 'cause' in fault && connectingFailed(fault.cause, depth + 1);
}
