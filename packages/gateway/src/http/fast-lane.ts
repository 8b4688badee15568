/**
 * A lane past Fastify for one call, `GET /v1/tasks/{id}` with a valid key and nothing else asked: clients poll with it, so
 * it is most of the traffic, and routing and hooks cost as much as everything else it needs.
 *
 * The lane only ever gives the answer that `tasks.ts` would give, byte for byte. Whatever else the request turns out to be
 * (no key, no such task, a fault), it is handed on untouched and judged there.
 */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { TASK_ID_PATTERN } from '@sluice/protocol';
import type { FastifyServerOptions } from 'fastify';
import { createKeyHasher, refusalOfKey } from './auth.ts';
import type { HttpDeps, HttpLimits } from './deps.ts';
import type { TaskBytes } from './task-bytes.ts';

/** The server that Fastify listens with. */
export function serverWithLane(
  deps: HttpDeps,
  bytes: TaskBytes,
  limits: HttpLimits,
  nextId: (chosen?: unknown) => string,
): NonNullable<FastifyServerOptions['serverFactory']> {
  const lane = createLane(deps, bytes, nextId);
  return (fastifyHandler) =>
    createServer(
      {
        maxHeaderSize: limits.headerBytes,
        headersTimeout: limits.headersMs,
        requestTimeout: limits.requestMs,
        keepAliveTimeout: limits.keepAliveMs,
        // Fastify's routes check it themselves: Node.js would answer without a body.
        requireHostHeader: false,
      },
      (request, response) => lane(request, response, fastifyHandler),
    );
}

type Lane = (request: IncomingMessage, response: ServerResponse, otherwise: RequestListener) => void;

const PREFIX = '/v1/tasks/';
const TASK_ID = new RegExp(TASK_ID_PATTERN);

function createLane(
  { store, clock, metrics }: HttpDeps,
  bytes: TaskBytes,
  nextId: (chosen?: unknown) => string,
): Lane {
  const hashOf = createKeyHasher();
  return (request, response, otherwise) => {
    const { method, url = '' } = request;
    if (method !== 'GET' || !url.startsWith(PREFIX)) return otherwise(request, response);
    const id = url.slice(PREFIX.length);
    const { authorization, host, requestId } = headersOf(request.rawHeaders);
    const hashed = hashOf(authorization);
    if (hashed === null || host === undefined || !TASK_ID.test(id)) return otherwise(request, response);

    const startedAt = performance.now();
    store
      .keyByHash(hashed)
      .then((key) => (key && !refusalOfKey(key, clock.now()) ? store.lookup(key.accountId, id) : null))
      .then((found) => {
        if (found?.kind !== 'found') return otherwise(request, response);
        const body = bytes.of(found.task);
        response.writeHead(200, {
          'x-request-id': nextId(requestId),
          'content-type': 'application/json; charset=utf-8',
          'content-length': body.length,
        });
        response.end(body);
        metrics.request('getTask', 200, (performance.now() - startedAt) / 1000);
      })
      .catch(() => otherwise(request, response));
  };
}

interface LaneHeaders {
  authorization?: string;
  host?: string;
  requestId?: string;
}

/** The three headers that matter here, the first of each; to have Node.js make an object of all of them takes longer. */
function headersOf(raw: readonly string[]): LaneHeaders {
  const found: LaneHeaders = {};
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const value = raw[i + 1] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') found.host ??= value;
    else if (name.length === 13 && name.toLowerCase() === 'authorization') found.authorization ??= value;
    else if (name.length === 12 && name.toLowerCase() === 'x-request-id') found.requestId ??= value;
  }
  return found;
}
