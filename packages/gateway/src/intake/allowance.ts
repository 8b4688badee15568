/**
 * So many in a burst, then one every so often, for each owner. What is spent is spent: an owner that had several things under way may
 * go below nothing, and waits the longer. Forgotten when the process ends.
 */
import type { Clock } from '../clock.ts';
import type { Millis } from '../store/records.ts';

export interface AllowanceRule {
  readonly burst: number;
  readonly everyMs: Millis;
}

/** Owners whose allowance is whole need not be remembered; they are looked for when there are this many. */
const TIDY_AT = 1000;

export class Allowance {
  readonly #rule: AllowanceRule;
  readonly #clock: Clock;
  /** When an owner's allowance is whole again. */
  readonly #wholeAt = new Map<string, Millis>();

  constructor(rule: AllowanceRule, clock: Clock) {
    this.#rule = rule;
    this.#clock = clock;
  }

  /** Milliseconds until one may be spent; 0 for now. */
  waitMs(owner: string): Millis {
    const { burst, everyMs } = this.#rule;
    const untilWhole = (this.#wholeAt.get(owner) ?? 0) - this.#clock.now();
    return Math.max(0, untilWhole - (burst - 1) * everyMs);
  }

  spend(owner: string): void {
    const now = this.#clock.now();
    this.#wholeAt.set(owner, Math.max(this.#wholeAt.get(owner) ?? 0, now) + this.#rule.everyMs);
    if (this.#wholeAt.size < TIDY_AT) return;
    for (const [one, wholeAt] of this.#wholeAt) if (wholeAt <= now) this.#wholeAt.delete(one);
  }
}
