/** The task's time: aborting what runs past it, and the answer a client gets when it is up. */
import { TaskError } from '@sluice/errors';
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
  const seconds = (ms: number) => Math.max(0, Math.round(ms / 100) / 10);
  const queued = seconds((task.startedAt ?? now) - task.createdAt);
  const running = task.startedAt === null ? 0 : seconds(now - task.startedAt);
  const limit = seconds(task.deadlineAt - task.createdAt);
  return new TaskError('generation_timeout', {
    because: `The task was given ${limit} s; it waited ${queued} s in the queue and ran for ${running} s.`,
    details: { queued_seconds: queued, running_seconds: running, limit_seconds: limit },
  });
}
