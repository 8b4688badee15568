/**
 * Durable submits: `POST /v1/images/generations` with authentication, schema, idempotency key and credits, fsynced before the
 * answer, against the least a team would build without us: Fastify, BullMQ and Redis with `appendfsync always`.
 * `node bench/submit.ts`.
 *
 * Each server is one process, the client another; they take turns. The engine runs: every accepted task is also prepared and
 * submitted to a scripted upstream whose jobs never end. Without a Redis on the PATH only our own rate is printed.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import autocannon from 'autocannon';
import type { ProcessOptions } from '../e2e/gateway-process.ts';
import { type Started, start } from '../e2e/processes.ts';
import { median } from './median.ts';

const CONNECTIONS = 32;
const ROUNDS = 3;
const SECONDS = 5;

interface Target {
  readonly url: string;
  readonly key: string | null;
}

const folder = await mkdtemp(path.join(tmpdir(), 'sluice-bench-'));
const running: Started<unknown>[] = [];
try {
  const options: ProcessOptions = {
    folder,
    config: 'server: { port: 0 }\nlog: { level: silent }\naccounts: { default: { credits: 900000000 } }',
    script: { takesMs: 3_600_000, pollAfterMs: 30_000 },
  };
  const ours = await start<Target>(new URL('../e2e/gateway-process.ts', import.meta.url), [
    JSON.stringify(options),
  ]);
  running.push(ours);
  const baseline = await startBaseline();
  await measure(ours.ready, 1);
  if (baseline) await measure(baseline.ready, 1);

  const pairs: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    pairs.push({
      ours: await measure(ours.ready, SECONDS),
      theirs: baseline ? await measure(baseline.ready, SECONDS) : Number.NaN,
    });
  }
  const rate = median(pairs.map((pair) => pair.ours));
  console.log(`durable submits, ${CONNECTIONS} connections: ${Math.round(rate)}/s (median of ${ROUNDS})`);
  if (baseline) {
    const theirs = median(pairs.map((pair) => pair.theirs));
    const ratio = median(pairs.map((pair) => pair.ours / pair.theirs));
    console.log(
      `Fastify + BullMQ + Redis, appendfsync always: ${Math.round(theirs)}/s; ratio ${ratio.toFixed(2)}`,
    );
  } else {
    console.log('no redis-server on the PATH: no baseline in this run');
  }
} finally {
  for (const one of running) await one.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
}

async function measure(target: Target, seconds: number): Promise<number> {
  let count = 0;
  const salt = Math.random().toString(36).slice(2);
  const result = await autocannon({
    url: `${target.url}/v1/images/generations`,
    connections: CONNECTIONS,
    duration: seconds,
    requests: [
      {
        method: 'POST',
        setupRequest(request) {
          request.headers = {
            authorization: `Bearer ${target.key}`,
            'content-type': 'application/json',
            'idempotency-key': `${salt}-${count++}`,
          };
          request.body = `{"model":"studio-image-1","prompt":"a lighthouse at dusk","size":"1:1","metadata":{"order":"${count}"}}`;
          return request;
        },
      },
    ],
  });
  if (result.non2xx > 0) throw new Error(`refused: ${JSON.stringify(result.statusCodeStats)}`);
  return result.requests.total / result.duration;
}

async function startBaseline(): Promise<Started<Target> | null> {
  const port = await freePort();
  const redis = spawn(
    'redis-server',
    [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--appendonly',
      'yes',
      '--appendfsync',
      'always',
      '--save',
      '',
    ],
    { stdio: 'ignore' },
  );
  const absent = await new Promise<boolean>((resolve) => {
    redis.once('error', () => resolve(true));
    redis.once('spawn', () => resolve(false));
  });
  if (absent) return null;
  const kill = async () => void redis.kill('SIGKILL');
  running.push({ ready: null, child: redis, kill });
  const server = await start<Target>(new URL('./submit-baseline.ts', import.meta.url), [String(port)]);
  running.push(server);
  return server;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
