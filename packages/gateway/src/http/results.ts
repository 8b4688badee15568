/** The files behind the links of `results`. The signature is the permission, so a link works in an <img> and in a browser. */
import { TaskError } from '@sluice/errors';
import { ResultQuery } from '@sluice/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { StoredResult, TaskRecord } from '../store/records.ts';
import type { HttpDeps } from './deps.ts';
import { checked, pathPart } from './params.ts';
import { sendFile } from './send-file.ts';

export function resultsHandlers(deps: HttpDeps) {
  return {
    async getResult(request: FastifyRequest, reply: FastifyReply) {
      const { e: expires = '', s: signature = '', download } = checked(ResultQuery, request.query);
      const { task, result } = await resultOf(request, expires, signature, deps);
      const sent = await sendFile(request, reply, deps.files, {
        ...result,
        modifiedAt: task.finishedAt ?? task.createdAt,
        maxAgeSeconds: Number(expires) - Math.floor(deps.clock.now() / 1000),
        asDownload: download === '1',
      });
      if (!sent) throw gone('Its file is no longer kept.');
      return sent;
    },
  };
}

async function resultOf(
  request: FastifyRequest,
  expires: string,
  signature: string,
  { links, store, retention }: HttpDeps,
): Promise<{ task: TaskRecord; result: StoredResult }> {
  const taskId = pathPart(request, 'taskId');
  const fileName = pathPart(request, 'fileName');
  const verdict = links.verify(taskId, fileName, expires, signature);
  switch (verdict) {
    case 'forged':
      throw gone(
        'The link is not one this gateway made, or a part of it is missing.',
        'Use the link exactly as `results` gives it, query included.',
      );
    case 'expired':
      throw new TaskError('resource_not_found', {
        because: `The link has expired: links to results live ${Math.round(retention.linksMs / 3_600_000)} hours.`,
        remedy: 'Save results within that time; submit the request again if the result is still wanted.',
        details: { expired: true },
      });
    case 'valid':
      break;
    default: {
      const never: never = verdict;
      throw new Error(`unknown verdict ${String(never)}`);
    }
  }
  const task = await store.task(taskId);
  const result = task?.results.find((one) => one.fileName === fileName);
  if (!task || !result) throw gone('The task of this file has been removed.');
  return { task, result };
}

function gone(because: string, remedy?: string): TaskError {
  return new TaskError('resource_not_found', { because, ...(remedy === undefined ? {} : { remedy }) });
}
