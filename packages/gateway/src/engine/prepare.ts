/** prepare -> submit: fetch, check and keep the inputs, before anything is paid. */
import { TaskError } from '@sluice/errors';
import type { TaskRecord } from '../store/records.ts';
import type { StepContext } from './context.ts';
import { withDeadline } from './deadline.ts';
import { fail, modelGone } from './finish.ts';
import { type After, GONE, type Run } from './run.ts';

export async function prepare(ctx: StepContext, run: Run, task: TaskRecord): Promise<After> {
  const model = ctx.catalog.get(task.model);
  if (!model) return fail(ctx, run, modelGone(task), null);
  const prepared = await withDeadline(ctx, run, (signal) =>
    ctx.media.prepare(task, model, signal).catch((error: unknown) => {
      if (TaskError.is(error)) return error;
      throw error;
    }),
  );
  if (TaskError.is(prepared)) return fail(ctx, run, prepared, null);
  const next = await ctx.commit(run, { kind: 'prepared', ...prepared });
  return next ? { kind: 'step', task: next } : GONE;
}
