/**
 * Threads for work that takes seconds: at most `workers`, each with one job at a time, started when needed and ended when idle.
 *
 * A thread that dies takes only its own job with it; an aborted job's thread is ended, which is the one way to stop a
 * computation that does not look up. Both are replaced by a fresh thread when the next job comes.
 */
import type { Worker } from 'node:worker_threads';
import { type Clock, systemClock, type Timer } from '../../../clock.ts';
import { startThread } from '../../../start-thread.ts';
import { type FailureReason, RenderFailure } from './job.ts';

/** What a worker script posts while it works on the job it was sent. */
export type WorkerMessage<Result> =
  | { readonly kind: 'progress'; readonly percent: number }
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly reason: FailureReason; readonly message: string };

export interface PoolLog {
  warn(details: object, message: string): void;
}

export interface PoolConfig {
  readonly script: URL;
  readonly workers: number;
  readonly idleMs: number;
  readonly clock?: Clock;
  readonly log?: PoolLog;
}

export interface RunOptions {
  readonly signal: AbortSignal;
  onProgress(percent: number): void;
}

export interface Pool<Job, Result> {
  run(job: Job, options: RunOptions): Promise<Result>;
  close(): Promise<void>;
  /** Threads alive now. */
  readonly threads: number;
}

interface Pending<Job, Result> {
  readonly job: Job;
  readonly options: RunOptions;
  readonly onAbort: () => void;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

interface Slot<Job, Result> {
  readonly worker: Worker;
  current: Pending<Job, Result> | null;
  percent: number;
  idle: Timer | null;
}

export function createPool<Job, Result>(config: PoolConfig): Pool<Job, Result> {
  const clock = config.clock ?? systemClock;
  const slots = new Set<Slot<Job, Result>>();
  const queue: Pending<Job, Result>[] = [];
  let closed = false;

  function start(): Slot<Job, Result> {
    const worker = startThread(config.script);
    const slot: Slot<Job, Result> = { worker, current: null, percent: 0, idle: null };
    slots.add(slot);
    worker.on('message', (message: WorkerMessage<Result>) => hear(slot, message));
    worker.on('error', (error) => lose(slot, error));
    worker.on('exit', (code) => lose(slot, new Error(`the thread ended with code ${code}`)));
    return slot;
  }

  /** Gives waiting jobs to idle threads, starting threads up to the limit. */
  function dispatch(): void {
    while (queue.length > 0) {
      const idle = [...slots].find((slot) => slot.current === null);
      if (idle === undefined && slots.size >= config.workers) return;
      const next = queue.shift();
      if (next === undefined) return;
      const slot = idle ?? start();
      slot.idle?.cancel();
      slot.idle = null;
      slot.current = next;
      slot.percent = 0;
      slot.worker.ref();
      slot.worker.postMessage(next.job);
    }
  }

  /** Takes the job off its thread; whoever calls this settles its promise. */
  function detach(slot: Slot<Job, Result>): Pending<Job, Result> | null {
    const pending = slot.current;
    slot.current = null;
    pending?.options.signal.removeEventListener('abort', pending.onAbort);
    return pending;
  }

  function rest(slot: Slot<Job, Result>): void {
    slot.worker.unref();
    slot.idle = clock.after(config.idleMs, () => void end(slot));
    dispatch();
  }

  /** Ends a thread and waits until it runs no more code. */
  async function end(slot: Slot<Job, Result>): Promise<void> {
    slots.delete(slot);
    slot.idle?.cancel();
    await slot.worker.terminate();
  }

  function hear(slot: Slot<Job, Result>, message: WorkerMessage<Result>): void {
    switch (message.kind) {
      case 'progress': {
        if (slot.current === null || message.percent <= slot.percent) return;
        slot.percent = message.percent;
        slot.current.options.onProgress(message.percent);
        return;
      }
      case 'done': {
        detach(slot)?.resolve(message.result);
        rest(slot);
        return;
      }
      case 'failed': {
        detach(slot)?.reject(new RenderFailure(message.reason, message.message));
        rest(slot);
        return;
      }
      default: {
        const never: never = message;
        throw new Error(`unexpected message from a worker: ${JSON.stringify(never)}`);
      }
    }
  }

  /** A thread died by itself. `exit` follows `error`: the second call finds nothing left to do. */
  function lose(slot: Slot<Job, Result>, error: Error): void {
    if (!slots.delete(slot)) return;
    slot.idle?.cancel();
    const pending = detach(slot);
    config.log?.warn({ err: error, busy: pending !== null }, 'a render thread died');
    pending?.reject(new RenderFailure('crashed', `The render thread died: ${error.message}`));
    dispatch();
  }

  async function abort(pending: Pending<Job, Result>): Promise<void> {
    const waiting = queue.indexOf(pending);
    if (waiting >= 0) queue.splice(waiting, 1);
    const slot = [...slots].find((s) => s.current === pending);
    if (slot !== undefined) {
      detach(slot);
      await end(slot);
    }
    pending.reject(pending.options.signal.reason);
    dispatch();
  }

  return {
    run(job, options) {
      if (closed) return Promise.reject(new RenderFailure('closed', 'The renderer is closed.'));
      if (options.signal.aborted) return Promise.reject(options.signal.reason);
      return new Promise<Result>((resolve, reject) => {
        const onAbort = () => void abort(pending);
        const pending: Pending<Job, Result> = { job, options, onAbort, resolve, reject };
        options.signal.addEventListener('abort', onAbort, { once: true });
        queue.push(pending);
        dispatch();
      });
    },
    async close() {
      closed = true;
      const unfinished = [...queue.splice(0), ...[...slots].flatMap((slot) => detach(slot) ?? [])];
      await Promise.all([...slots].map(end));
      for (const pending of unfinished) {
        pending.options.signal.removeEventListener('abort', pending.onAbort);
        pending.reject(new RenderFailure('closed', 'The renderer was closed before the job was done.'));
      }
    },
    get threads() {
      return slots.size;
    },
  };
}
