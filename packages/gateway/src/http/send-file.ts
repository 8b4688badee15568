/** Sends a stored file: whole, in part, or not again. Its bytes are never trusted to be what a browser would like to make of them. */
import { Readable } from 'node:stream';
import { TaskError } from '@sluice/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ByteRange, FileStore } from '../files/files.ts';
import type { Millis } from '../store/records.ts';
import { Refusal } from './refusal.ts';

export interface FileToSend {
  readonly fileKey: string;
  readonly fileName: string;
  readonly mimeType: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly modifiedAt: Millis;
  readonly maxAgeSeconds: number;
  /** To be saved instead of shown. */
  readonly asDownload: boolean;
}

/** Null where the bytes are gone; raises 416 for a range behind the end. */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  files: Pick<FileStore, 'open'>,
  file: FileToSend,
): Promise<FastifyReply | null> {
  const etag = `"${file.sha256}"`;
  const headers = {
    etag,
    'accept-ranges': 'bytes',
    'cache-control': `private, max-age=${Math.max(0, Math.floor(file.maxAgeSeconds))}`,
    'last-modified': new Date(file.modifiedAt).toUTCString(),
    'content-disposition': dispositionOf(file),
    'content-type': file.mimeType,
    'x-content-type-options': 'nosniff',
    // Nothing in a file may act on behalf of this address.
    'content-security-policy': "default-src 'none'; sandbox",
  };
  if (matches(request.headers['if-none-match'], etag)) return reply.code(304).headers(headers).send();

  const range = rangeOf(request, etag, file.bytes);
  // An empty stream for HEAD: of any other empty body Fastify would make a length of 0.
  const stream =
    request.method === 'HEAD' ? Readable.from([]) : await files.open(file.fileKey, range ?? undefined);
  if (!stream) return null;
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${file.bytes}`);
  const length = range ? range.end - range.start + 1 : file.bytes;
  return reply.headers(headers).header('content-length', String(length)).send(stream);
}

/** RFC 6266: a plain ASCII name for everyone, and the true one for those who read `filename*`. */
function dispositionOf({ fileName, asDownload }: FileToSend): string {
  const ascii = fileName.replaceAll(/[^\w.-]/g, '_');
  const exact = encodeURIComponent(fileName).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16)}`,
  );
  const extended = ascii === fileName ? '' : `; filename*=UTF-8''${exact}`;
  return `${asDownload ? 'attachment' : 'inline'}; filename="${ascii}"${extended}`;
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
