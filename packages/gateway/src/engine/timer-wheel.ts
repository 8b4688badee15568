import type { Clock, Timer } from '../clock.ts';

/**
 * Timers for a hundred thousand waiting tasks: due times are rounded up to a tick, tasks of one tick share a bucket, and one
 * timer of the clock serves them all. An item waits at most once; scheduling it again moves it.
 */
export class TimerWheel<T extends object> {
  readonly #clock: Clock;
  readonly #tickMs: number;
  readonly #onDue: (item: T) => void;
  readonly #buckets = new Map<number, Set<T>>();
  readonly #tickOf = new Map<T, number>();
  #timer: Timer | null = null;
  #timerTick = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, tickMs: number, onDue: (item: T) => void) {
    this.#clock = clock;
    this.#tickMs = tickMs;
    this.#onDue = onDue;
  }

  get size(): number {
    return this.#tickOf.size;
  }

  /** `onDue(item)` is called once, at `at` (milliseconds since 1970) or up to one tick later. */
  schedule(item: T, at: number): void {
    const tick = Math.ceil(at / this.#tickMs);
    this.cancel(item);
    const bucket = this.#buckets.get(tick) ?? new Set();
    this.#buckets.set(tick, bucket);
    bucket.add(item);
    this.#tickOf.set(item, tick);
    if (tick < this.#timerTick) this.#arm(tick);
  }

  cancel(item: T): void {
    const tick = this.#tickOf.get(item);
    if (tick === undefined) return;
    this.#tickOf.delete(item);
    const bucket = this.#buckets.get(tick);
    bucket?.delete(item);
    if (bucket?.size === 0) this.#buckets.delete(tick);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#timerTick = Number.POSITIVE_INFINITY;
    this.#buckets.clear();
    this.#tickOf.clear();
  }

  #arm(tick: number): void {
    this.#timer?.cancel();
    this.#timerTick = tick;
    this.#timer = this.#clock.after(Math.max(0, tick * this.#tickMs - this.#clock.now()), () => this.#fire());
  }

  #fire(): void {
    this.#timer = null;
    this.#timerTick = Number.POSITIVE_INFINITY;
    const nowTick = Math.floor(this.#clock.now() / this.#tickMs);
    let next = Number.POSITIVE_INFINITY;
    const due: T[] = [];
    for (const [tick, bucket] of this.#buckets) {
      if (tick > nowTick) {
        next = Math.min(next, tick);
        continue;
      }
      this.#buckets.delete(tick);
      for (const item of bucket) {
        this.#tickOf.delete(item);
        due.push(item);
      }
    }
    if (next !== Number.POSITIVE_INFINITY) this.#arm(next);
    for (const item of due) this.#onDue(item);
  }
}
