/**
 * Processes of their own for what decodes the files of strangers: whatever a file does to a decoder, be it a loop, gigabytes or a crash in
 * native code, the gateway goes on, and the memory that pictures take is not the gateway's. A process starts with the first job, takes
 * one after the other, and ends when it was idle for a while or did not come back in time.
 */
import { type ChildProcess, fork } from 'node:child_process';
import type { Clock, Timer } from '../clock.ts';
import type { DecodeJob, DecodeResult } from './decode-job.ts';

const CHILD = new URL('./decode-child.js', import.meta.url);
const IDLE_MS = 30_000;
/** Of JavaScript; pixels lie outside of it. */
const HEAP_MB = 256;

/** What a process says; see decode-child.js. */
type Said =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly result: DecodeResult }
  | { readonly kind: 'failed'; readonly message: string; readonly code: string | null };

/** The process ended in the middle of a job. */
export class DecoderLost extends Error {
  override readonly name = 'DecoderLost';
}

interface Idle {
  readonly child: ChildProcess;
  readonly timer: Timer;
}

export class Decoders {
  readonly #clock: Clock;
  readonly #script: URL;
  readonly #idle: Idle[] = [];
  readonly #all = new Set<ChildProcess>();

  /** `script` says `ready`, and answers each job. */
  constructor(clock: Clock, script = CHILD) {
    this.#clock = clock;
    this.#script = script;
  }

  /**
   * In a process of its own; as many at once as there are calls. Rejects with the reason of `signal`, which ends the process.
   *
   * @throws DecoderLost
   */
  async run(job: DecodeJob, signal: AbortSignal): Promise<DecodeResult> {
    signal.throwIfAborted();
    const child = this.#idleOne() ?? (await this.#start(signal));
    const said = await exchange(child, signal, () => child.send(job));
    this.#rest(child);
    switch (said.kind) {
      case 'done':
        return said.result;
      case 'failed':
        throw Object.assign(new Error(said.message), said.code === null ? {} : { code: said.code });
      case 'ready':
        throw new Error('a decoding process said that it was ready instead of an answer');
      default: {
        const never: never = said;
        return never;
      }
    }
  }

  close(): void {
    for (const { timer } of this.#idle.splice(0)) timer.cancel();
    for (const child of this.#all) child.kill('SIGKILL');
  }

  #idleOne(): ChildProcess | null {
    for (let one = this.#idle.pop(); one; one = this.#idle.pop()) {
      one.timer.cancel();
      if (one.child.connected) return one.child;
    }
    return null;
  }

  async #start(signal: AbortSignal): Promise<ChildProcess> {
    const child = fork(this.#script, {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [`--max-old-space-size=${HEAP_MB}`, '--disable-warning=ExperimentalWarning'],
      // Nothing of ours. glibc would keep what decoders freed: see docs/operations.md.
      env: { MALLOC_MMAP_THRESHOLD_: '1048576' },
    });
    this.#all.add(child);
    child.once('exit', () => this.#all.delete(child));
    await exchange(child, signal, () => undefined);
    return child;
  }

  /** An idle process keeps nothing alive. */
  #rest(child: ChildProcess): void {
    child.unref();
    child.channel?.unref();
    this.#idle.push({ child, timer: this.#clock.after(IDLE_MS, () => child.kill('SIGKILL')) });
  }
}

/** The next thing the process says after `ask`. */
function exchange(child: ChildProcess, signal: AbortSignal, ask: () => unknown): Promise<Said> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      child.off('message', hear);
      child.off('exit', lose);
      child.off('error', lose);
      signal.removeEventListener('abort', giveUp);
      act();
    };
    const hear = (said: Said) => settle(() => resolve(said));
    const lose = () => settle(() => reject(new DecoderLost('the decoding process ended')));
    const giveUp = () =>
      settle(() => {
        child.kill('SIGKILL');
        reject(signal.reason);
      });
    child.ref();
    child.channel?.ref();
    child.on('message', hear);
    child.on('exit', lose);
    child.on('error', lose);
    signal.addEventListener('abort', giveUp);
    ask();
  });
}
