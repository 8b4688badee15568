/** Asks the same addresses again and again until told to stop, on an event loop that nothing else keeps busy: a worker of hostile.ts. */
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

const PROBE_MS = 20;
const { urls, key }: { readonly urls: readonly string[]; readonly key: string } = workerData;

let stopped = false;
parentPort?.once('message', () => {
  stopped = true;
});

async function probe(url: string): Promise<readonly number[]> {
  const times: number[] = [];
  while (!stopped) {
    const from = performance.now();
    await (await fetch(url, { headers: { authorization: `Bearer ${key}` } })).arrayBuffer();
    times.push(performance.now() - from);
    await pause(PROBE_MS);
  }
  return times.sort((a, b) => a - b);
}

parentPort?.postMessage(await Promise.all(urls.map(probe)));
