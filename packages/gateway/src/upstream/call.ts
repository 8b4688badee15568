/**
 * The one caller of upstreams. Adapters never fetch: they say what to send and read what came back. Time-outs, size caps,
 * evidence and redaction are here, once.
 *
 * Upstream addresses come from the operator's configuration, so they are trusted, unlike the URLs of clients (see net/).
 */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import {
  type Evidence,
  type EvidencePhase,
  mayHaveStarted,
  type NetworkFault,
  neverLeft,
} from '@sluice/errors';
import { Agent, type Dispatcher, FormData, request } from 'undici';
import { redactBody, redactHeaders } from './redact.ts';

export interface UpstreamRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: Readonly<Record<string, unknown>> | FormData;
  /** Until the whole answer is there. Default 60 s. */
  readonly timeoutMs?: number;
}

export type UpstreamAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      /** The JSON value, or the text where it is not JSON. */
      readonly body: unknown;
    }
  /** No whole answer came. `status` is there when the connection broke in the middle of one. */
  | { readonly kind: 'silence'; readonly status: number | null; readonly fault: NetworkFault };

/** `saved` where the answer was a file, whole; any other answer (an error, a redirect, JSON, a page) as `send` gives it. */
export type UpstreamDownload =
  | { readonly kind: 'saved'; readonly bytes: number; readonly mimeType: string | null }
  | UpstreamAnswer;

export interface UpstreamCaller {
  /** Never rejects. */
  send(request: UpstreamRequest, signal: AbortSignal): Promise<UpstreamAnswer>;
  /** Like `send`, but a file goes to `path` as it comes, whatever its size. What a broken answer left there is no result. */
  download(request: UpstreamRequest, path: string, signal: AbortSignal): Promise<UpstreamDownload>;
  /** What came back as evidence, without our secrets and without the media that answers echo. */
  evidence(answer: UpstreamAnswer, phase: EvidencePhase): Evidence;
  close(): Promise<void>;
}

export interface CallerSettings {
  readonly provider: string;
  readonly api: string;
  /** Never to be found in evidence. */
  readonly secrets: readonly string[];
}

const DEFAULT_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;
/** Synchronous image interfaces answer with several pictures in base64. */
const MAX_ANSWER_BYTES = 128 * 1024 * 1024;
const MAX_FILE_BYTES = 4 * 1024 * 1024 * 1024;

export function createCaller(settings: CallerSettings): UpstreamCaller {
  const agent = agentFor(MAX_ANSWER_BYTES);
  const fileAgent = agentFor(MAX_FILE_BYTES);
  return {
    send: (what, signal) => exchange(agent, what, signal, readAnswer),
    download: (what, path, signal) =>
      exchange(fileAgent, what, signal, (response) =>
        holdsFile(response) ? saveFile(response, path) : readAnswer(response),
      ),
    evidence(answer, phase) {
      const base = { provider: settings.provider, api: settings.api };
      if (answer.kind === 'silence') {
        return {
          ...base,
          phase: 'network',
          status: answer.status,
          headers: {},
          body: redactBody(answer.fault, settings.secrets),
        };
      }
      const headers = redactHeaders(answer.headers, settings.secrets);
      return {
        ...base,
        phase,
        status: answer.status,
        headers,
        body: redactBody(answer.body, settings.secrets),
      };
    },
    close: async () => {
      await Promise.all([agent.destroy(), fileAgent.destroy()]);
    },
  };
}

/** undici's own time-outs are off: they would give up a paid answer after five minutes, whatever the request's `timeoutMs`. */
function agentFor(maxResponseSize: number): Agent {
  return new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize,
    allowH2: false,
  });
}

type Silence = Extract<UpstreamAnswer, { kind: 'silence' }>;
type Response = Dispatcher.ResponseData;

