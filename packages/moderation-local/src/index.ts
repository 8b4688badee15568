/**
 * Local moderation: models that look at pictures on this machine, without network. Read this first.
 *
 *   picture -> thread.ts (one worker thread: libraries.ts, nudity.ts, faces.ts, checked by self-test.ts) -> look.ts -> numbers
 *
 * What the numbers mean for a task is the gateway's business (`moderation/local-images.ts` there). The thread starts with the first
 * picture, ends when idle, and is ended when a picture takes too long; whatever is not looked at is `failed`, never clean.
 */
import { Worker } from 'node:worker_threads';
import { isInstalled } from './libraries.ts';
import type { Look } from './look.ts';
import type { ThreadAnswer } from './thread.ts';

export type { Look } from './look.ts';
export type { NudityScores } from './nudity.ts';

export type Looked =
  | { readonly kind: 'looked'; readonly look: Look }
  /** `reason` is for the operator. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface Looker {
  /** One picture at a time; the others wait. Never rejects. `bytes` are copied. */
  look(bytes: Uint8Array, signal: AbortSignal): Promise<Looked>;
  /** Ends the thread; who waits is told `failed`. */
  close(): Promise<void>;
}

export interface LookerOptions {
  /** Of one picture, the loading of the models included. Default 20,000 ms. */
  readonly timeoutMs?: number;
  /** After so long without a picture the thread and its 300 MB go. Default 60,000 ms. */
  readonly idleMs?: number;
  /** The thread's file; only tests have another. */
  readonly thread?: URL;
  /** Calls `then` after so many milliseconds. Default: the system's timers, which do not keep the process alive. */
  readonly after?: After;
}

export type After = (ms: number, then: () => void) => { cancel(): void };

const systemAfter: After = (ms, then) => {
  const timer = setTimeout(then, ms).unref();
  return { cancel: () => clearTimeout(timer) };
};

/** Throws where the models were not installed. */
export function createLooker(options: LookerOptions = {}): Looker {
  const { timeoutMs = 20_000, idleMs = 60_000, after = systemAfter, thread } = options;
  if (thread === undefined && !isInstalled())
    throw new Error('The local moderation models are not installed. Run `npm run moderation:install` once.');
  let worker: Worker | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  let idle: ReturnType<After> | null = null;
  let closed = false;

  const start = () => {
    worker ??= new Worker(thread ?? new URL('./thread.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    return worker;
  };
  const end = async () => {
    const ending = worker;
    worker = null;
    await ending?.terminate();
  };

  /** Whatever goes wrong costs the thread: the next picture gets a new one, and its self-test. */
  async function lookNow(bytes: Uint8Array, signal: AbortSignal): Promise<Looked> {
    if (closed) return { kind: 'failed', reason: 'was closed' };
    if (signal.aborted) return { kind: 'failed', reason: 'was given up' };
    idle?.cancel();
    const isFresh = worker === null;
    const outcome = await exchange(start(), bytes, isFresh, { timeoutMs, after, signal });
    if (outcome.kind === 'lost') await end();
    else idle = after(idleMs, end);
    return outcome.kind === 'lost' ? { kind: 'failed', reason: outcome.reason } : outcome;
  }

  return {
    look(bytes, signal) {
      const mine = turn.then(() => lookNow(bytes, signal));
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
function unlessGivenUp(looked: Promise<Looked>, signal: AbortSignal): Promise<Looked> {
  return new Promise((resolve) => {
    const onAbort = () => resolve({ kind: 'failed', reason: 'was given up' });
    signal.addEventListener('abort', onAbort, { once: true });
    void looked.then(resolve).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

type Exchanged = Looked | { readonly kind: 'lost'; readonly reason: string };

/** A fresh thread says first that it is ready; its self-test is behind it then. */
function exchange(
  worker: Worker,
  bytes: Uint8Array,
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
    const send = () => worker.postMessage(new Uint8Array(bytes));
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
