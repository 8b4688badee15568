/** The task's time: aborting what runs past it, and the answer a client gets when it is up. */
import { TaskError, toClient, type Verdict } from '@sluice/errors';
import type { TaskRecord } from '../store/records.ts';
import type { StepContext } from './context.ts';
import type { Run } from './run.ts';

/** Runs `work` with a signal that is aborted at the task's deadline (plus `graceMs`), by a cancel, or when the engine stops. */
export async function withDeadline<T>(
  ctx: StepContext,
  run: Run,
  work: (signal: AbortSignal) => Promise<T>,
  graceMs = 0,
): Promise<T> {
  const controller = new AbortController();
  run.abort = controller;
  const timer = ctx.clock.after(Math.max(0, run.deadlineAt + graceMs - ctx.clock.now()), () =>
    controller.abort(),
  );
  const stop = () => controller.abort();
  ctx.stopping.addEventListener('abort', stop, { once: true });
  if (ctx.stopping.aborted) stop();
  try {
    return await work(controller.signal);
  } finally {
    timer.cancel();
    ctx.stopping.removeEventListener('abort', stop);
    run.abort = null;
  }
}

/** `generation_timeout` with where the time went. */
export function deadlinePassed(task: TaskRecord, now: number): TaskError {
  const details = whereTimeWent(task, now);
  const { queued_seconds, running_seconds, limit_seconds } = details;
  return new TaskError('generation_timeout', {
    because: `The task was given ${limit_seconds} s; it waited ${queued_seconds} s in the queue and ran for ${running_seconds} s.`,
    details,
  });
}

/**
 * What the client is told of an upstream's verdict. A time-out always says where the time went, whoever lost patience; the limit is
 * then the upstream's own: null where it did not say.
 */
export function told(verdict: Verdict, task: TaskRecord, now: number): TaskError {
  const error = toClient(verdict);
  if (error.code !== 'generation_timeout') return error;
  const { queued_seconds, running_seconds } = whereTimeWent(task, now);
  return new TaskError('generation_timeout', {
    because: `The generator gave up after ${running_seconds} s; before that the task waited ${queued_seconds} s in the queue.`,
    details: { limit_seconds: null, ...error.details, queued_seconds, running_seconds },
    afterSeconds: error.retry.after_seconds,
  });
}

function whereTimeWent(task: TaskRecord, now: number) {
  const seconds = (ms: number) => Math.max(0, Math.round(ms / 100) / 10);
  return {
    queued_seconds: seconds((task.startedAt ?? now) - task.createdAt),
    running_seconds: task.startedAt === null ? 0 : seconds(now - task.startedAt),
    limit_seconds: seconds(task.deadlineAt - task.createdAt),
  };
}
