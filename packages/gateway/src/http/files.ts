/**
 * The files API (contract.md 7). It speaks an envelope of its own, `{success, code, msg, data}`, which existing clients expect, so its
 * routes stand in a scope of their own with their own error door; bodies are left unread for the uploads room, which streams them.
 */
import { TaskError } from '@sluice/errors';
import { FILE_ROUTES, FileLinkQuery, FileListQuery, type FileRouteId, type FileView } from '@sluice/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { UploadRecord } from '../store/uploads.ts';
import type { UploadRefusal } from '../uploads/refusal.ts';
import type { Uploads } from '../uploads/uploads.ts';
import { authenticate, keyOf } from './auth.ts';
import { DEFAULT_LIMITS, type HttpDeps } from './deps.ts';
import { checked, pathPart } from './params.ts';
import { refusalOf } from './refusal.ts';
import { sendFile } from './send-file.ts';

/** A client that is still sending when it was refused may read the answer this long before the connection is closed. */
const LINGER_MS = 5_000;

const COMPRESSED: UploadRefusal = {
  reason: 'bad_request',
  field: 'Content-Encoding',
  because: 'The body is sent compressed.',
  remedy: 'Send it as it is.',
};

export function registerFiles(app: FastifyInstance, deps: HttpDeps): void {
  const { store, clock, files, uploads } = deps;

  const answerUpload = async (
    request: FastifyRequest,
    reply: FastifyReply,
    way: (accountId: string) => ReturnType<Uploads['fromBase64']>,
  ) => {
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      return refuse(request, reply, COMPRESSED, deps);
    }
    const outcome = await way(keyOf(request).accountId);
    return outcome.kind === 'stored'
      ? success(view(outcome.upload, uploads), 'File uploaded')
      : refuse(request, reply, outcome.refusal, deps);
  };

  const handlers: Readonly<Record<FileRouteId, RouteHandlerMethod>> = {
    uploadStream: (request, reply) =>
      answerUpload(request, reply, (accountId) =>
        uploads.fromMultipart(accountId, request.raw, request.headers['content-type'] ?? ''),
      ),
    uploadBase64: (request, reply) =>
      answerUpload(request, reply, (accountId) => uploads.fromBase64(accountId, request.raw)),
    uploadUrl: (request, reply) =>
      answerUpload(request, reply, (accountId) => {
        const gone = new AbortController();
        // Also comes after the answer, when there is nothing left to stop.
        reply.raw.once('close', () => gone.abort());
        return uploads.fromUrl(accountId, request.raw, gone.signal);
      }),

    async listFiles(request) {
      const { page = 1, pageSize = 20 } = checked(FileListQuery, request.query);
      const found = await uploads.list(keyOf(request).accountId, (page - 1) * pageSize, pageSize);
      const shown = found.uploads.map((upload) => view(upload, uploads));
      return success({ total: found.total, page, page_size: pageSize, files: shown });
    },

    async filesQuota(request) {
      const { used, max } = await uploads.quota(keyOf(request).accountId);
      return success({
        user_group: 'default',
        used_files: used,
        max_files: max,
        remain_files: Math.max(0, max - used),
      });
    },

    async deleteFile(request, reply) {
      const fileId = pathPart(request, 'file_id');
      if (await uploads.remove(keyOf(request).accountId, fileId))
        return success({ file_id: fileId }, 'File deleted');
      return fail(
        request,
        reply,
        404,
        404,
        'There is no file of this id: it never was, was deleted, or has expired.',
      );
    },

    async getFile(request, reply) {
      const { e: expires = '', s: signature = '', download } = checked(FileLinkQuery, request.query);
      const upload = await uploads.behindLink(
        pathPart(request, 'file_id'),
        pathPart(request, 'file_name'),
        expires,
        signature,
      );
      const sent =
        upload &&
        (await sendFile(request, reply, files, {
          ...upload,
          modifiedAt: upload.createdAt,
          maxAgeSeconds: (upload.expiresAt - clock.now()) / 1000,
          asDownload: download === '1',
        }));
      if (sent) return sent;
      throw new TaskError('resource_not_found', {
        because:
          'There is no file behind this link: it has expired or was deleted, or the link is not complete.',
        remedy: 'Use the link exactly as the upload gave it, or upload the file again.',
      });
    },
  };

  app.register(async (scope) => {
    // Whatever the type: the stream is handed on as it is.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    const checkKey = authenticate({ store, clock });
    for (const row of FILE_ROUTES) {
      const keyed = row.auth === 'key';
      scope.route({
        method: row.method,
        url: row.path.replaceAll(/\{(\w+)\}/g, ':$1'),
        schema: 'query' in row ? { querystring: row.query } : {},
        config: { row: row.id },
        // The bytes of a link are for everybody's eyes and speak the language of results.
        ...(keyed
          ? {
              onRequest: checkKey,
              errorHandler: (error, request, reply) => caught(error, request, reply, deps),
            }
          : {}),
        handler: handlers[row.id],
      });
    }
  });
}

