import type { FastifyReply } from 'fastify';
import type { TaskRecord } from '../store/records.ts';
import type { HttpDeps } from './deps.ts';
import type { HeldCalls } from './held-calls.ts';

/**
 * The task once it is final, or as it stands after `seconds`, when its client has gone, or when the server closes, whichever
 * comes first.
 */
export async function untilFinal(
  task: TaskRecord,
  seconds: number,
  reply: FastifyReply,
  { store, events, clock }: Pick<HttpDeps, 'store' | 'events' | 'clock'>,
  held: HeldCalls,
): Promise<TaskRecord> {
  if (task.finishedAt !== null || seconds <= 0) return task;

  const { promise, resolve } = Promise.withResolvers<void>();
  const unsubscribe = events.onTask(task.id, (changed) => {
    if (changed.finishedAt !== null) resolve();
  });
  const timer = clock.after(seconds * 1000, resolve);
  const release = held.add(resolve);
  reply.raw.once('close', resolve);

  // It may have ended between the first reading and the subscription.
  const again = await store.task(task.id);
  if (again?.finishedAt === null) await promise;

  unsubscribe();
  timer.cancel();
  release();
  reply.raw.off('close', resolve);
  return (await store.task(task.id)) ?? task;
}
