import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { failed, flatten } from './failure.ts';
import type { FetchedMedia } from './fetcher.ts';
import type { Watch } from './watch.ts';
import { looksLikeWebPage, sharingSite } from './web-page.ts';

/** Enough to tell a web page from anything else. */
const HEAD_BYTES = 1024;

export interface SaveOptions {
  readonly folder: string;
  readonly maxBytes: number;
  /** `Content-Length`, where there was one. */
  readonly announced: number | null;
  /** Of the first address and of the last: a sharing link may end on the login page of another host. */
  readonly hosts: readonly string[];
  readonly onBytes: (count: number) => void;
  readonly watch: Watch;
}

/** Streams a body into a new file of `folder`, hashing on the way; on any failure nothing is left there. */
export async function saveBody(body: Readable, options: SaveOptions): Promise<FetchedMedia> {
  const { maxBytes, announced, watch } = options;
  if (announced !== null && announced > maxBytes) {
    body.destroy();
    return failed({ reason: 'too_large', maxBytes, actualBytes: announced });
  }
  await mkdir(options.folder, { recursive: true });
  const path = join(options.folder, `fetch-${randomUUID()}`);
  const discard = () => rm(path, { force: true });
  const file = await open(path, 'wx');
  let kept = false;
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    let head: Buffer = Buffer.alloc(0);
    let judged = false;
    const isPage = () => {
      judged = true;
      return looksLikeWebPage(head);
    };
    for await (const chunk of chunksOf(body)) {
      if (chunk instanceof Error) {
        watch.signal.throwIfAborted();
        return failed({ reason: 'interrupted' }, { body: flatten(chunk) });
      }
      bytes += chunk.byteLength;
      options.onBytes(chunk.byteLength);
      if (bytes > maxBytes) return failed({ reason: 'too_large', maxBytes, actualBytes: null });
      if (!judged) {
        head = Buffer.concat([head, chunk.subarray(0, HEAD_BYTES - head.byteLength)]);
        if (head.byteLength >= HEAD_BYTES && isPage()) return webPage(head, options.hosts);
      }
      hash.update(chunk);
      // One writer, in order: the plain form may write less than it was given.
      await file.writeFile(chunk);
    }
    if (!judged && isPage()) return webPage(head, options.hosts);
    kept = true;
    return { kind: 'fetched', path, bytes, sha256: hash.digest('hex'), discard };
  } finally {
    body.destroy();
    await file.close();
    if (!kept) await discard();
  }
}

/** The beginning of a body that is not wanted whole: an error document, for the record. Never fails. */
export async function readHead(body: Readable, watch: Watch, maxBytes = 4096): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunksOf(body)) {
    if (chunk instanceof Error) break;
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= maxBytes) break;
  }
  body.destroy();
  watch.signal.throwIfAborted();
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

/** A broken connection arrives as a last element, so that it cannot be mistaken for a full disk. */
async function* chunksOf(body: Readable): AsyncGenerator<Buffer | Error> {
  try {
    for await (const chunk of body) yield chunk;
  } catch (error) {
    yield error instanceof Error ? error : new Error(String(error));
  }
}

function webPage(head: Buffer, hosts: readonly string[]): FetchedMedia {
  const [site = null] = hosts.flatMap((host) => sharingSite(host) ?? []);
  return failed({ reason: 'html_instead_of_media', site }, { body: head.toString('utf8') });
}
