/**
 * Wounded pictures and hostile links through the doors of a whole gateway. Read this first.
 *
 *   npm run fuzz -- [runs] [seed] [first run]      10,000 runs with seed 1, from the first; every run can be repeated alone
 *
 * Each run is one request: a submit (followed to its end), a preflight or an upload, with a picture (pictures.ts) as a `data:` URL,
 * as an upload or behind a link, or with a link that tries to lead inside (links.ts). It fails on a crash, on a 5xx, on an answer
 * that is not of the contract (answers.ts), on an inside address in an answer to somebody who did not name it, on a download that
 * is left behind, and on any connection to an address that the guard forbids, which is seen at the dial and by canaries (world.ts).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PUBLIC_ADDRESS } from '../../packages/gateway/src/net/fake-internet.ts';
import { type Answer, type Judgement, judgeFile, judgePreflight, judgeTask } from './answers.ts';
import { hostileLink, INSIDE } from './links.ts';
import { asDataUrl, samplePictures, wounded } from './pictures.ts';
import { pick, type Random, randomFrom, upTo } from './random.ts';
import { type FuzzWorld, openFuzzWorld } from './world.ts';

export interface FuzzResult {
  readonly runs: number;
  /** What requests came to, with how often. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** What must not happen, in words. */
  readonly faults: readonly string[];
  /** Connections to public addresses, so that a run that connects nowhere is noticed. */
  readonly dialled: number;
  readonly forbiddenDials: number;
  readonly canaryCalls: number;
  readonly slowestMs: number;
}

const AT_ONCE = 8;
const OPS = ['orient', 'convert', 'resize', 'crop', 'pad', 'compress'];

export async function fuzz(runs: number, seed: number, first = 0): Promise<FuzzResult> {
  const served = new Map<string, Served>();
  const world = await openFuzzWorld((request, response) => serve(served, request, response));
  const pictures = await samplePictures();
  const outcomes = new Map<string, number>();
  const faults: string[] = [];
  const crashed = (error: unknown) => faults.push(`the process would have ended: ${String(error)}`);
  process.on('uncaughtException', crashed);
  process.on('unhandledRejection', crashed);
  let slowestMs = 0;
  let next = first;
  const lane = async () => {
    for (let run = next++; run < first + runs; run = next++) {
      const request = requestOf(run, randomFrom(seed * 0x9e3779b1 + run), world, pictures, served);
      const began = performance.now();
      const judged = await carryOut(request, world);
      slowestMs = Math.max(slowestMs, performance.now() - began);
      served.delete(`/${run}`);
      if ('fault' in judged) faults.push(`run ${run}: ${judged.fault}, after ${request.text.slice(0, 300)}`);
      const outcome = 'fault' in judged ? 'fault' : `${request.door}: ${judged.outcome}`;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    const health = await fetch(new URL('/readyz', world.url));
    if (health.status !== 200) faults.push(`/readyz answers ${health.status}`);
    for (const name of await world.leftovers()) faults.push(`${name} is left behind`);
    const { forbidden, dialled } = world.internet;
    faults.push(...forbidden.map((where) => `connected to ${where}`));
    if (world.canaryCalls() > 0) faults.push(`${world.canaryCalls()} connections reached a canary`);
    return {
      runs,
      outcomes,
      faults,
      dialled: dialled.length,
      forbiddenDials: forbidden.length,
      canaryCalls: world.canaryCalls(),
      slowestMs,
    };
  } finally {
    await world.close();
    process.off('uncaughtException', crashed);
    process.off('unhandledRejection', crashed);
  }
}

interface FuzzRequest {
  readonly door: 'submit' | 'preflight' | 'file';
  readonly where: string;
  readonly body: string | FormData;
  /** What was sent, to be searched and shown. */
  readonly text: string;
}

function requestOf(
  run: number,
  random: Random,
  world: FuzzWorld,
  pictures: readonly Buffer[],
  served: Map<string, Served>,
): FuzzRequest {
  let names = 0;
  const links = {
    port: world.port,
    gateway: world.url,
    publicAddress: PUBLIC_ADDRESS,
    name: (...answers: readonly (readonly string[])[]) => {
      const host = `n${run}-${names++}.media.test`;
      world.internet.name(host, ...answers);
      return host;
    },
  };
  const link = () => {
    if (random() < 0.7) return hostileLink(links, random);
    served.set(`/${run}`, { file: wounded(pictures, random), manner: pick(MANNERS, random) });
    return `https://media.test/${run}`;
  };
  const door = pick(['submit', 'submit', 'preflight', 'file'] as const, random);
  if (door !== 'file') {
    const input = () => (random() < 0.45 ? asDataUrl(wounded(pictures, random), random) : link());
    const auto_fix = random() < 0.5 ? [] : OPS.filter(() => random() < 0.6);
    const image_urls = Array.from({ length: 1 + upTo(2, random) }, input);
    const text = JSON.stringify({ model: 'picture', prompt: 'a pond', image_urls, auto_fix });
    const where = door === 'submit' ? '/v1/images/generations' : '/v1/preflight';
    return { door, where, body: text, text };
  }
  const way = pick(['stream', 'base64', 'url', 'url'] as const, random);
  if (way === 'stream') {
    const body = new FormData();
    body.append('file', new Blob([new Uint8Array(wounded(pictures, random))]), pick(NAMES, random));
    return { door, where: '/api/v1/files/upload/stream', body, text: 'a form' };
  }
  const fields =
    way === 'url' ? { file_url: link() } : { base64_data: asDataUrl(wounded(pictures, random), random) };
  const text = JSON.stringify(fields);
  return { door, where: `/api/v1/files/upload/${way}`, body: text, text };
}

const NAMES = ['a.jpg', '../../etc/passwd', 'a\0.png', '', '.', 'a'.repeat(300), '\u202egpj.exe', 'con'];

async function carryOut({ door, where, body, text }: FuzzRequest, world: FuzzWorld): Promise<Judgement> {
  try {
    let answer = await ask(world, 'POST', where, body);
    if (door === 'submit') answer = await ended(world, answer);
    const told = JSON.stringify(answer.body);
    const leaked = INSIDE.find(
      (address) => address.length > 6 && told.includes(address) && !text.includes(address),
    );
    // The gateway's own links hold its own address.
    if (leaked !== undefined && !told.includes(world.url)) return { fault: `the answer names ${leaked}` };
    switch (door) {
      case 'submit':
        return judgeTask(answer);
      case 'preflight':
        return judgePreflight(answer);
      case 'file':
        return judgeFile(answer);
      default: {
        const never: never = door;
        return never;
      }
    }
  } catch (error) {
    return { fault: `no answer: ${String(error)} ${error instanceof Error ? String(error.cause) : ''}` };
  }
}

async function ended(world: FuzzWorld, first: Answer): Promise<Answer> {
  let answer = first;
  for (;;) {
    const { id, status }: { id?: unknown; status?: unknown } = Object(answer.body);
    if (answer.status !== 200 || (status !== 'pending' && status !== 'processing')) return answer;
    answer = await ask(world, 'GET', `/v1/tasks/${String(id)}?wait=20`);
  }
}

async function ask(
  { url, key }: FuzzWorld,
  method: string,
  where: string,
  body: string | FormData | null = null,
): Promise<Answer> {
  const response = await fetch(new URL(where, url), {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
    },
    body,
    signal: AbortSignal.timeout(60_000),
  });
  return { status: response.status, body: await response.json() };
}

