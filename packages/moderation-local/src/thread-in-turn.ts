/**
 * One looking thread, asked one picture at a time. It starts with the first picture, ends when idle, and is ended when a picture
 * takes too long. Whatever goes wrong costs the thread: the next picture gets a new one, and its self-test.
 */
import { Worker } from 'node:worker_threads';
import { type After, systemAfter } from './after.ts';
import type { ThreadAnswer, ThreadData, ThreadTask } from './thread.ts';

export type Asked =
  | Exclude<ThreadAnswer, { kind: 'ready' }>
  /** The thread was lost, closed or given up. `reason` is for the operator. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface ThreadInTurn {
  /** One picture at a time; the others wait. Never rejects. `bytes` are copied. */
  ask(task: ThreadTask, signal: AbortSignal): Promise<Asked>;
  /** Ends the thread; who waits is told `failed`. */
  close(): Promise<void>;
}

export interface ThreadOptions {
  /** Of one picture, the loading of the models included. Default 20,000 ms. */
  readonly timeoutMs?: number;
  /** After so long without a picture the thread and its 300 MB go. Default 60,000 ms. */
  readonly idleMs?: number;
  /** The thread's file; only tests have another. */
  readonly thread?: URL;
  /** Default: {@link systemAfter}. */
  readonly after?: After;
}

/** A machine without room for one more thread: this picture is not looked at, and the next may be. */
const NO_THREAD = (): Asked => ({ kind: 'failed', reason: 'the thread does not start' });

export function openThread(workerData: ThreadData, options: ThreadOptions): ThreadInTurn {
  const { timeoutMs = 20_000, idleMs = 60_000, after = systemAfter, thread } = options;
  let worker: Worker | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  let idle: ReturnType<After> | null = null;
  let closed = false;

  const start = () => {
    worker ??= new Worker(thread ?? new URL('./thread.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 512 },
      workerData,
    });
    return worker;
  };
  const end = async () => {
    const ending = worker;
    worker = null;
    await ending?.terminate();
  };

  async function askNow(task: ThreadTask, signal: AbortSignal): Promise<Asked> {
    if (closed) return { kind: 'failed', reason: 'was closed' };
    if (signal.aborted) return { kind: 'failed', reason: 'was given up' };
    idle?.cancel();
    const isFresh = worker === null;
    const outcome = await exchange(start(), task, isFresh, { timeoutMs, after, signal });
    if (outcome.kind === 'lost') await end();
    else idle = after(idleMs, end);
    return outcome.kind === 'lost' ? { kind: 'failed', reason: outcome.reason } : outcome;
  }

  return {
    ask(task, signal) {
      const mine = turn.then(() => askNow(task, signal)).catch(NO_THREAD);
      turn = mine;
      return unlessGivenUp(mine, signal);
    },
    async close() {
      closed = true;
      idle?.cancel();
      await end();
    },
  };
}

/** Who gives up while waiting for a turn does not wait for it. */
function unlessGivenUp(asked: Promise<Asked>, signal: AbortSignal): Promise<Asked> {
  return new Promise((resolve) => {
    const onAbort = () => resolve({ kind: 'failed', reason: 'was given up' });
    signal.addEventListener('abort', onAbort, { once: true });
    void asked.then(resolve).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

type Exchanged = Asked | { readonly kind: 'lost'; readonly reason: string };

/** A fresh thread says first that it is ready; its self-test is behind it then. */
function exchange(
  worker: Worker,
  { kind, bytes }: ThreadTask,
  isFresh: boolean,
  {
    timeoutMs,
    after,
    signal,
  }: { readonly timeoutMs: number; readonly after: After; readonly signal: AbortSignal },
): Promise<Exchanged> {
  return new Promise((resolve) => {
    const finish = (outcome: Exchanged) => {
      timer.cancel();
      signal.removeEventListener('abort', onAbort);
      worker.removeAllListeners();
      // A thread that breaks while nobody waits must not end the process.
      worker.on('error', () => undefined);
      resolve(outcome);
    };
    const lost = (reason: string) => finish({ kind: 'lost', reason });
    const send = () => worker.postMessage({ kind, bytes: new Uint8Array(bytes) } satisfies ThreadTask);
    const onAbort = () => lost('was given up');
    const timer = after(timeoutMs, () => lost(`took longer than ${timeoutMs} ms`));
    signal.addEventListener('abort', onAbort, { once: true });
    worker.removeAllListeners();
    worker.on('message', (answer: ThreadAnswer) => {
      if (answer.kind === 'ready') send();
      else finish(answer);
    });
    worker.on('error', (error) =>
      lost(`the thread broke: ${error instanceof Error ? error.message : 'no reason'}`),
    );
    worker.on('exit', () => lost('the thread ended'));
    if (!isFresh) send();
  });
}
