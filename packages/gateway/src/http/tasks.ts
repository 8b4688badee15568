import { TaskError } from '@sluice/errors';
import { BatchRequest, TaskListQuery, TaskQueryString } from '@sluice/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import type { TaskStatus } from '../store/records.ts';
import type { TaskLookup, TaskQuery } from '../store/store.ts';
import { keyOf } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import type { HeldCalls } from './held-calls.ts';
import { checked, taskIdOf } from './params.ts';
import { sendJson } from './send-json.ts';
import type { TaskBytes } from './task-bytes.ts';
import { untilFinal } from './wait.ts';

export function tasksHandlers(deps: HttpDeps, bytes: TaskBytes, held: HeldCalls) {
  const { store, engine, retention } = deps;

  return {
    async getTask(request: FastifyRequest, reply: FastifyReply) {
      const id = taskIdOf(request);
      const { wait = 0 } = checked(TaskQueryString, request.query);
      const task = taken(await store.lookup(keyOf(request).accountId, id), id, retention.tasksMs);
      return sendJson(reply, bytes.of(await untilFinal(task, wait, reply, deps, held)));
    },

    async listTasks(request: FastifyRequest, reply: FastifyReply) {
      const query = checked(TaskListQuery, request.query);
      const { page = 1, page_size: size = 20 } = query;
      const filter = filterOf(query);
      const found =
        filter === null
          ? { tasks: [], total: 0 }
          : await store.list({
              accountId: keyOf(request).accountId,
              ...filter,
              offset: (page - 1) * size,
              limit: size,
            });
      const rest = `,"total":${found.total},"page":${page},"page_size":${size}}`;
      return sendJson(reply, Buffer.concat([DATA, bytes.ofList(found.tasks), Buffer.from(rest)]));
    },

    async batchTasks(request: FastifyRequest, reply: FastifyReply) {
      const { task_ids: ids } = checked(BatchRequest, request.body);
      const tasks = await store.tasksById(keyOf(request).accountId, [...new Set(ids)]);
      return sendJson(reply, Buffer.concat([DATA, bytes.ofList(tasks), Buffer.from('}')]));
    },

    async cancelTask(request: FastifyRequest, reply: FastifyReply) {
      const id = taskIdOf(request);
      const { accountId } = keyOf(request);
      const outcome = await engine.cancel(accountId, id);
      switch (outcome.kind) {
        case 'cancelled':
        case 'requested':
          return sendJson(reply, bytes.of(outcome.task));
        case 'final':
          throw new TaskError('task_not_cancellable', {
            because: `The task is already ${outcome.task.status}.`,
            details: { status: outcome.task.status },
          });
        case 'absent': {
          // It was not there a moment ago; now it is only asked whether it ever was.
          taken(await store.lookup(accountId, id), id, retention.tasksMs);
          throw new Error(`task ${id} is there and is not`);
        }
        default: {
          const never: never = outcome;
          throw new Error(`unknown outcome ${JSON.stringify(never)}`);
        }
      }
    },
  };
}

const DATA = Buffer.from('{"data":');

/** The task, or `resource_not_found` that says whether there ever was one. */
export function taken(found: TaskLookup, id: string, retentionMs: number) {
  switch (found.kind) {
    case 'found':
      return found.task;
    case 'expired':
      throw new TaskError('resource_not_found', {
        because: `The task ${id} has expired: tasks are removed ${Math.round(retentionMs / 3_600_000)} hours after their end.`,
        remedy: 'Submit the request again if the result is still wanted.',
        param: 'id',
        details: { expired: true },
      });
    case 'absent':
      throw new TaskError('resource_not_found', {
        because: `There never was a task ${id} in this account.`,
        param: 'id',
        details: { expired: false },
      });
    default: {
      const never: never = found;
      throw new Error(`unknown lookup ${JSON.stringify(never)}`);
    }
  }
}

/** Null where no task can match: cancelled tasks with another code than that of cancelling. */
function filterOf(
  query: Static<typeof TaskListQuery>,
): Pick<TaskQuery, 'statuses' | 'type' | 'model' | 'errorCode'> | null {
  const { status, error_code: code = null } = query;
  const common = { type: query.type ?? null, model: query.model ?? null };
  if (status === 'cancelled') {
    if (code !== null && code !== 'request_cancelled') return null;
    return { ...common, statuses: ['failed'], errorCode: 'request_cancelled' };
  }
  const statuses: readonly TaskStatus[] | null =
    status === undefined ? null : status === 'processing' ? ['pending', 'processing'] : [status];
  return { ...common, statuses, errorCode: code };
}
