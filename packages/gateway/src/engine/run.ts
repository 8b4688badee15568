import type { JsonValue } from '../json.ts';
import type { AttemptSummary, TaskRecord, TaskStep } from '../store/records.ts';

/**
 * What the node that leases a task keeps of it in memory between steps: the fence, the next due time, and what a poll needs.
 * Small on purpose; everything else is read from the store when a step needs it.
 */
export class Run {
  readonly id: string;
  readonly accountId: string;
  readonly deadlineAt: number;
  version = 0;
  step: TaskStep = 'prepare';
  /** Waiting for its turn in a lane. */
  queued = false;
  /** A step of this task is being carried out; whoever wants it next waits. */
  busy = false;
  cancelRequested = false;
  /** The wish was already passed on to the upstream. */
  cancelAsked = false;
  route = '';
  attempt = 0;
  handle: JsonValue = null;
  progress = 0;
  progressWrittenAt = 0;
  /** Failures in a row of whatever the current step repeats. */
  failures = 0;
  /** Aborts the call under way. */
  abort: AbortController | null = null;

  constructor(task: TaskRecord) {
    this.id = task.id;
    this.accountId = task.accountId;
    this.deadlineAt = task.deadlineAt;
    this.adopt(task);
  }

  /** Takes over what a commit or a fresh read says. */
  adopt(task: TaskRecord): void {
    if (task.step !== this.step) this.failures = 0;
    this.version = task.version;
    this.step = task.step;
    this.handle = task.handle;
    this.progress = task.progress;
    this.cancelRequested = task.cancelRequestedAt !== null || this.cancelRequested;
    const attempt = currentAttempt(task);
    this.route = attempt?.route ?? '';
    this.attempt = attempt?.number ?? 0;
  }
}

export function currentAttempt(task: TaskRecord): AttemptSummary | null {
  return task.attempts.at(-1) ?? null;
}

/** What a step leaves to be done. */
export type After =
  /** Go on with the step that the task is in now; where that is to watch, with the first poll after `pollAfterMs`. */
  | { readonly kind: 'step'; readonly task: TaskRecord; readonly pollAfterMs?: number }
  /** The same step again, no sooner than this. */
  | { readonly kind: 'again'; readonly afterMs: number }
  /** Final, or no longer this node's. */
  | { readonly kind: 'gone' };

export const GONE: After = { kind: 'gone' };
