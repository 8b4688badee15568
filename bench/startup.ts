/** From the start of the process to the first answer of `/readyz`, with an empty store: `node bench/startup.ts`. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { median } from './median.ts';

const RUNS = 7;
const CLI = fileURLToPath(new URL('../packages/cli/src/main.js', import.meta.url));

const bare: number[] = [];
const ours: number[] = [];
for (let run = 0; run < RUNS; run++) {
  bare.push(await timeBareNode());
  ours.push(await timeGateway());
}
console.log(
  `start to ready, empty store: median ${median(ours).toFixed(0)} ms of ${RUNS} (worst ${Math.max(...ours).toFixed(0)})`,
);
console.log(
  `node alone, same run: ${median(bare).toFixed(0)} ms; ratio ${(median(ours) / median(bare)).toFixed(1)}`,
);

async function timeBareNode(): Promise<number> {
  const from = performance.now();
  const child = spawn(process.execPath, ['-e', '0']);
  await new Promise((resolve) => child.once('exit', resolve));
  return performance.now() - from;
}

async function timeGateway(): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-start-'));
  const port = await freePort();
  const from = performance.now();
  const child = spawn(process.execPath, [CLI, 'serve', '--port', String(port)], {
    cwd: folder,
    stdio: 'ignore',
  });
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  try {
    for (;;) {
      if (ended) throw new Error('The gateway ended before it was ready.');
      if (await isReady(port)) return performance.now() - from;
      await pause(5);
    }
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
