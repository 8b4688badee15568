/**
 * A link of ours given as an input is read from the file store. The network would be the long way round, and the guard forbids it
 * where the gateway listens on a private address.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FileStore } from '../files/files.ts';
import { failed } from '../net/failure.ts';
import type { FetchedMedia, Fetcher } from '../net/fetcher.ts';
import type { UploadRecord } from '../store/uploads.ts';

export interface OwnLinks {
  readonly files: FileStore;
  readonly scratch: string;
  isOwn(url: string): boolean;
  /** Null for what is not there (any more), or not this account's. */
  find(url: string, accountId: string): Promise<UploadRecord | null>;
}

/** The fetcher for one account: its own uploads from the file store, everything else as before. */
export function fetcherWithUploads(fetcher: Fetcher, accountId: string, links: OwnLinks): Fetcher {
  return {
    async fetchMedia(url, options) {
      if (!links.isOwn(url)) return fetcher.fetchMedia(url, options);
      options.signal.throwIfAborted();
      const upload = await links.find(url, accountId);
      if (!upload) return failed({ reason: 'gone', status: 404 });
      const { maxBytes, signal } = options;
      if (upload.bytes > maxBytes)
        return failed({ reason: 'too_large', maxBytes, actualBytes: upload.bytes });
      return copyOf(upload, links, signal);
    },
  };
}

/** A copy, because whoever fetches a file may take it over. */
async function copyOf(
  { fileKey, bytes, sha256 }: UploadRecord,
  { files, scratch }: OwnLinks,
  signal: AbortSignal,
): Promise<FetchedMedia> {
  const stream = await files.open(fileKey);
  if (!stream) return failed({ reason: 'gone', status: 404 });
  await mkdir(scratch, { recursive: true });
  const path = join(scratch, `copy-${randomUUID()}`);
  const discard = () => rm(path, { force: true });
  try {
    await pipeline(stream, createWriteStream(path, { flags: 'wx' }), { signal });
  } catch (error) {
    await discard();
    signal.throwIfAborted();
    throw error;
  }
  return { kind: 'fetched', path, bytes, sha256, discard };
}
