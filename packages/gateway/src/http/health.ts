import { TaskError } from '@sluice/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDeps } from './deps.ts';

export function healthHandlers(deps: HttpDeps) {
  return {
    async health() {
      return { status: 'ok' };
    },

    async readiness() {
      if (deps.draining()) throw unready('The gateway is shutting down.');
      if (!(await storeAnswers(deps))) throw unready('The gateway cannot reach its store.');
      return { status: 'ok' };
    },

    async metrics(_request: FastifyRequest, reply: FastifyReply) {
      return reply.header('content-type', deps.metrics.contentType).send(await deps.metrics.text());
    },
  };
}

/** How long the store may take to say that it can read and write. */
const PATIENCE_MS = 2000;

export async function storeAnswers({ store, clock }: Pick<HttpDeps, 'store' | 'clock'>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = clock.after(PATIENCE_MS, () => resolve(false));
  store.ping().then(
    () => resolve(true),
    () => resolve(false),
  );
  const up = await promise;
  timer.cancel();
  return up;
}

function unready(because: string): TaskError {
  return new TaskError('service_unavailable', { because, afterSeconds: 5 });
}
