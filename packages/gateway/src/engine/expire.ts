/** any step -> done, when the deadline has passed: the upstream is told to stop, and the task fails with where the time went. */

import { isUnderWay } from '../store/transition.ts';
import type { StepContext } from './context.ts';
import { deadlinePassed } from './deadline.ts';
import { endedByUs, fail } from './finish.ts';
import { type After, currentAttempt, GONE, type Run } from './run.ts';

export async function expire(ctx: StepContext, run: Run): Promise<After> {
  const task = await ctx.store.task(run.id);
  if (!task) return GONE;
  const error = deadlinePassed(task, ctx.clock.now());
  const attempt = currentAttempt(task);
  if (!attempt || !isUnderWay(attempt.state)) return fail(ctx, run, error, null);
  if (run.step === 'watch') await tellToStop(ctx, run);
  // What was accepted may still finish, and what was lost may exist: see aftermath.ts.
  const state = attempt.state === 'accepted' ? 'abandoned' : 'unknown';
  return fail(ctx, run, error, endedByUs(ctx, run, state, error));
}

async function tellToStop(ctx: StepContext, run: Run): Promise<void> {
  try {
    await ctx.routeOf(run)?.adapter.cancel(run.handle, { clock: ctx.clock, signal: ctx.stopping });
  } catch (error) {
    ctx.log.warn({ err: error, taskId: run.id, route: run.route }, 'an upstream could not be told to stop');
  }
}
