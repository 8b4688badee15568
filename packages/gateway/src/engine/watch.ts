/** watch -> collect | submit | done: asks the upstream until the job is over. A poll that changes nothing writes nothing. */
import type { PollOutcome } from '../upstream/adapter.ts';
import { afterFailure } from './after-failure.ts';
import type { StepContext } from './context.ts';
import { cancelled, endedByUs, fail, modelGone } from './finish.ts';
import type { RouteAtHand } from './routing.ts';
import { type After, GONE, type Run } from './run.ts';
import { pollRetryMs, progressIsWorthWriting } from './schedule.ts';

export async function watch(ctx: StepContext, run: Run): Promise<After> {
  const choice = ctx.routeOf(run);
  if (!choice) return routeGone(ctx, run);
  if (run.cancelRequested && !run.cancelAsked) {
    const after = await passOnCancel(ctx, run, choice);
    if (after) return after;
  }
  const outcome = await callPoll(ctx, run, choice);
  switch (outcome.kind) {
    case 'running':
      run.failures = 0;
      return keepWatching(ctx, run, outcome.progress, outcome.pollAfterMs ?? ctx.settings.pollIntervalMs);
    case 'finished': {
      const next = await ctx.commit(run, { kind: 'outputs_ready', outputs: outcome.outputs });
      return next ? { kind: 'step', task: next } : GONE;
    }
    case 'failed': {
      const task = await ctx.store.task(run.id);
      return task ? afterFailure(ctx, run, task, choice, outcome.evidence, 'poll') : GONE;
    }
    case 'unreachable':
      return { kind: 'again', afterMs: pollRetryMs(run.failures++, ctx.settings.pollIntervalMs, ctx.random) };
    case 'unrecognized':
      if (run.failures++ === 0) {
        ctx.events.emit('alarm', {
          kind: 'unknown_state',
          taskId: run.id,
          route: run.route,
          message: `The upstream reports a state this adapter does not know: ${JSON.stringify(outcome.state)}.`,
        });
      }
      return { kind: 'again', afterMs: ctx.settings.pollIntervalMs };
    default: {
      const never: never = outcome;
      return never;
    }
  }
}

async function callPoll(ctx: StepContext, run: Run, choice: RouteAtHand): Promise<PollOutcome> {
  try {
    return await choice.adapter.poll(run.handle, { clock: ctx.clock, signal: ctx.stopping });
  } catch (error) {
    ctx.log.error({ err: error, taskId: run.id, route: run.route }, 'an adapter threw in poll');
    const evidence = {
      provider: choice.adapter.provider,
      phase: 'poll',
      status: null,
      headers: {},
      body: null,
    } as const;
    return { kind: 'unreachable', evidence };
  }
}

async function keepWatching(
  ctx: StepContext,
  run: Run,
  progress: number | null,
  afterMs: number,
): Promise<After> {
  const now = ctx.clock.now();
  const seen = Math.min(99, Math.floor(progress ?? 0));
  if (progressIsWorthWriting(run.progress, seen, now - run.progressWrittenAt)) {
    run.progressWrittenAt = now;
    const written = await ctx.commit(run, { kind: 'progressed', progress: seen });
    if (!written) return GONE;
  }
  return { kind: 'again', afterMs };
}

/** Asks the upstream to stop. Null where only polling can tell what becomes of the job. */
async function passOnCancel(ctx: StepContext, run: Run, choice: RouteAtHand): Promise<After | null> {
  run.cancelAsked = true;
  try {
    const outcome = await choice.adapter.cancel(run.handle, { clock: ctx.clock, signal: ctx.stopping });
    if (outcome.kind !== 'cancelled') return null;
  } catch (error) {
    ctx.log.warn(
      { err: error, taskId: run.id, route: run.route },
      'an upstream could not be asked to cancel',
    );
    return null;
  }
  const error = cancelled();
  return fail(ctx, run, error, endedByUs(ctx, run, 'cancelled', error));
}

/** The route was taken out of the configuration while its job ran: nobody is left to ask. */
async function routeGone(ctx: StepContext, run: Run): Promise<After> {
  const task = await ctx.store.task(run.id);
  if (!task) return GONE;
  const error = modelGone(task);
  return fail(ctx, run, error, endedByUs(ctx, run, 'abandoned', error));
}
