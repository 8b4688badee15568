import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Metrics } from '../observe/metrics.ts';

/** Measures every answer that Fastify sends; who answers past it calls {@link timed} itself. */
export function timeRequests(app: FastifyInstance, metrics: Metrics): void {
  app.decorateRequest('startedAt', 0);
  app.addHook('onSend', (request, reply, _payload, done) => {
    timed(request, reply.statusCode, metrics);
    done();
  });
}

export function timed(request: FastifyRequest, status: number, metrics: Metrics): void {
  metrics.request(
    request.routeOptions.config.row ?? 'unknown',
    status,
    (performance.now() - request.startedAt) / 1000,
  );
}
