/** collect -> done: takes the outputs over, and believes only what can be decoded. What was made was paid: fetching it is patient. */
import { type Evidence, TaskError } from '@sluice/errors';
import { fileExtension } from '../media/formats.ts';
import type { PendingOutput, StoredResult, TaskRecord } from '../store/records.ts';
import type { OutputSource } from '../upstream/adapter.ts';
import type { StepContext } from './context.ts';
import { withDeadline } from './deadline.ts';
import { complete, endedByUs, fail } from './finish.ts';
import { orRefusal } from './or-refusal.ts';
import { type After, GONE, type Run } from './run.ts';
import { COLLECT_GRACE_MS, downloadRetryMs } from './schedule.ts';

/** A synchronous upstream's outputs exist only in memory: they are kept first, so that a crash from here on loses nothing. */
export async function keepOutputs(
  ctx: StepContext,
  run: Run,
  outputs: readonly OutputSource[],
): Promise<After> {
  const pending: PendingOutput[] = [];
  for (const [index, output] of outputs.entries()) {
    if (output.kind !== 'bytes') {
      pending.push(output);
      continue;
    }
    const fileKey = `results/${run.id}/${index + 1}.unverified`;
    await ctx.files.put(fileKey, output.data);
    pending.push({ kind: 'kept', fileKey, mimeType: output.mimeType });
  }
  const next = await ctx.commit(run, { kind: 'outputs_ready', outputs: pending });
  return next ? { kind: 'step', task: next } : GONE;
}

export async function collect(ctx: StepContext, run: Run, task: TaskRecord): Promise<After> {
  const provider = ctx.routeOf(run)?.adapter.provider ?? 'unknown';
  const results: StoredResult[] = [];
  const refused: string[] = [];
  for (const [index, output] of task.outputs.entries()) {
    const stem = `${task.id}-${index + 1}`;
    const key = `results/${task.id}/${stem}`;
    const source = await sourceOf(ctx, output);
    const taken = await withDeadline(
      ctx,
      run,
      (signal) => ctx.media.takeOver(source, { kind: task.type, key, provider, signal }),
      COLLECT_GRACE_MS,
    );
    switch (taken.kind) {
      case 'stored':
        results.push({ ...taken, kind: task.type, fileName: `${stem}.${fileExtension(taken.mimeType)}` });
        break;
      case 'unusable':
        refused.push(taken.why);
        break;
      case 'unreachable':
        return tryLater(ctx, run, taken.evidence);
      default: {
        const never: never = taken;
        return never;
      }
    }
  }
  const after = await deliver(ctx, run, task, results, refused);
  if (after.kind !== 'again') await dropKept(ctx, task);
  return after;
}

/** What passes moderation is delivered; what does not is neither delivered nor charged nor kept. */
async function deliver(
  ctx: StepContext,
  run: Run,
  task: TaskRecord,
  results: readonly StoredResult[],
  refused: readonly string[],
): Promise<After> {
  if (results.length === 0) return nothingUsable(ctx, run, refused);
  const lookAgainMs = await withDeadline(
    ctx,
    run,
    (signal) => orRefusal(() => ctx.moderation.checkOutput(task, results, signal)),
    COLLECT_GRACE_MS,
  );
  if (lookAgainMs === null) return complete(ctx, run, task, results);
  if (!TaskError.is(lookAgainMs)) return { kind: 'again', afterMs: lookAgainMs };
  const after = await fail(ctx, run, lookAgainMs, endedByUs(ctx, run, 'failed', lookAgainMs));
  for (const result of results) await ctx.files.remove(result.fileKey);
  return after;
}

async function sourceOf(ctx: StepContext, output: PendingOutput): Promise<OutputSource> {
  if (output.kind !== 'kept') return output;
  const data = await ctx.files.read(output.fileKey);
  return { kind: 'bytes', data: data ?? new Uint8Array(), mimeType: output.mimeType };
}

async function tryLater(ctx: StepContext, run: Run, evidence: Evidence): Promise<After> {
  ctx.log.warn(
    { taskId: run.id, route: run.route, evidence, failures: run.failures },
    'a result could not be fetched',
  );
  if (ctx.clock.now() < run.deadlineAt + COLLECT_GRACE_MS) {
    return { kind: 'again', afterMs: downloadRetryMs(run.failures++, ctx.random) };
  }
  const error = new TaskError('service_error', {
    because: 'The result was made, but it could not be fetched from where it was made.',
  });
  return fail(ctx, run, error, endedByUs(ctx, run, 'failed', error));
}

async function nothingUsable(ctx: StepContext, run: Run, refused: readonly string[]): Promise<After> {
  const because =
    refused.length === 0
      ? 'The model reported success but returned no output.'
      : `The model reported success, but what it returned cannot be used: ${refused.join('; ')}.`;
  const error = new TaskError('generation_failed_no_content', {
    subtype: 'empty_result',
    because,
    details: { outputs: refused.length, usable_outputs: 0 },
  });
  return fail(ctx, run, error, endedByUs(ctx, run, 'failed', error));
}

async function dropKept(ctx: StepContext, task: TaskRecord): Promise<void> {
  for (const output of task.outputs) {
    if (output.kind === 'kept') await ctx.files.remove(output.fileKey);
  }
}
