/** reconcile -> watch | submit | done: what became of a submit whose answer was lost. Nothing is sent again before that is known. */
import { TaskError } from '@sluice/errors';
import type { TaskRecord } from '../store/records.ts';
import type { LookupOutcome } from '../upstream/adapter.ts';
import type { StepContext } from './context.ts';
import { cancelled, endedByUs, fail } from './finish.ts';
import type { RouteAtHand } from './routing.ts';
import { type After, GONE, type Run } from './run.ts';
import { reconcileRetryMs } from './schedule.ts';

export async function reconcile(ctx: StepContext, run: Run, task: TaskRecord): Promise<After> {
  const choice = ctx.routeOf(run);
  const found: LookupOutcome = choice ? await ask(ctx, run, choice) : { kind: 'undecided' };
  switch (found.kind) {
    case 'found': {
      const next = await ctx.commit(run, {
        kind: 'attempt_accepted',
        number: run.attempt,
        handle: found.handle,
      });
      return next ? { kind: 'step', task: next } : GONE;
    }
    case 'absent':
      return neverArrived(ctx, run);
    case 'undecided':
      return stillUnknown(ctx, run, task);
    default: {
      const never: never = found;
      return never;
    }
  }
}

/**
 * Until when is asked: as long as the window, and not past the deadline, so that what the client is told is that the answer was lost.
 * Where the deadline itself broke the call off, that is the news: the window then ends after it, and `lostByItsDeadline` knows it by that.
 */
export function reconcileUntil(now: number, windowMs: number, deadlineAt: number): number {
  return now < deadlineAt ? Math.min(now + windowMs, deadlineAt) : now + windowMs;
}

export const lostByItsDeadline = (task: TaskRecord): boolean => (task.reconcileUntil ?? 0) > task.deadlineAt;

async function ask(ctx: StepContext, run: Run, choice: RouteAtHand): Promise<LookupOutcome> {
  const { adapter } = choice;
  if (!adapter.lookup) return { kind: 'undecided' };
  try {
    return await adapter.lookup(`${run.id}-${run.attempt}`, { clock: ctx.clock, signal: ctx.stopping });
  } catch (error) {
    ctx.log.error({ err: error, taskId: run.id, route: choice.route.id }, 'an adapter threw in lookup');
    return { kind: 'undecided' };
  }
}

async function neverArrived(ctx: StepContext, run: Run): Promise<After> {
  const at = ctx.clock.now();
  const end = {
    number: run.attempt,
    state: 'abandoned',
    code: null,
    evidence: null,
    verdict: null,
    at,
  } as const;
  if (run.cancelRequested) return fail(ctx, run, cancelled(), { ...end, code: 'request_cancelled' });
  const next = await ctx.commit(run, { kind: 'attempt_over', end });
  return next ? { kind: 'step', task: next } : GONE;
}

async function stillUnknown(ctx: StepContext, run: Run, task: TaskRecord): Promise<After> {
  const left = (task.reconcileUntil ?? 0) - ctx.clock.now();
  if (left > 0) {
    const patience = ctx.routeOf(run)?.adapter.lookup ? reconcileRetryMs(run.failures++, ctx.random) : left;
    return { kind: 'again', afterMs: Math.min(left, patience) };
  }
  const error = run.cancelRequested ? cancelled() : answerLost();
  return fail(ctx, run, error, endedByUs(ctx, run, 'unknown', error));
}

function answerLost(): TaskError {
  return new TaskError('service_error', {
    because:
      'The connection broke while the task was being handed over, and it could not be found out what became of it.',
    details: { submit_outcome: 'unknown' },
  });
}
