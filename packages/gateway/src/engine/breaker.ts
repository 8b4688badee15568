/**
 * A route's health: closed (in use), open (cooling down), half-open (one attempt may try it).
 *
 *   closed ── failures pile up ──▶ open ── cool-down over ──▶ half-open ── success ──▶ closed
 *                                   ▲                            │
 *                                   └──────── failure ───────────┘  (cools down longer)
 *
 * Fed by the retry table only: what it does not count against a route is not heard of here.
 */

/** Failures further back than this are forgotten. */
const WINDOW_MS = 60_000;
/** Fewer outcomes than this say nothing. */
const FEWEST_FAILURES = 5;
const OPEN_AT_SHARE = 0.5;
const FIRST_COOLDOWN_MS = 15_000;
const LONGEST_COOLDOWN_MS = 300_000;
const MOST_OUTCOMES = 100;

export type Health =
  | { readonly state: 'closed' }
  | { readonly state: 'open'; readonly until: number }
  | { readonly state: 'half_open' };

interface Outcome {
  readonly at: number;
  readonly failed: boolean;
}

export class Breaker {
  #outcomes: Outcome[] = [];
  #openUntil: number | null = null;
  /** Times in a row that it opened; each cools down twice as long. */
  #openings = 0;
  #probing = false;

  health(now: number): Health {
    if (this.#openUntil === null) return { state: 'closed' };
    if (now < this.#openUntil) return { state: 'open', until: this.#openUntil };
    return { state: 'half_open' };
  }

  /** Whether an attempt may use the route now; in half-open only one at a time. */
  admits(now: number): boolean {
    const { state } = this.health(now);
    return state === 'closed' || (state === 'half_open' && !this.#probing);
  }

  /** An attempt took the route. */
  taken(now: number): void {
    if (this.health(now).state === 'half_open') this.#probing = true;
  }

  succeeded(now: number): void {
    this.#probing = false;
    if (this.#openUntil !== null && now >= this.#openUntil) {
      this.#openUntil = null;
      this.#openings = 0;
      this.#outcomes = [];
    }
    this.#note({ at: now, failed: false });
  }

  /** @param askedMs the pause the upstream asked for, null where it did not: an overloaded route that names one gets it. */
  failed(now: number, askedMs: number | null): void {
    const wasProbe = this.#openUntil !== null && now >= this.#openUntil;
    this.#probing = false;
    this.#note({ at: now, failed: true });
    const failures = this.#outcomes.filter((outcome) => outcome.failed).length;
    const tooMany = failures >= FEWEST_FAILURES && failures / this.#outcomes.length >= OPEN_AT_SHARE;
    if (wasProbe || tooMany) this.#open(now, askedMs);
  }

  /** The attempt ended in a way that says nothing about the route. */
  undecided(): void {
    this.#probing = false;
  }

  #open(now: number, askedMs: number | null): void {
    const own = FIRST_COOLDOWN_MS * 2 ** this.#openings;
    this.#openings++;
    this.#openUntil = now + Math.min(LONGEST_COOLDOWN_MS, Math.max(own, askedMs ?? 0));
    this.#outcomes = [];
  }

  #note(outcome: Outcome): void {
    const since = outcome.at - WINDOW_MS;
    this.#outcomes = [...this.#outcomes.filter((one) => one.at > since), outcome].slice(-MOST_OUTCOMES);
  }
}
