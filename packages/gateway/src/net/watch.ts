import type { Clock, Timer } from '../clock.ts';
import type { FetchFailure, FetchStage } from './failure.ts';

/** The time limits of one download. Its signal aborts when the caller gives up, or when a limit is reached (`expired` says which). */
export class Watch {
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal;
  readonly #whole: Timer;
  #stage: Timer | null = null;
  #expired: FetchFailure | null = null;

  constructor(clock: Clock, caller: AbortSignal, totalMs: number) {
    this.#clock = clock;
    this.#caller = caller;
    this.#whole = clock.after(totalMs, () => this.#expire('total', totalMs));
    caller.addEventListener('abort', this.#follow, { once: true });
    if (caller.aborted) this.#follow();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get expired(): FetchFailure | null {
    return this.#expired;
  }

  /** Whether it was the limit of this stage that ended it. */
  ranOut(stage: FetchStage): boolean {
    return this.#expired?.reason === 'timeout' && this.#expired.stage === stage;
  }

  /** Begins a stage; the one before it is over. */
  enter(stage: FetchStage, limitMs: number): void {
    this.#stage?.cancel();
    this.#stage = this.#clock.after(limitMs, () => this.#expire(stage, limitMs));
  }

  /** The body must bring at least `bytesPerSecond` in every window; `received` gives the bytes so far. */
  keepPace(windowMs: number, bytesPerSecond: number, received: () => number): void {
    this.#stage?.cancel();
    const before = received();
    this.#stage = this.#clock.after(windowMs, () => {
      if (received() - before < (bytesPerSecond * windowMs) / 1000) this.#expire('slow_body', windowMs);
      else this.keepPace(windowMs, bytesPerSecond, received);
    });
  }

  /** Resolves like `promise`, or rejects as soon as the signal aborts; for work that cannot be aborted itself. */
  async until<T>(promise: Promise<T>): Promise<T> {
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = () => reject(this.signal.reason);
    if (this.signal.aborted) onAbort();
    else this.signal.addEventListener('abort', onAbort, { once: true });
    try {
      // Both are listened to whichever wins: a loser that rejects later must not end the process.
      return await Promise.race([promise, aborted]);
    } finally {
      this.signal.removeEventListener('abort', onAbort);
    }
  }

  end(): void {
    this.#whole.cancel();
    this.#stage?.cancel();
    this.#caller.removeEventListener('abort', this.#follow);
  }

  readonly #follow = () => this.#controller.abort(this.#caller.reason);

  #expire(stage: FetchStage, limitMs: number): void {
    this.#expired ??= { reason: 'timeout', stage, limitMs };
    this.#controller.abort(new Error(`The ${stage} limit of ${limitMs} ms was reached.`));
  }
}