function view(upload: UploadRecord, { linksTo }: Uploads): FileView {
  const links = linksTo(upload);
  return {
    file_id: upload.id,
    file_name: upload.fileName,
    original_name: upload.originalName,
    file_size: upload.bytes,
    mime_type: upload.mimeType,
    sha256: upload.sha256,
    upload_path: upload.uploadPath,
    file_url: links.show,
    download_url: links.save,
    upload_time: Math.floor(upload.createdAt / 1000),
    expires_at: new Date(upload.expiresAt).toISOString(),
  };
}

function success<T>(data: T, msg = 'success') {
  return { success: true, code: 200, msg, data };
}

function fail(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  code: number,
  msg: string,
  headers: Readonly<Record<string, string>> = {},
): FastifyReply {
  for (const name of Object.keys(reply.getHeaders())) if (name !== 'x-request-id') reply.removeHeader(name);
  return reply
    .code(status)
    .headers(headers)
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify({ success: false, code, msg, request_id: request.id }));
}

function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  refusal: UploadRefusal,
  { clock }: HttpDeps,
): FastifyReply {
  const { raw } = request;
  if (!raw.complete) {
    // The rest is read and thrown away: many clients read the answer only when all is sent. But not for ever.
    raw.resume();
    const timer = clock.after(LINGER_MS, () => raw.complete || raw.destroy());
    raw.once('close', () => timer.cancel());
  }
  const [status, code, msg] = told(refusal);
  const headers =
    refusal.reason === 'too_many_at_once' ? { 'retry-after': String(refusal.afterSeconds) } : {};
  return fail(request, reply, status, code, msg, headers);
}

type Told = readonly [status: number, code: number, msg: string];

function told(refusal: UploadRefusal): Told {
  switch (refusal.reason) {
    case 'too_large':
      return [413, 40001, `The file is larger than ${refusal.maxBytes} bytes. Upload a smaller one.`];
    case 'too_many_pixels':
      return [
        413,
        40001,
        `The image has more than ${refusal.maxPixels} pixels. Scale it down and upload it again.`,
      ];
    case 'type_not_allowed':
      return [
        415,
        40002,
        `The file is ${refusal.what}, by its content. JPEG, PNG, GIF and WebP images, audio and video are taken.`,
      ];
    case 'damaged':
      return [400, 400, `The file ${refusal.why}. Check that it opens on your side, and upload it again.`];
    case 'quota_exceeded':
      return [
        403,
        40003,
        `All ${refusal.maxFiles} places for files are taken (${refusal.used} files). Delete some, or wait until they expire.`,
      ];
    case 'download_failed':
      return [400, 40004, refusal.remedy === null ? refusal.because : `${refusal.because} ${refusal.remedy}`];
    case 'bad_request':
      return [400, 400, `${refusal.because} ${refusal.remedy}`];
    case 'too_many_at_once':
      return refusal.whose === 'account'
        ? [
            429,
            429,
            `${refusal.most} uploads of this account are under way, which is as many as there may be. Wait for one of them to end.`,
          ]
        : [503, 503, 'As many uploads as this gateway takes are under way. Try again in a moment.'];
    case 'interrupted':
      return [400, 400, 'The body broke off. Send the file again.'];
    default: {
      const never: never = refusal;
      return never;
    }
  }
}

/** Auth, a bad query, the store, the disk: in this API's envelope like everything else. */
function caught(thrown: unknown, request: FastifyRequest, reply: FastifyReply, deps: HttpDeps): void {
  const refusal = refusalOf(thrown, deps.limits ?? DEFAULT_LIMITS);
  if (refusal && refusal.status < 500) {
    fail(request, reply, refusal.status, refusal.status, refusal.error.message, refusal.headers);
    return;
  }
  const about = { err: thrown, requestId: request.id, route: request.routeOptions.url ?? null };
  if (reply.raw.destroyed) {
    deps.log.debug(about, 'client went away in the middle of a files call');
    return;
  }
  deps.log.error(about, 'a files call failed');
  const msg = 'The file could not be stored or read, for a reason of the gateway. Try again later.';
  fail(request, reply, refusal?.status ?? 500, 50001, msg);
}