async function exchange<T>(
  agent: Agent,
  what: UpstreamRequest,
  signal: AbortSignal,
  read: (response: Response) => Promise<T>,
): Promise<T | Silence> {
  let status: number | null = null;
  try {
    const isForm = what.body instanceof FormData;
    const response = await request(what.url, {
      dispatcher: agent,
      method: what.method,
      headers: {
        accept: 'application/json',
        ...(what.body && !isForm ? { 'content-type': 'application/json' } : {}),
        ...what.headers,
      },
      body: what.body instanceof FormData ? what.body : what.body ? JSON.stringify(what.body) : null,
      signal: AbortSignal.any([signal, AbortSignal.timeout(what.timeoutMs ?? DEFAULT_TIMEOUT_MS)]),
    });
    status = response.statusCode;
    return await read(response);
  } catch (error) {
    return { kind: 'silence', status, fault: flatFault(error) };
  }
}

async function readAnswer({ statusCode, headers, body }: Response): Promise<UpstreamAnswer> {
  const text = await body.text();
  return { kind: 'answer', status: statusCode, headers: flatHeaders(headers), body: parsed(text) };
}

/** An upstream's own words come as JSON or text, also with a 200. */
function holdsFile({ statusCode, headers }: Response): boolean {
  return (
    statusCode >= 200 &&
    statusCode < 300 &&
    !/^(application\/(problem\+)?json|text\/)/i.test(typeOf(headers) ?? '')
  );
}

async function saveFile({ headers, body }: Response, path: string): Promise<UpstreamDownload> {
  const file = createWriteStream(path, { flush: true });
  await pipeline(body, file);
  return { kind: 'saved', bytes: file.bytesWritten, mimeType: typeOf(headers) };
}

function typeOf(headers: Response['headers']): string | null {
  return flatHeaders(headers)['content-type']?.split(';')[0]?.trim().toLowerCase() || null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function flatHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

/** One field of a form: a text, or a file with the name that the provider sees. */
export type FormPart =
  | { readonly name: string; readonly text: string }
  | {
      readonly name: string;
      readonly file: Uint8Array;
      readonly mimeType: string;
      readonly fileName: string;
    };

/** The body of a request that takes files (multipart/form-data). */
export function formOf(parts: readonly FormPart[]): FormData {
  const form = new FormData();
  for (const part of parts) {
    if ('text' in part) form.append(part.name, part.text);
    else
      form.append(part.name, new Blob([new Uint8Array(part.file)], { type: part.mimeType }), part.fileName);
  }
  return form;
}

/** A thrown error with its causes, as plain JSON. */
function flatFault(error: unknown, depth = 0): NetworkFault {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const fields = error as Error & { code?: unknown; errno?: unknown; syscall?: unknown; errors?: unknown };
  const nested = Array.isArray(fields.errors) ? fields.errors : [];
  return {
    name: error.name,
    message: error.message,
    ...(typeof fields.code === 'string' ? { code: fields.code } : {}),
    ...(typeof fields.errno === 'number' ? { errno: fields.errno } : {}),
    ...(typeof fields.syscall === 'string' ? { syscall: fields.syscall } : {}),
    ...(error.cause !== undefined && depth < 4 ? { cause: flatFault(error.cause, depth + 1) } : {}),
    ...(nested.length > 0 && depth < 4 ? { errors: nested.map((one) => flatFault(one, depth + 1)) } : {}),
  };
}

/**
 * Whether a submit that brought no job is certain to have made none. Certain: the bytes never left, or the provider itself
 * refused. Not certain: silence, the answers that proxies give when they lose the provider behind them, and a success that
 * cannot be read.
 */
export function refusedForCertain(evidence: Evidence): boolean {
  const { status, body } = evidence;
  if (status === null || evidence.phase === 'network') return neverLeft(evidence);
  if (status < 400 || mayHaveStarted(evidence)) return false;
  const fromTheProvider = typeof body === 'object' && body !== null;
  return status < 500 || status === 503 || status === 529 || fromTheProvider;
}

/** What a failed poll means for the engine where the provider reports a job's own failure elsewhere: only a lost job ends it. */
export function jobIsGone(evidence: Evidence): boolean {
  return evidence.status === 404 || evidence.status === 410;
}
