/**
 * submit -> watch | collect | reconcile | done: one paid try on one route.
 *
 * The attempt is on disk before the call is made. From then on the call counts as made: an attempt that is found `open` after
 * a crash, or whose answer was lost, is never sent again before the upstream has been asked about it.
 */
import { type Evidence, TaskError } from '@sluice/errors';
import type { ModelDefinition } from '../catalog/model.ts';
import type { AttemptSummary, TaskRecord } from '../store/records.ts';
import type { SubmitJob, SubmitOutcome } from '../upstream/adapter.ts';
import { afterFailure } from './after-failure.ts';
import { keepOutputs } from './collect.ts';
import type { StepContext } from './context.ts';
import { withDeadline } from './deadline.ts';
import { cancelled, fail, modelGone } from './finish.ts';
import { noRouteError } from './no-route.ts';
import { reconcileUntil } from './reconcile.ts';
import type { RouteAtHand, RouteChoice } from './routing.ts';
import { type After, currentAttempt, GONE, type Run } from './run.ts';
import { routeRetryMs } from './schedule.ts';

export async function submit(ctx: StepContext, run: Run, task: TaskRecord): Promise<After> {
  const model = ctx.catalog.get(task.model);
  if (!model) return fail(ctx, run, modelGone(task), null);

  const open = currentAttempt(task);
  if (open?.state === 'open') return lost(ctx, run, open, interrupted(open));

  if (run.cancelRequested) return fail(ctx, run, cancelled(), null);
  const chosen = ctx.routing.choose(model, task.attempts);
  if (chosen.kind !== 'route') return noRoute(ctx, run, task, chosen);
  const { choice } = chosen;
  ctx.routing.take(run.id, choice.route.id);

  const number = task.attempts.length + 1;
  const idempotencyKey = `${task.id}-${number}`;
  const begun = await ctx.commit(run, {
    kind: 'attempt_begun',
    number,
    route: choice.route.id,
    idempotencyKey,
    at: ctx.clock.now(),
  });
  if (!begun) return GONE;

  const job = jobOf(ctx, task, model, choice, number, idempotencyKey);
  const outcome = await withDeadline(ctx, run, (signal) => callSubmit(ctx, choice, job, signal));
  return afterSubmit(ctx, run, begun, choice, outcome);
}

async function noRoute(
  ctx: StepContext,
  run: Run,
  task: TaskRecord,
  chosen: Exclude<RouteChoice, { kind: 'route' }>,
): Promise<After> {
  const error = noRouteError(chosen, task.model);
  if (error) return fail(ctx, run, error, null);
  return { kind: 'again', afterMs: chosen.kind === 'cooling' ? chosen.afterMs : routeRetryMs(ctx.random) };
}

async function afterSubmit(
  ctx: StepContext,
  run: Run,
  task: TaskRecord,
  choice: RouteAtHand,
  outcome: SubmitOutcome,
): Promise<After> {
  switch (outcome.kind) {
    case 'accepted': {
      const next = await ctx.commit(run, {
        kind: 'attempt_accepted',
        number: run.attempt,
        handle: outcome.handle,
      });
      if (!next) return GONE;
      return { kind: 'step', task: next, pollAfterMs: outcome.pollAfterMs ?? ctx.settings.pollIntervalMs };
    }
    case 'finished':
      return keepOutputs(ctx, run, outcome.outputs);
    case 'rejected':
      return afterFailure(ctx, run, task, choice, outcome.evidence, 'submit');
    case 'unknown': {
      const attempt = currentAttempt(task);
      return attempt ? lost(ctx, run, attempt, outcome.evidence) : GONE;
    }
    default: {
      const never: never = outcome;
      return never;
    }
  }
}

async function callSubmit(
  ctx: StepContext,
  choice: RouteAtHand,
  job: SubmitJob,
  signal: AbortSignal,
): Promise<SubmitOutcome> {
  try {
    return await choice.adapter.submit(job, { clock: ctx.clock, signal });
  } catch (error) {
    ctx.log.error({ err: error, taskId: job.taskId, route: choice.route.id }, 'an adapter threw in submit');
    // Nothing proves that the request never left, so the job may exist.
    return { kind: 'unknown', evidence: faultEvidence(choice.adapter.provider, error) };
  }
}

/** The answer is lost: the task asks after it in `reconcile`, for as long as the window and its own deadline allow. */
async function lost(ctx: StepContext, run: Run, attempt: AttemptSummary, evidence: Evidence): Promise<After> {
  const now = ctx.clock.now();
  ctx.events.emit('alarm', {
    kind: 'unknown_submit',
    taskId: run.id,
    route: attempt.route,
    message: 'The answer to a submit was lost; the upstream may or may not have the job.',
  });
  const next = await ctx.commit(run, {
    kind: 'attempt_lost',
    end: { number: attempt.number, state: 'unknown', code: null, evidence, verdict: null, at: now },
    reconcileUntil: reconcileUntil(now, ctx.settings.reconcileWindowMs, run.deadlineAt),
  });
  return next ? { kind: 'step', task: next } : GONE;
}

function jobOf(
  ctx: StepContext,
  task: TaskRecord,
  model: ModelDefinition,
  choice: RouteAtHand,
  attempt: number,
  idempotencyKey: string,
): SubmitJob {
  // A provider that signs nothing could not be told from anybody else, so it gets no address.
  const webhookUrl = choice.adapter.verifyWebhook ? ctx.webhookUrl(task.id) : null;
  return {
    ...(webhookUrl === null ? {} : { webhookUrl }),
    taskId: task.id,
    attempt,
    idempotencyKey,
    type: model.type,
    upstreamModel: choice.route.upstreamModel,
    params: task.params,
    ...(choice.route.mapping ? { mapping: choice.route.mapping } : {}),
    inputs: task.inputs.map(({ fileKey, ...facts }) => ({
      ...facts,
      async read() {
        const bytes = await ctx.files.read(fileKey);
        if (bytes) return bytes;
        throw new TaskError('service_error', { because: 'A stored input of the task is missing.' });
      },
    })),
  };
}

/** A process died, or lost its store, between the intent and the answer. */
function interrupted(attempt: AttemptSummary): Evidence {
  const message = `attempt ${attempt.number} was found open: the process ended between the intent and the answer`;
  return {
    provider: 'gateway',
    phase: 'network',
    status: null,
    headers: {},
    body: { name: 'Interrupted', message, code: 'INTERRUPTED' },
  };
}

function faultEvidence(provider: string, error: unknown): Evidence {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return {
    provider,
    phase: 'network',
    status: null,
    headers: {},
    body: { name, message, code: 'ADAPTER_FAULT' },
  };
}
