/** any step -> done: the one place where a task gets its final state. */
import { isTaskCode, TaskError, type Verdict } from '@sluice/errors';
import { settle } from '../catalog/settle.ts';
import type { StoredResult, TaskRecord } from '../store/records.ts';
import type { AttemptEnd } from '../store/store.ts';
import type { StepContext } from './context.ts';
import { type After, GONE, type Run } from './run.ts';

export async function complete(
  ctx: StepContext,
  run: Run,
  task: TaskRecord,
  results: readonly StoredResult[],
): Promise<After> {
  const model = ctx.catalog.get(task.model);
  const handle = run.handle;
  const at = ctx.clock.now();
  ctx.routing.succeeded(run.route);
  const done = await ctx.commit(run, {
    kind: 'completed',
    results,
    creditsUsed: model ? settle(model, task.creditsReserved, results.length) : task.creditsReserved,
    end: { number: run.attempt, state: 'succeeded', code: null, evidence: null, verdict: null, at },
  });
  if (done && handle !== null) await ctx.routeOf(run)?.adapter.release?.(handle);
  if (done) await dropInputs(ctx, done);
  return GONE;
}

/** Ends a task with an error. `end` closes the attempt that was under way, where there was one. */
export async function fail(
  ctx: StepContext,
  run: Run,
  error: TaskError,
  end: AttemptEnd | null,
): Promise<After> {
  const handle = run.handle;
  const done = await ctx.commit(run, { kind: 'failed', error: error.toJSON(), at: ctx.clock.now(), end });
  if (done && handle !== null) await ctx.routeOf(run)?.adapter.release?.(handle);
  if (done) await dropInputs(ctx, done);
  return GONE;
}

/** Closes the run's attempt because of a decision of ours, not of anything an upstream said. */
export function endedByUs(
  ctx: StepContext,
  run: Run,
  state: AttemptEnd['state'],
  error: TaskError,
  verdict: Verdict | null = null,
): AttemptEnd {
  return { number: run.attempt, state, code: taskCode(error), evidence: null, verdict, at: ctx.clock.now() };
}

export function cancelled(): TaskError {
  return new TaskError('request_cancelled', {
    because: 'A cancel call for this task arrived before it was finished.',
  });
}

/** The configuration changed under a waiting task. */
export function modelGone(task: Pick<TaskRecord, 'model'>): TaskError {
  return new TaskError('service_unavailable', {
    because: `No route is configured for the model "${task.model}" any more.`,
  });
}

export function taskCode(error: TaskError): AttemptEnd['code'] {
  return isTaskCode(error.code) ? error.code : 'unknown_error';
}

/** Inputs are kept only as long as the task may need them. */
async function dropInputs(ctx: StepContext, task: TaskRecord): Promise<void> {
  for (const input of task.inputs) {
    await ctx.files.remove(input.fileKey).catch((error: unknown) => {
      ctx.log.warn({ err: error, taskId: task.id }, 'an input file could not be removed; the sweep will');
    });
  }
}
