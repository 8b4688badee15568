/** When things are done again: pure functions of counts and times, all in milliseconds. */

/** Doubling from `base`, never above `cap`, spread by up to a quarter so that tasks do not march in step. */
export function backoff(failures: number, base: number, cap: number, random: () => number): number {
  const plain = Math.min(cap, base * 2 ** Math.min(failures, 30));
  return Math.round(plain * (0.75 + random() * 0.25));
}

/** A failed poll says nothing about the job: ask again, more and more slowly, for as long as the deadline allows. */
export const pollRetryMs = (failures: number, intervalMs: number, random: () => number): number =>
  backoff(failures, intervalMs, 60_000, random);

/** A failed download is not a failed generation: the result was paid for, so it is fetched patiently. */
export const downloadRetryMs = (failures: number, random: () => number): number =>
  backoff(failures, 500, 30_000, random);

/** Asking an upstream whether it has the job whose answer was lost. */
export const reconcileRetryMs = (failures: number, random: () => number): number =>
  backoff(failures, 1_000, 15_000, random);

/** After the store could not write: the task stays as it is and the change is tried again. */
export const storeRetryMs = (failures: number, random: () => number): number =>
  backoff(failures, 100, 5_000, random);

/** A task whose routes are all full looks again. */
export const routeRetryMs = (random: () => number): number => backoff(0, 1_000, 1_000, random);

/** The longest wait before another attempt; an upstream that asks for more is given up instead of blocking the task. */
export const LONGEST_ATTEMPT_WAIT_MS = 20_000;

/**
 * The wait before attempt number `attempts + 1`, or null where the upstream asked for more patience than the task has.
 * `askedMs` is what the upstream asked for, null where it did not.
 */
export function attemptWaitMs(attempts: number, askedMs: number | null, random: () => number): number | null {
  if (askedMs === null) return backoff(attempts - 1, 1_000, 8_000, random);
  return askedMs <= LONGEST_ATTEMPT_WAIT_MS ? askedMs : null;
}

/** How long past its deadline a task may still fetch results that were already made. */
export const COLLECT_GRACE_MS = 5 * 60_000;

/** A node's leases hold this long after its last heartbeat; it renews them three times as often. */
export const LEASE_MS = 15_000;

/** Progress is written when it moved by this much, or this long after the last write: a poll as such costs no write. */
const PROGRESS_STEP = 10;
const PROGRESS_WRITE_MS = 2_000;

export function progressIsWorthWriting(written: number, seen: number, msSinceWrite: number): boolean {
  if (seen <= written) return false;
  return seen - written >= PROGRESS_STEP || msSinceWrite >= PROGRESS_WRITE_MS;
}
