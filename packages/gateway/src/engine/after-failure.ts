/** What follows from an upstream's refusal or failure: the verdict on its evidence, and one look into the one retry table. */
import { classify, decide, type Evidence, type NextStep, type Verdict } from '@sluice/errors';
import type { TaskRecord } from '../store/records.ts';
import type { AttemptEnd } from '../store/store.ts';
import type { StepContext } from './context.ts';
import { deadlinePassed, told } from './deadline.ts';
import { cancelled, fail, taskCode } from './finish.ts';
import type { RouteAtHand } from './routing.ts';
import { type After, GONE, type Run } from './run.ts';
import { attemptWaitMs } from './schedule.ts';

export async function afterFailure(
  ctx: StepContext,
  run: Run,
  task: TaskRecord,
  choice: RouteAtHand,
  evidence: Evidence,
  phase: 'submit' | 'poll' | 'result',
): Promise<After> {
  const now = ctx.clock.now();
  const verdict = classify(evidence, { nowMs: now });
  const decision = decide(verdict, phase);
  // What the client would be told is what we wait ourselves, whether a header or the words of the body asked for it.
  const asked = verdict.asked_seconds === null ? null : verdict.asked_seconds * 1000;
  ctx.routing.failed(choice.route.id, decision.countsAgainstRoute, asked);
  const wait = waitBeforeNext(ctx, task, asked, decision.next);

  ctx.events.emit('judged', {
    task,
    route: choice.route.id,
    evidence,
    verdict,
    next: wait === null ? 'fail' : `attempt ${task.attempts.length + 1} in ${wait} ms`,
  });
  if (decision.alarm) alarm(ctx, run, choice, verdict);

  const error = told(verdict, task, now);
  const end: AttemptEnd = {
    number: run.attempt,
    state: phase === 'submit' ? 'rejected' : 'failed',
    // A client reads this code too: our own quota with an upstream is none of its business. The operator has the verdict.
    code: taskCode(error),
    evidence,
    verdict,
    at: now,
  };
  if (run.cancelRequested) return fail(ctx, run, cancelled(), end);
  if (wait === null) return fail(ctx, run, error, end);
  if (now + wait >= run.deadlineAt) return fail(ctx, run, deadlinePassed(task, now), end);
  const { handle } = run;
  const next = await ctx.commit(run, { kind: 'attempt_over', end });
  if (next && handle !== null) await choice.adapter.release?.(handle);
  return next ? { kind: 'again', afterMs: wait } : GONE;
}

/** Milliseconds before another attempt; null where there is none. */
function waitBeforeNext(
  ctx: StepContext,
  task: TaskRecord,
  asked: number | null,
  next: NextStep,
): number | null {
  const model = ctx.catalog.get(task.model);
  if (next === 'never' || !model || task.attempts.length >= ctx.settings.maxAttempts) return null;
  if (next === 'elsewhere' && !ctx.routing.hasOther(model, task.attempts)) return null;
  if (next !== 'same_route' && ctx.routing.hasUntried(model, task.attempts)) return 0;
  return attemptWaitMs(task.attempts.length, asked, ctx.random);
}

function alarm(ctx: StepContext, run: Run, choice: RouteAtHand, verdict: Verdict): void {
  ctx.events.emit('alarm', {
    kind: verdict.code === 'unknown_error' ? 'unclassified' : 'credentials',
    taskId: run.id,
    route: choice.route.id,
    message: `${verdict.code} by rule ${verdict.matched_rule}`,
  });
}
