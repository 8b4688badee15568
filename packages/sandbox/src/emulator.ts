/**
 * What every emulator is made of. Read this first, then one of the providers.
 *
 * An emulator speaks one provider's documented wire format over real HTTP on loopback. It makes no media: a result is a small
 * fixed file. What goes wrong is chosen by a word in the prompt, `sandbox:<scenario>`, so that the same request can be sent
 * through the gateway, through the provider's own SDK, or with curl. Every emulator lists its scenarios with the error each must
 * become, and one test walks through all of them.
 *
 * A job moves on with each poll, not with time: queued, running, over. So nothing here waits, and nothing needs a clock.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TaskCode } from '@sluice/errors';

export interface Scenario {
  /** The word after `sandbox:`. */
  readonly name: string;
  readonly description: string;
  /** What the provider's key holder should conclude; `completed` where it ends well all the same. */
  readonly ends: 'completed' | { readonly code: TaskCode; readonly subtype?: string };
}

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON value; text where it is not JSON (a form, say). */
  readonly body: unknown;
  readonly raw: Buffer;
  /** The emulator's own address, for links in answers. */
  readonly origin: string;
}

export type Reply =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Record<string, string>;
    }
  | { readonly kind: 'text'; readonly status: number; readonly body: string; readonly type?: string }
  | { readonly kind: 'bytes'; readonly status: number; readonly body: Uint8Array; readonly type: string }
  /** The connection breaks; with `after: 'headers'` in the middle of an answer that had begun. */
  | { readonly kind: 'hang_up'; readonly after: 'nothing' | 'headers' };

/** One provider's side: answers calls, remembers its jobs. */
export interface ProviderEmulator {
  readonly provider: string;
  readonly scenarios: readonly Scenario[];
  answer(call: Call): Reply | Promise<Reply>;
  /** Jobs that a paid call has made: what "never pay twice" is counted by. */
  jobsMade(): number;
}

export interface RunningEmulator {
  readonly url: string;
  readonly provider: string;
  readonly scenarios: readonly Scenario[];
  jobsMade(): number;
  /** Every call answered so far, newest last. */
  readonly calls: readonly Call[];
  close(): Promise<void>;
}

/** The port is a free one unless given. Listens on 127.0.0.1 only. */
export async function startEmulator(emulator: ProviderEmulator, port = 0): Promise<RunningEmulator> {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    readCall(request, originOf(server))
      .then(async (call) => {
        calls.push(call);
        send(response, await emulator.answer(call));
      })
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: originOf(server),
    provider: emulator.provider,
    scenarios: emulator.scenarios,
    jobsMade: () => emulator.jobsMade(),
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The scenario a text asks for, or null. */
export function scenarioIn(text: unknown): string | null {
  return typeof text === 'string' ? (/\bsandbox:([a-z0-9_/-]+)/.exec(text)?.[1] ?? null) : null;
}

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Reply => ({
  kind: 'json',
  status,
  body,
  headers,
});

async function readCall(request: IncomingMessage, origin: string): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  const url = new URL(request.url ?? '/', origin);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: parsed(raw.toString('utf8')),
    raw,
    origin,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function send(response: ServerResponse, reply: Reply): void {
  switch (reply.kind) {
    case 'json':
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
      response.end(JSON.stringify(reply.body));
      return;
    case 'text':
      response.writeHead(reply.status, { 'content-type': reply.type ?? 'text/plain; charset=utf-8' });
      response.end(reply.body);
      return;
    case 'bytes':
      response.writeHead(reply.status, { 'content-type': reply.type, 'content-length': reply.body.length });
      response.end(reply.body);
      return;
    case 'hang_up':
      if (reply.after === 'nothing') {
        response.destroy();
        return;
      }
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1_000 });
      response.write('{"', () => response.destroy());
      return;
    default:
      reply satisfies never;
  }
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
