/** Typed access to what Fastify has already checked or taken apart. */
import { TaskError } from '@sluice/errors';
import { TASK_ID_PATTERN } from '@sluice/protocol';
import type { FastifyRequest } from 'fastify';
import type { Static, TSchema } from 'typebox';

/** The query or body of a route registered with `schema`: Fastify has refused what does not fit, so only the type is missing. */
export function checked<T extends TSchema>(_schema: T, value: unknown): Static<T> {
  return value as Static<T>;
}

export function pathPart(request: FastifyRequest, name: string): string {
  const { params } = request;
  if (typeof params !== 'object' || params === null) return '';
  const value: unknown = Reflect.get(params, name);
  return typeof value === 'string' ? value : '';
}

const TASK_ID = new RegExp(TASK_ID_PATTERN);

/** The task id of the path. Raises `invalid_parameters`, sub-type `invalid_task_id`. */
export function taskIdOf(request: FastifyRequest): string {
  const id = pathPart(request, 'id');
  if (TASK_ID.test(id)) return id;
  throw new TaskError('invalid_parameters', {
    subtype: 'invalid_task_id',
    because: `${JSON.stringify(id.slice(0, 80))} does not have the form task-unified-<seconds>-<12 or more of a-z0-9>.`,
    param: 'id',
  });
}