interface Served {
  readonly file: Buffer;
  readonly manner: (typeof MANNERS)[number];
}

/** How the server behaves that has a picture. */
const MANNERS = [
  'plain',
  'plain',
  'plain',
  'plain',
  'too_short',
  'too_long',
  'gzip',
  'cut',
  'twice',
  'junk',
  'status',
] as const;

function serve(
  served: ReadonlyMap<string, Served>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'https://media.test');
  const to = searchParams.get('to');
  if (to !== null) {
    // As bytes: what no header can hold is left out.
    const location = Buffer.from(to)
      .toString('latin1')
      .replace(/[^\x20-\x7e\x80-\xff]/g, '');
    // A mutated link may ask for what is no status.
    const status = /^30[12378]$/.exec(searchParams.get('status') ?? '')?.[0] ?? '302';
    response.writeHead(Number(status), { location }).end();
    return;
  }
  const { file, manner } = served.get(pathname) ?? { file: Buffer.from('GIF89a'), manner: 'plain' };
  switch (manner) {
    case 'plain':
      response.end(file);
      return;
    case 'too_short':
      response.writeHead(200, { 'content-length': file.byteLength + 10 });
      response.end(file);
      return;
    case 'too_long':
      request.socket.end(
        Buffer.concat([
          Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${file.byteLength >> 1}\r\n\r\n`),
          file,
        ]),
      );
      return;
    case 'gzip':
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(file);
      return;
    case 'cut':
      response.write(file.subarray(0, file.byteLength >> 1), () => response.destroy());
      return;
    case 'twice':
      request.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde');
      return;
    case 'junk':
      request.socket.end(file);
      return;
    case 'status':
      response.writeHead(400 + (file.byteLength % 200)).end(file);
      return;
    default:
      manner satisfies never;
  }
}

if (import.meta.main) {
  const [, , runs = '10000', seed = '1', first = '0'] = process.argv;
  if (![runs, seed, first].every((given) => /^\d+$/.test(given)) || Number(runs) === 0) {
    console.error('Usage: npm run fuzz -- [runs] [seed] [first run]: whole numbers, at least one run.');
    process.exit(1);
  }
  console.log(`${runs} runs with seed ${seed}, from run ${first}`);
  const began = performance.now();
  const result = await fuzz(Number(runs), Number(seed), Number(first));
  for (const [outcome, count] of [...result.outcomes].sort((a, b) => b[1] - a[1]))
    console.log(`${count}\t${outcome}`);
  console.log(
    `${Math.round((performance.now() - began) / 1000)} s, the slowest ${Math.round(result.slowestMs)} ms; ` +
      `${result.dialled} connections to public addresses, ${result.forbiddenDials} to forbidden ones, ` +
      `${result.canaryCalls} reached a canary`,
  );
  for (const fault of result.faults) console.error(fault);
  if (result.faults.length > 0) process.exitCode = 1;
}
