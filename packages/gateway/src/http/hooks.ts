/**
 * The door of the providers: a call here says that a job may have changed. Its body is bytes, never parsed, and nothing in it is
 * believed; a call that its provider really signed makes the gateway ask now instead of at the next poll. 204 to such a call; 404
 * to everything else, whatever is wrong with it, as at an address with nothing behind it.
 */
import { HOOK_PATH } from '@sluice/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { HttpDeps } from './deps.ts';
import { nothingHere } from './error-door.ts';
import { pathPart } from './params.ts';

/** Results may come along in a call, even inline; what is larger is left to polling. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

export function registerHooks(app: FastifyInstance, { hooks, log }: Pick<HttpDeps, 'hooks' | 'log'>): void {
  // A scope of its own: only here are bodies left as they came, and only here is every error the same.
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser<Buffer>(
      '*',
      { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
      (_request, body, done) => done(null, body),
    );
    scope.setErrorHandler((error, request) => {
      log.debug({ err: error, requestId: request.id }, 'a call of a provider was not accepted');
      throw nothingHere(request);
    });
    scope.route({
      method: 'POST',
      url: HOOK_PATH.replaceAll(/\{(\w+)\}/g, ':$1'),
      config: { row: 'providerHook' },
      bodyLimit: MAX_BODY_BYTES,
      onRequest: (request, _reply, done) => {
        if (hooks.genuine(pathPart(request, 'task_id'), pathPart(request, 'token'))) done();
        else done(new Error('the address was not given out by this gateway'));
      },
      async handler(request, reply) {
        const call = { headers: flatHeaders(request), body: bytesOf(request.body) };
        const ours = await hooks.accept(pathPart(request, 'task_id'), pathPart(request, 'token'), call);
        if (!ours) throw new Error('the signature is not that of the provider');
        return reply.code(204).send();
      },
    });
  });
}

function bytesOf(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array(0);
}

function flatHeaders({ headers }: FastifyRequest): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
