import { TaskError } from '@sluice/errors';
import type { PreflightView } from '@sluice/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { keyOf } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import { viewError } from './task-view.ts';

export function preflightHandlers({ intake, publicUrl }: Pick<HttpDeps, 'intake' | 'publicUrl'>) {
  return {
    async preflight(request: FastifyRequest, reply: FastifyReply): Promise<PreflightView> {
      const { id: requestId, body } = request;
      const gone = new AbortController();
      // Also comes after the answer, when there is nothing left to stop.
      reply.raw.once('close', () => gone.abort(new TaskError('request_cancelled', { requestId })));
      const found = await intake.preflight({ body, key: keyOf(request), requestId, signal: gone.signal });
      return {
        ok: found.ok,
        issues: found.issues.map((issue) => viewError(issue.toJSON(), requestId, publicUrl())),
        fixes: [...found.fixes],
        repairs: found.repairs.map(({ op, param, from, to }) => ({ op, param, from, to })),
        estimate: found.estimate,
      };
    },
  };
}
