import type { PreflightView } from '@sluice/protocol';
import type { FastifyRequest } from 'fastify';
import { keyOf } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import { viewError } from './task-view.ts';

export function preflightHandlers({ intake, publicUrl }: Pick<HttpDeps, 'intake' | 'publicUrl'>) {
  return {
    async preflight(request: FastifyRequest): Promise<PreflightView> {
      const { id: requestId, body } = request;
      const found = await intake.preflight({ body, key: keyOf(request), requestId });
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
