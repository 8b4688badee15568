/** Input media as the gateway takes them: addresses as they are, local files as `data:` URLs. */
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { UsageError } from './usage-error.ts';

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
};

export async function toMediaUrl(fileOrUrl: string): Promise<string> {
  if (/^(https?|data):/i.test(fileOrUrl)) return fileOrUrl;
  let bytes: Buffer;
  try {
    bytes = await readFile(fileOrUrl);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? reasons[String(error.code)] : undefined;
    throw new UsageError(
      `${fileOrUrl} cannot be read: ${why ?? String(error)}. Give a file of this machine or an https: address.`,
    );
  }
  // A wrong or unknown ending does no harm: the gateway looks at the bytes.
  const type = MIME_TYPES[extname(fileOrUrl).toLowerCase()] ?? 'application/octet-stream';
  return `data:${type};base64,${bytes.toString('base64')}`;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
};
