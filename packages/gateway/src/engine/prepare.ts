/** prepare -> submit: fetch, check, moderate and keep the inputs, before anything is paid. */
import { TaskError } from '@sluice/errors';
import type { JsonObject } from '../json.ts';
import type { TaskRecord } from '../store/records.ts';
import type { StepContext } from './context.ts';
import { withDeadline } from './deadline.ts';
import { fail, modelGone } from './finish.ts';
import { orRefusal } from './or-refusal.ts';
import { type After, GONE, type Run } from './run.ts';
import { submit } from './submit.ts';

export async function prepare(ctx: StepContext, run: Run, task: TaskRecord): Promise<After> {
  const model = ctx.catalog.get(task.model);
  if (!model) return fail(ctx, run, modelGone(task), null);
  const prepared = await withDeadline(ctx, run, (signal) =>
    orRefusal(async () => {
      const ready = await ctx.media.prepare(task, model, signal);
      const lookAgainMs = await ctx.moderation.checkInput(task, ready.inputs, signal);
      return { ready, lookAgainMs };
    }),
  );
  if (TaskError.is(prepared)) return fail(ctx, run, prepared, null);
  if (prepared.lookAgainMs !== null) return { kind: 'again', afterMs: prepared.lookAgainMs };
  const { ready } = prepared;
  // Nothing was fetched or changed: there is nothing to write down, and a restart would find the same.
  if (ready.inputs.length === 0 && ready.repairs.length === 0 && sameKeys(ready.params, task.params)) {
    return submit(ctx, run, task);
  }
  const next = await ctx.commit(run, { kind: 'prepared', ...ready });
  return next ? { kind: 'step', task: next } : GONE;
}

/** Preparing only ever takes parameters away (media, `auto_fix`) or repairs them. */
function sameKeys(a: JsonObject, b: JsonObject): boolean {
  return Object.keys(a).length === Object.keys(b).length;
}
