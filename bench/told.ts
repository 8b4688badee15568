/**
 * From "the upstream is done" to "the client is told", by server-sent events: `node bench/told.ts`.
 *
 * The upstream is scripted, so the moment each job is done is known exactly; its results are real pictures that are verified and
 * stored before the client hears of them. One poll interval is the upstream's share of the delay; the rest is ours.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { readConfig } from '../packages/gateway/src/config/config.ts';
import { createGateway } from '../packages/gateway/src/gateway.ts';
import { memoryLedger } from '../packages/gateway/src/upstream/scripted/ledger.ts';
import { fateOf, type Script } from '../packages/gateway/src/upstream/scripted/script.ts';
import { createScripted } from '../packages/gateway/src/upstream/scripted/scripted.ts';
import { median, percentile } from './median.ts';

const TASKS = 300;
const POLL_MS = 250;

const folder = await mkdtemp(path.join(tmpdir(), 'sluice-told-'));
const sample = path.join(folder, 'sample.png');
await writeFile(
  sample,
  await sharp({ create: { width: 256, height: 256, channels: 3, background: '#357' } })
    .png()
    .toBuffer(),
);
const script: Script = {
  takesMs: [1_000, 20_000],
  pollAfterMs: POLL_MS,
  output: { sample, folder: path.join(folder, 'outputs'), mimeType: 'image/png' },
};
const ledger = memoryLedger();
const read = readConfig('server: { port: 0 }\nlog: { level: silent }', folder, {});
if (read.kind === 'invalid') throw new Error(JSON.stringify(read.problems));
const gateway = await createGateway(read.config, {
  adapters: new Map([['studio', createScripted(script, ledger)]]),
});
const { url, firstKey } = await gateway.listen();
const headers = { authorization: `Bearer ${firstKey}`, 'content-type': 'application/json' };

try {
  const delays = await Promise.all(Array.from({ length: TASKS }, (_, index) => delayOf(index)));
  const over = delays.map((delay) => delay - POLL_MS);
  console.log(`${TASKS} tasks, polled every ${POLL_MS} ms`);
  console.log(
    `done to told: median ${median(delays).toFixed(0)} ms, p99 ${percentile(delays, 0.99).toFixed(0)} ms`,
  );
  console.log(`beyond one poll interval, p99: ${percentile(over, 0.99).toFixed(0)} ms`);
} finally {
  await gateway.close();
  await rm(folder, { recursive: true, force: true });
}

async function delayOf(index: number): Promise<number> {
  const submitted = await fetch(`${url}/v1/images/generations`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ model: 'studio-image-1', prompt: `number ${index}` }),
  });
  const { id } = (await submitted.json()) as { id: string };
  const events = await fetch(`${url}/v1/tasks/${id}/events`, { headers });
  let text = '';
  for await (const chunk of events.body ?? []) {
    text += Buffer.from(chunk).toString('utf8');
    if (!text.includes('"status":"completed"') && !text.includes('"status":"failed"')) continue;
    const told = Date.now();
    const key = `${id}-1`;
    const accepted = await ledger.find(key);
    if (accepted.kind !== 'found') throw new Error(`${key} was never accepted`);
    return told - accepted.at - fateOf(script, key).takesMs;
  }
  throw new Error(`${id}: the stream ended before the task`);
}
