import { TaskError } from '@sluice/errors';
import { MAX_WAIT_SECONDS } from '@sluice/protocol';
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { TaskType } from '../catalog/model.ts';
import { keyOf } from './auth.ts';
import type { HttpDeps } from './deps.ts';
import type { HeldCalls } from './held-calls.ts';
import type { LargeBodies } from './large-bodies.ts';
import { sendJson } from './send-json.ts';
import type { TaskBytes } from './task-bytes.ts';
import { untilFinal } from './wait.ts';

export function submitHandlers(deps: HttpDeps, bytes: TaskBytes, held: HeldCalls, bodies: LargeBodies) {
  const submit =
    (type: TaskType): RouteHandlerMethod =>
    async (request, reply) => {
      if (deps.draining()) throw draining();
      const { task, replayed } = await deps.intake.submit({
        type,
        body: request.body,
        key: keyOf(request),
        requestId: request.id,
        idempotencyKey: idempotencyKeyOf(request),
      });
      bodies.letGo(request);
      if (replayed) reply.header('idempotency-replayed', 'true');
      const shown = await untilFinal(task, preferredWait(request, reply), reply, deps, held);
      return sendJson(reply, bytes.of(shown));
    };

  return { submitImage: submit('image'), submitVideo: submit('video'), submitAudio: submit('audio') };
}

/** As sent; the intake says whether it will do. */
function idempotencyKeyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  return key === undefined ? null : String(key);
}

/**
 * Seconds of `Prefer: wait=N`, at most {@link MAX_WAIT_SECONDS}; 0 without one. A preference that cannot be understood is
 * ignored, as RFC 7240 wants; the one that is followed is named in the answer.
 */
function preferredWait(request: FastifyRequest, reply: FastifyReply): number {
  const header = [request.headers.prefer ?? []].flat().join(',');
  const wanted = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6})"?\s*(?=$|[,;])/i.exec(header)?.[1];
  if (wanted === undefined) return 0;
  const seconds = Math.min(Number(wanted), MAX_WAIT_SECONDS);
  reply.header('preference-applied', `wait=${seconds}`);
  return seconds;
}

function draining(): TaskError {
  return new TaskError('service_unavailable', {
    because: 'This gateway is shutting down and takes no new tasks.',
    remedy: 'Send the same request again in a few seconds, with the same Idempotency-Key.',
    afterSeconds: 5,
  });
}
