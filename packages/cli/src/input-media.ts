/**
 * Input media as the gateway takes them: addresses as they are, small local files as `data:` URLs, others through the files API, once
 * for each content. What cannot be uploaded (a HEIC picture, which only a repair can use; an account without a free place) goes as a
 * `data:` URL as long as a request can hold it.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { type FileView, type Sluice, TaskError } from '@sluice/client';
import { showUpload } from './progress.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** A request with such a `data:` URL is still quickly sent, checked and sent again. */
const SMALL_BYTES = 1_000_000;
/** Base64 is a third longer, and a gateway takes bodies of 64 MiB unless it is told otherwise. */
const LARGEST_DATA_URL = 45_000_000;
/** An upload that was there before must live until the task has taken its inputs. */
const LIFE_LEFT_MS = 3_600_000;
/** Where uploads of this command are, so that a person can tell them from their own. */
const FOLDER = 'sluice-cli';

const MIME_TYPES: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.bmp': 'image/bmp',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.heic': 'image/heic',
  '.avif': 'image/avif',
  '.mp4': 'video/mp4',
  '.webm': 'video/webm',
  '.mov': 'video/quicktime',
  '.mp3': 'audio/mpeg',
  '.wav': 'audio/wav',
  '.flac': 'audio/flac',
};

export async function toMediaUrl(
  fileOrUrl: string,
  sluice: Pick<Sluice, 'files'>,
  terminal: Terminal,
): Promise<string> {
  if (isAddress(fileOrUrl)) return fileOrUrl;
  const bytes = await sizeOf(fileOrUrl);
  if (bytes <= SMALL_BYTES) return dataUrl(fileOrUrl);
  try {
    return (await uploadOnce(fileOrUrl, bytes, sluice, terminal)).file_url;
  } catch (error) {
    if (!TaskError.is(error) || !mayGoInside(error) || bytes > LARGEST_DATA_URL) throw error;
    terminal.note(`${basename(fileOrUrl)} is sent inside the request, because it cannot be uploaded.`);
    return dataUrl(fileOrUrl);
  }
}

export function isAddress(text: string): boolean {
  return /^(https?|data):/i.test(text);
}

/** Rejects with a UsageError where there is no such file. */
export async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (!found.isFile()) throw unreadable(path, { code: found.isDirectory() ? 'EISDIR' : 'ENOTFILE' });
  return found.size;
}

export function unreadable(path: string, error: unknown): UsageError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const why = REASONS[code] ?? String(error);
  return new UsageError(`${path} cannot be read: ${why}. Give a file of this machine or an https: address.`);
}

async function uploadOnce(
  path: string,
  bytes: number,
  { files }: Pick<Sluice, 'files'>,
  terminal: Terminal,
): Promise<FileView> {
  const sha256 = await hashOf(path);
  const known = await files.findByHash(sha256);
  if (known && Date.parse(known.expires_at) - Date.now() > LIFE_LEFT_MS) {
    terminal.note(`${basename(path)} was uploaded before: ${known.file_id}`);
    return known;
  }
  const progress = showUpload(terminal.progress, basename(path), bytes);
  try {
    // Named by its content: another file that is called the same must not take its place.
    return await files.upload({ path }, { name: sha256, folder: FOLDER, onProgress: progress.update });
  } finally {
    progress.stop();
  }
}

const mayGoInside = ({ code, subtype }: TaskError) =>
  code === 'quota_exceeded' || (code === 'invalid_parameters' && subtype === 'unsupported_format');

async function dataUrl(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  // A wrong or unknown ending does no harm: the gateway looks at the bytes.
  const type = MIME_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
  return `data:${type};base64,${bytes.toString('base64')}`;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const piece of createReadStream(path)) hash.update(piece);
  } catch (error) {
    throw unreadable(path, error);
  }
  return hash.digest('hex');
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  ENOTFILE: 'it is no file',
  EACCES: 'this user may not read it',
};
