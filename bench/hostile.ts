/**
 * 200 hostile inputs at once through the doors of a gateway in a process of its own: `node bench/hostile.ts [inputs] [kind ...]`.
 *
 * Links to every trap of hostile-server.ts, and bodies that are traps themselves: huge and deeply nested requests, uploads without
 * end, clients that send a byte a second. Prints the peak memory of the gateway, how long `GET /healthz` and `GET /v1/tasks/{id}`
 * took meanwhile, and what each input came to. Server and client share the processors with the gateway.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { ProcessOptions } from '../e2e/gateway-process.ts';
import { start } from '../e2e/processes.ts';

const INPUTS = Number(process.argv[2] ?? 200);
/** Some kinds alone, to find out which it was. */
const ONLY = process.argv.slice(3);
const GATEWAY = new URL('../e2e/gateway-process.ts', import.meta.url);
const TRAPS = new URL('./hostile-server.ts', import.meta.url);
/** Under the limit of a request's body. */
const LARGE = 60_000_000;
const TWO_GIGABYTES = 2_000_000_000;
const REPAIRS = ['orient', 'convert', 'resize', 'compress'];

const folder = await mkdtemp(path.join(tmpdir(), 'sluice-hostile-'));
const options: ProcessOptions = {
  folder,
  config: [
    'server: { port: 0 }',
    'log: { level: silent }',
    'inputs: { allow_http_loopback: true }',
    'files: { max_files: 1000 }',
    // As many downloads at once as there are inputs: the default would take turns.
    `engine: { parallel_submits: ${INPUTS} }`,
  ].join('\n'),
  script: { takesMs: 0 },
};
const gateway = await start<{ url: string; key: string }>(GATEWAY, [JSON.stringify(options)]);
const hostile = await start<{ url: string; traps: readonly string[] }>(TRAPS);
try {
  const before = memory('VmRSS');
  const links = hostile.ready.traps.map((trap) => [trap, () => link(trap)] as const);
  const kinds = [...links, ...Object.entries(BODIES())].filter(
    ([kind]) => ONLY.length === 0 || ONLY.includes(kind),
  );
  const ways = kinds.map(([, way]) => way);
  const [first] = ways;
  if (!first) throw new Error(`There is no such kind: ${ONLY.join(', ')}`);
  const task = await submit({ prompt: 'a pond' });
  const probed = ['/healthz', `/v1/tasks/${String(task.id)}`];
  const probing = probe(probed);
  const began = performance.now();
  const outcomes = new Map<string, number>();
  await Promise.all(
    Array.from({ length: INPUTS }, async (_, index) => {
      const outcome = await (ways[index % ways.length] ?? first)();
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }),
  );
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${INPUTS} hostile inputs at once, of ${ways.length} kinds: all answered after ${seconds} s`);
  console.log(
    `memory of the gateway: ${before} MB before, ${memory('VmHWM')} MB at its peak (goal: under 1000)`,
  );
  for (const [index, times] of (await probing.stop()).entries()) {
    const at = (share: number) =>
      `${(times[Math.floor(share * (times.length - 1))] ?? Number.NaN).toFixed(1)} ms`;
    const what = index === 0 ? '/healthz' : 'a task';
    console.log(
      `GET of ${what} meanwhile: median ${at(0.5)}, p99 ${at(0.99)}, longest ${at(1)} (${times.length} times)`,
    );
  }
  for (const [outcome, count] of [...outcomes].sort((a, b) => b[1] - a[1]))
    console.log(`${count}\t${outcome}`);
  const broken = [...outcomes.keys()].filter((outcome) => /^5|no answer/.test(outcome));
  console.log(
    broken.length === 0
      ? 'no 5xx, and no request without its answer'
      : `NOT AS IT SHOULD BE: ${broken.join(', ')}`,
  );
} finally {
  await hostile.kill('SIGKILL');
  await gateway.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
}

/** Traps that are in the request itself. */
function BODIES(): Readonly<Record<string, () => Promise<string>>> {
  const data = `data:image/png;base64,${Buffer.alloc((LARGE / 4) * 3).toString('base64')}`;
  const nested = `{"model":"studio-image-1","prompt":"x","image_urls":${'['.repeat(LARGE / 2)}${']'.repeat(LARGE / 2)}}`;
  return {
    'large data URL': () => followed({ image_urls: [data] }),
    'nested JSON': async () => outcomeOf(await post('/v1/images/generations', nested)),
    'endless upload': async () =>
      outcomeOf(await post('/api/v1/files/upload/base64', endless('{"base64_data":"'))),
    'endless form': async () => {
      const head = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n';
      return outcomeOf(
        await post('/api/v1/files/upload/stream', endless(head), 'multipart/form-data; boundary=b'),
      );
    },
    'slow client': slowClient,
  };
}

function link(trap: string): Promise<string> {
  const image_urls = [`${hostile.ready.url}/${trap}/${Math.random().toString(36).slice(2)}`];
  return followed(trap.endsWith('-to-repair') ? { image_urls, auto_fix: REPAIRS } : { image_urls });
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function submit(params: object): Promise<Answer['body']> {
  return (await post('/v1/images/generations', JSON.stringify({ model: 'studio-image-1', ...params }))).body;
}

async function followed(params: object): Promise<string> {
  const body = JSON.stringify({ model: 'studio-image-1', prompt: 'a pond', ...params });
  let answer = await post('/v1/images/generations', body);
  while (answer.status === 200 && (answer.body.status === 'pending' || answer.body.status === 'processing')) {
    answer = await ask(`/v1/tasks/${String(answer.body.id)}?wait=30`, {});
  }
  return outcomeOf(answer);
}

function post(where: string, body: string | Readable, type = 'application/json'): Promise<Answer> {
  const sent = typeof body === 'string' ? body : Readable.toWeb(body);
  return ask(where, { method: 'POST', headers: { 'content-type': type }, body: sent, duplex: 'half' });
}

async function ask(where: string, init: RequestInit & { duplex?: 'half' }): Promise<Answer> {
  const headers = { ...init.headers, authorization: `Bearer ${gateway.ready.key}` };
  try {
    const response = await fetch(new URL(where, gateway.ready.url), { ...init, headers });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return { status: 0, body: { code: `no answer (${cause})` } };
  }
}

function outcomeOf({ status, body }: Answer): string {
  if (status === 200 && body.status === 'completed') return 'completed';
  const error: Readonly<Record<string, unknown>> = Object(body.error ?? body);
  const { reason }: { reason?: unknown } = Object(error.details);
  return [status, error.code, error.subtype, reason]
    .filter((part) => part !== undefined && part !== null)
    .join(' ');
}

function endless(head: string): Readable {
  const chunk = Buffer.alloc(65_536, 'A');
  return Readable.from(
    (function* () {
      yield Buffer.from(head);
      for (let sent = 0; sent < TWO_GIGABYTES; sent += chunk.byteLength) yield chunk;
    })(),
  );
}

/** A byte a second for 20 s, and then it is gone. */
async function slowClient(): Promise<string> {
  const { hostname, port } = new URL(gateway.ready.url);
  const socket = connect(Number(port), hostname).on('error', () => {});
  socket.write(
    `POST /v1/images/generations HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${gateway.ready.key}\r\n` +
      'content-type: application/json\r\ncontent-length: 1000000\r\n\r\n',
  );
  for (let second = 0; second < 20 && !socket.destroyed; second++) {
    socket.write(' ');
    await pause(1000);
  }
  socket.destroy();
  return 'a slow client went away';
}

/** Response times in milliseconds, sorted, for each of the URLs; until `stop`. */
function probe(paths: readonly string[]): { stop(): Promise<readonly (readonly number[])[]> } {
  const { url, key } = gateway.ready;
  const urls = paths.map((where) => new URL(where, url).href);
  const worker = new Worker(new URL('./hostile-probe.ts', import.meta.url), { workerData: { urls, key } });
  const told = once(worker, 'message');
  return {
    async stop() {
      worker.postMessage('stop');
      const [times] = await told;
      return times;
    },
  };
}

/** Of the gateway's process, whole megabytes; Linux tells it. */
function memory(which: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${gateway.child.pid}/status`, 'utf8');
  return Math.round((Number(new RegExp(`${which}:\\s+(\\d+)`).exec(status)?.[1]) * 1024) / 1e6);
}
