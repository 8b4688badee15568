/** Starts a thread whose code comes out of the compile cache; see thread-entry.js. */
import { Worker, type WorkerOptions } from 'node:worker_threads';

const ENTRY = new URL('./thread-entry.js', import.meta.url);

/** `script` is a module of ours. What is posted before it listens waits for it. */
export function startThread(script: URL, options: Omit<WorkerOptions, 'argv'> = {}): Worker {
  return new Worker(ENTRY, { ...options, argv: [script.href] });
}
