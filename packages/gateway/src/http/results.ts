/** The files behind the links of `results`. The signature is the permission, so a link works in an <img> and in a browser. */
import { Readable } from 'node:stream';
import { TaskError } from '@sluice/errors';
import { ResultQuery } from '@sluice/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ByteRange } from '../files/files.ts';
import type { StoredResult, TaskRecord } from '../store/records.ts';
import type { HttpDeps } from './deps.ts';
import { checked, pathPart } from './params.ts';
import { Refusal } from './refusal.ts';

export function resultsHandlers(deps: HttpDeps) {
  return {
    async getResult(request: FastifyRequest, reply: FastifyReply) {
      const { e: expires = '', s: signature = '', download } = checked(ResultQuery, request.query);
      const { task, result } = await resultOf(request, expires, signature, deps);
      const etag = `"${result.sha256}"`;
      const name = result.fileName.replaceAll(/[^\w.-]/g, '_');
      reply.headers({
        etag,
        'accept-ranges': 'bytes',
        'cache-control': `private, max-age=${Math.max(0, Number(expires) - Math.floor(deps.clock.now() / 1000))}`,
        'last-modified': new Date(task.finishedAt ?? task.createdAt).toUTCString(),
        'content-disposition': `${download === '1' ? 'attachment' : 'inline'}; filename="${name}"`,
        'content-type': result.mimeType,
        'x-content-type-options': 'nosniff',
        // Nothing in a file may act on behalf of this address.
        'content-security-policy': "default-src 'none'; sandbox",
      });
      if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();

      const range = rangeOf(request, etag, result.bytes);
      if (range) {
        reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${result.bytes}`);
      }
      reply.header('content-length', String(range ? range.end - range.start + 1 : result.bytes));
      // An empty stream: of any other empty body Fastify would make a length of 0.
      if (request.method === 'HEAD') return reply.send(Readable.from([]));
      const stream = await deps.files.open(result.fileKey, range ?? undefined);
      if (!stream) throw gone('Its file is no longer kept.');
      return reply.send(stream);
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

/** The one range asked for; null for the whole file, also where several are asked for (RFC 9110 allows to ignore them). */
function rangeOf(request: FastifyRequest, etag: string, bytes: number): ByteRange | null {
  const condition = request.headers['if-range'];
  if (condition !== undefined && condition !== etag) return null;
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(request.headers.range ?? '');
  if (!match) return null;
  const [, from = '', to = ''] = match;
  if (from === '' && to === '') return null;
  const start = from === '' ? Math.max(0, bytes - Number(to)) : Number(from);
  const end = from === '' || to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return null;
  if (start < bytes && start <= end) return { start, end };
  throw new Refusal(
    416,
    new TaskError('invalid_parameters', {
      subtype: 'general',
      because: `The range begins behind the end of the file, which has ${bytes} bytes.`,
      remedy: 'Ask for a range within the file, or for the whole of it.',
      param: 'Range',
      details: { actual_bytes: bytes },
    }),
    { 'content-range': `bytes */${bytes}` },
  );
}

function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}

function gone(because: string, remedy?: string): TaskError {
  return new TaskError('resource_not_found', { because, ...(remedy === undefined ? {} : { remedy }) });
}
