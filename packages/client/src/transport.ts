/** One call to the gateway: headers, time-outs, repetition, and every failure turned into a `TaskError`. */
import { type ErrorObject, TaskError } from '@sluice/errors';
import { errorOfFileFailure, isFileFailure } from './file-errors.ts';

export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>;

/** Time and chance, injected so that no test sleeps. */
export interface Timing {
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted before. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** 0 to 1. */
  random(): number;
}

export const systemTiming: Timing = {
  random: Math.random,
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      }, ms);
      signal?.addEventListener('abort', abort, { once: true });
    });
  },
};

export interface TransportSettings {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly fetch: FetchFunction;
  readonly retries: number;
  readonly timing: Timing;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** From `/v1` on, escaped. */
  readonly path: string;
  readonly body?: unknown;
  /** A body that is not JSON, made anew for each try. */
  readonly content?: () => Content;
  readonly headers?: Readonly<Record<string, string>>;
  /** True where sending it twice does no more than sending it once. */
  readonly repeatable: boolean;
  readonly signal?: AbortSignal;
}

export interface Content {
  readonly body: NonNullable<RequestInit['body']>;
  /** Null where the platform finds it itself. */
  readonly type: string | null;
}

export interface Transport {
  /** The body of a 2xx answer. */
  json<T>(call: Call): Promise<T>;
  /** One try; a 2xx answer with its body unread. */
  open(call: Call): Promise<Response>;
}

/** A gateway that asks for more patience than this gets its error passed on instead. */
const LONGEST_PAUSE_MS = 60_000;

export function createTransport(settings: TransportSettings): Transport {
  const base = settings.baseUrl.replace(/\/+$/, '');

  async function open(call: Call): Promise<Response> {
    let response: Response;
    const { body, type } = bodyOf(call);
    try {
      response = await settings.fetch(base + call.path, {
        method: call.method,
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${settings.apiKey}`,
          ...(type === null ? {} : { 'content-type': type }),
          ...call.headers,
        },
        // `duplex` is asked for where a body is a stream, and means nothing elsewhere.
        ...(body === null ? {} : { body, duplex: 'half' }),
        ...(call.signal ? { signal: call.signal } : {}),
      });
    } catch (cause) {
      call.signal?.throwIfAborted();
      throw unreachable(base, cause);
    }
    if (response.ok) return response;
    throw await refusal(response, base);
  }

  async function once<T>(call: Call): Promise<T> {
    const response = await open(call);
    try {
      // The gateway's answers are typed by the protocol package; the two are released together.
      return (await response.json()) as T;
    } catch (cause) {
      call.signal?.throwIfAborted();
      throw unreachable(base, cause);
    }
  }

  async function json<T>(call: Call): Promise<T> {
    for (let retry = 0; ; retry++) {
      try {
        return await once<T>(call);
      } catch (error) {
        const pause = pauseBeforeRetry(error, retry, settings.timing);
        if (!call.repeatable || retry >= settings.retries || pause === null) throw error;
        await settings.timing.sleep(pause, call.signal);
      }
    }
  }

  return { open, json };
}

function bodyOf({ body, content }: Call): {
  readonly body: Content['body'] | null;
  readonly type: string | null;
} {
  if (content) return content();
  return body === undefined
    ? { body: null, type: null }
    : { body: JSON.stringify(body), type: 'application/json' };
}

/** Milliseconds, or null where another try is not sensible. */
export function pauseBeforeRetry(error: unknown, retry: number, timing: Timing): number | null {
  if (!isPassing(error)) return null;
  const growing = 500 * 2 ** Math.min(retry, 5) * (0.5 + timing.random());
  const asked = (error.details.unreachable === true ? 0 : (error.retry.after_seconds ?? 0)) * 1000;
  return asked > LONGEST_PAUSE_MS ? null : Math.max(growing, asked);
}

/** True for what goes by itself: the gateway was not reached, or says that it is not able to serve just now. */
export function isPassing(error: unknown): error is TaskError {
  return TaskError.is(error) && error.code === 'service_unavailable';
}

function unreachable(base: string, cause: unknown): TaskError {
  return new TaskError('service_unavailable', {
    because: `The gateway at ${base} could not be reached: ${rootMessage(cause)}.`,
    remedy: 'Check that it runs (npm start) and that the address is right, then send the request again.',
    details: { unreachable: true },
    cause,
  });
}

/** `fetch failed` says nothing; what it was caused by does (`connect ECONNREFUSED 127.0.0.1:8787`). */
function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return rootMessage(error.cause);
  if (error instanceof AggregateError && error.errors.length > 0) return rootMessage(error.errors[0]);
  return error.message;
}

/** The error of a non-2xx answer: the gateway's own, or the best that can be said where something in between answered. */
async function refusal(response: Response, base: string): Promise<TaskError> {
  const body: unknown = await response.json().catch(() => null);
  if (hasError(body)) return TaskError.fromJSON(body.error);
  if (isFileFailure(body)) return errorOfFileFailure(body, response.status, retryAfterOf(response));

  const passing = response.status === 502 || response.status === 503 || response.status === 504;
  return new TaskError(passing ? 'service_unavailable' : 'service_error', {
    because: `${base} answered ${response.status} without an error object: it may not be a Sluice gateway, or a proxy answered for it.`,
    remedy: 'Check the address, and the proxy if there is one.',
    details: { http_status: response.status },
    requestId: response.headers.get('x-request-id'),
  });
}

function retryAfterOf(response: Response): number | null {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : null;
}

function hasError(body: unknown): body is { readonly error: ErrorObject } {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  const { error } = body;
  return (
    typeof error === 'object' && error !== null && 'code' in error && 'message' in error && 'retry' in error
  );
}
