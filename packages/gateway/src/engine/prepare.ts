/** prepare -> submit: fetch, check and keep the inputs, before anything is paid. */
import { TaskError } from '@sluice/errors';
import type { JsonObject } from '../json.ts';
import type { TaskRecord } from '../store/records.ts';
import type { StepContext } from './context.ts';
import { withDeadline } from './deadline.ts';
import { fail, modelGone } from './finish.ts';
import { type After, GONE, type Run } from './run.ts';
import { submit } from './submit.ts';

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
  // Nothing was fetched or changed: there is nothing to write down, and a restart would find the same.
  if (prepared.inputs.length === 0 && prepared.repairs.length === 0 && sameKeys(prepared.params, task.params))
    return submit(ctx, run, task);
  const next = await ctx.commit(run, { kind: 'prepared', ...prepared });
  return next ? { kind: 'step', task: next } : GONE;
}

/** Preparing only ever takes parameters away (media, `auto_fix`) or repairs them. */
function sameKeys(a: JsonObject, b: JsonObject): boolean {
  return Object.keys(a).length === Object.keys(b).length;
}
