/**
 * 100,000 tasks in flight on one node, each polled every 5 s: `node --expose-gc bench/inflight.ts [tasks]`.
 *
 * Prints the event-loop delay while all of them are polled, the heap each costs, the share of one core that polling takes, and
 * how long a gateway takes to start with all of them unfinished. The upstream is scripted and in the same process, so its own
 * share is in the figures.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { readConfig } from '../packages/gateway/src/config/config.ts';
import { createGateway, type Gateway } from '../packages/gateway/src/gateway.ts';
import { memoryLedger } from '../packages/gateway/src/upstream/scripted/ledger.ts';
import { createScripted } from '../packages/gateway/src/upstream/scripted/scripted.ts';

const TASKS = Number(process.argv[2] ?? 100_000);
const POLL_MS = 5_000;
const WATCH_MS = 15_000;

const folder = await mkdtemp(path.join(tmpdir(), 'sluice-inflight-'));
try {
  const gateway = await open();
  const { firstKey } = await gateway.listen();
  collect();
  const before = process.memoryUsage().heapUsed;
  await fill(gateway, String(firstKey));
  collect();
  const perTask = (process.memoryUsage().heapUsed - before) / TASKS;
  console.log(`${TASKS} tasks in flight, each polled every ${POLL_MS / 1000} s`);
  console.log(`heap per task: ${Math.round(perTask)} bytes`);

  const delay = monitorEventLoopDelay({ resolution: 1 });
  const cpuBefore = process.cpuUsage();
  delay.enable();
  await pause(WATCH_MS);
  delay.disable();
  const cpu = process.cpuUsage(cpuBefore);
  const ms = (nanoseconds: number) => (nanoseconds / 1e6).toFixed(1);
  console.log(`event-loop delay: median ${ms(delay.percentile(50))} ms, p99 ${ms(delay.percentile(99))} ms`);
  console.log(`polling takes ${Math.round(((cpu.user + cpu.system) / 1000 / WATCH_MS) * 100)} % of one core`);
  await gateway.close();

  const from = performance.now();
  const again = await open();
  await again.listen();
  console.log(`restart with all of them unfinished: ready after ${Math.round(performance.now() - from)} ms`);
  const { held } = again.engine.gauges();
  if (held !== TASKS) throw new Error(`${held} tasks were taken up, not ${TASKS}`);
  await again.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}

function open(): Promise<Gateway> {
  const yaml = [
    'server: { port: 0 }',
    'log: { level: silent }',
    'accounts: { default: { credits: 900000000 } }',
    `engine: { poll_interval: ${POLL_MS}ms }`,
  ].join('\n');
  const read = readConfig(yaml, folder, {});
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.problems));
  const scripted = createScripted({ takesMs: 24 * 3_600_000, pollAfterMs: POLL_MS }, memoryLedger());
  // A task's own time-out would end it in the middle of a slow run.
  const catalog = new Map(
    [...read.config.catalog].map(([id, model]) => [id, { ...model, timeoutMs: 24 * 3_600_000 }]),
  );
  return createGateway({ ...read.config, catalog }, { adapters: new Map([['studio', scripted]]) });
}

/** Through the whole of intake, a few hundred at a time. */
async function fill(gateway: Gateway, key: string): Promise<void> {
  const submit = async (index: number) => {
    const answer = await gateway.app.inject({
      method: 'POST',
      url: '/v1/images/generations',
      headers: { authorization: `Bearer ${key}` },
      payload: { model: 'studio-image-1', prompt: `a lighthouse at dusk, number ${index}` },
    });
    if (answer.statusCode !== 200) throw new Error(answer.body);
  };
  for (let first = 0; first < TASKS; first += 500) {
    await Promise.all(Array.from({ length: Math.min(500, TASKS - first) }, (_, i) => submit(first + i)));
  }
  while (gateway.engine.gauges().queued > 0 || gateway.engine.gauges().busy > 0) await pause(50);
}

function collect(): void {
  if (!globalThis.gc) throw new Error('run with --expose-gc');
  globalThis.gc();
  globalThis.gc();
}
