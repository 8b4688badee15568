/**
 * The operator's calls. Whoever comes without the operator's key is told what everybody is told of an address at which there is
 * nothing: a client, or a stranger, does not learn that these calls exist.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import { TaskError } from '@sluice/errors';
import { DrainRequest, UnknownsQuery } from '@sluice/protocol';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import { nearest } from '../catalog/nearest.ts';
import { groupUnknowns } from '../observe/unknowns.ts';
import { secretOf } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import { nothingHere } from './error-door.ts';
import { viewForOperator, viewRoute, viewUnknown } from './operator-view.ts';
import { checked, taskIdOf } from './params.ts';

/** Raises what an address without a call raises, unless the request presents the operator's key. */
export function checkOperator({ operatorKeyHash }: Pick<HttpDeps, 'operatorKeyHash'>): onRequestHookHandler {
  const expected = operatorKeyHash === null ? null : Buffer.from(operatorKeyHash, 'hex');
  return (request, _reply, done) => {
    const secret = secretOf(request.headers.authorization ?? '');
    const given = hash('sha256', secret ?? '', 'buffer');
    const known =
      expected !== null &&
      secret !== null &&
      given.length === expected.length &&
      timingSafeEqual(given, expected);
    return known ? done() : done(nothingHere(request));
  };
}

/**
 * What a key is called in records: enough of its hash to tell keys apart, and too little to find one by.
 * @param keyHash hex SHA-256.
 */
export const operatorKeyId = (keyHash: string): string => `op_${keyHash.slice(0, 8)}`;

export function operatorHandlers({ store, engine, publicUrl, log }: HttpDeps) {
  return {
    async operatorTask(request: FastifyRequest) {
      const id = taskIdOf(request);
      const task = await store.task(id);
      if (task) return viewForOperator(task, await store.attempts(id), engine.routing.report(), publicUrl());
      throw new TaskError('resource_not_found', {
        because: `There is no task ${id}, in any account: it never was, or its retention is over.`,
        param: 'id',
      });
    },

    async operatorUnknowns(request: FastifyRequest) {
      const { limit = 1000 } = checked(UnknownsQuery, request.query);
      const attempts = await store.unclassified(limit);
      return { object: 'list', data: groupUnknowns(attempts).map(viewUnknown), attempts: attempts.length };
    },

    async operatorRoutes() {
      return { object: 'list', data: engine.routing.report().map(viewRoute) };
    },

    async operatorDrain(request: FastifyRequest) {
      const { route: id, drained } = checked(DrainRequest, request.body);
      const found = engine.routing.setDrained(id, drained)
        ? engine.routing.report().find(({ route }) => route.id === id)
        : undefined;
      if (found) {
        log.info({ route: id, drained, requestId: request.id }, 'an operator changed the use of a route');
        return viewRoute(found);
      }
      const ids = engine.routing.report().map(({ route }) => route.id);
      const near = nearest(id, ids);
      throw new TaskError('resource_not_found', {
        because: `There is no route ${JSON.stringify(id.slice(0, 200))}.`,
        remedy: near === null ? '`GET /operator/v1/routes` lists all of them.' : `Did you mean \`${near}\`?`,
        param: 'route',
      });
    },
  };
}
