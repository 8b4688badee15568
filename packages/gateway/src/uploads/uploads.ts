/**
 * The files of the files API: received, looked into, kept for their time, found again by their links. Read this first.
 *
 *   http/files.ts -> a place (turnstile.ts)         so many at once, of an account and of all: disk and decoding are bounded
 *                 -> multipart.ts | json-body.ts    the body streams into a scratch file; memory holds one chunk of it
 *                 -> accept: names.ts, allowed.ts   plain names; media by content
 *                 -> file store, then store         bytes first, then quota, override and row in one transaction
 *                 <- links.ts                       signed links that live as long as the file
 *
 * Bytes whose row never came (a refusal, a crash between the two) or is gone are removed: at once where we are there, by the
 * sweep otherwise. A row never points at bytes that were not durable before it.
 */
import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { FileStore } from '../files/files.ts';
import type { MediaChecker } from '../media/checker.ts';
import { fileExtension } from '../media/formats.ts';
import type { Fetcher } from '../net/fetcher.ts';
import type { UploadPage, UploadRecord, UploadStore } from '../store/uploads.ts';
import { type Entry, Turnstile, type TurnstileBounds } from '../turnstile.ts';
import { judgeContent } from './allowed.ts';
import { readBase64, readUrl } from './json-body.ts';
import type { UploadLinks } from './links.ts';
import { readMultipart } from './multipart.ts';
import { cleanName, readFileName, readUploadPath, withTrueExtension } from './names.ts';
import { fetcherWithUploads } from './own-links.ts';
import type { Received } from './received.ts';
import { type Refused, refused } from './refusal.ts';

export interface UploadSettings {
  /** Alive at the same time, for each account. */
  readonly maxFiles: number;
  readonly maxBytes: number;
  readonly lifeMs: number;
}

export interface UploadsDeps {
  readonly store: UploadStore;
  readonly files: FileStore;
  readonly fetcher: Fetcher;
  readonly checker: MediaChecker;
  readonly links: UploadLinks;
  readonly clock: Clock;
  /** At least 12 characters of a-z0-9. */
  randomId(): string;
  /** Where bodies are written; on the same device as the file store, keeping one costs a rename. */
  readonly scratch: string;
  readonly settings: UploadSettings;
  /** Uploads under way at once, of one account and of all; default {@link PARALLEL_UPLOADS}. */
  readonly parallel?: TurnstileBounds;
}

export type UploadOutcome = { readonly kind: 'stored'; readonly upload: UploadRecord } | Refused;

/** Every method rejects where the store or the disk fails; whatever a client does wrong is an outcome. */
export interface Uploads {
  fromMultipart(accountId: string, body: Readable, contentType: string): Promise<UploadOutcome>;
  fromBase64(accountId: string, body: Readable): Promise<UploadOutcome>;
  fromUrl(accountId: string, body: Readable, signal: AbortSignal): Promise<UploadOutcome>;
  list(accountId: string, offset: number, limit: number): Promise<UploadPage>;
  quota(accountId: string): Promise<{ readonly used: number; readonly max: number }>;
  /** False where the account has no such upload. */
  remove(accountId: string, fileId: string): Promise<boolean>;
  /** The file behind a link; null for a forged or expired one, and for a file that is gone. */
  behindLink(
    fileId: string,
    fileName: string,
    expires: string,
    signature: string,
  ): Promise<UploadRecord | null>;
  linksTo(upload: UploadRecord): { readonly show: string; readonly save: string };
  /** Whether a URL has the form of our links, so that it is never fetched over the network. */
  isOwn(url: string): boolean;
  /** The account's own upload behind a URL of ours; null for every other URL. */
  resolve(url: string, accountId: string): Promise<UploadRecord | null>;
  /** A fetcher for the inputs of one account's tasks: links to its uploads are read from the file store. */
  fetcherFor(accountId: string): Fetcher;
  /** Removes what expired, and bytes without a row; resolves to the number of uploads removed. */
  sweep(): Promise<number>;
}

/** Each may lie in the scratch folder with as many bytes as one file may have: at 100 MB, 3.2 GB of disk at the very most. */
const PARALLEL_UPLOADS: TurnstileBounds = { each: 8, all: 32 };
const COME_AGAIN_SECONDS = 2;

const FOLDER = 'uploads/';
const SWEEP_PAGE = 200;
/** Bytes come before their row; a check and a commit in between take seconds at most. */
const ORPHAN_MS = 3_600_000;

export function createUploads(deps: UploadsDeps): Uploads {
  const { store, files, links, clock, settings } = deps;
  const into = { folder: deps.scratch, maxBytes: settings.maxBytes };

  const find = async (url: string, accountId: string) => {
    const fileId = links.fileIdOf(url);
    const upload = fileId === null ? null : await store.upload(fileId, clock.now());
    return upload?.accountId === accountId ? upload : null;
  };
  const fetcherFor = (accountId: string) =>
    fetcherWithUploads(deps.fetcher, accountId, { files, scratch: deps.scratch, isOwn: links.isOwn, find });

  const turnstile = new Turnstile(deps.parallel ?? PARALLEL_UPLOADS);
  const receive = async (
    accountId: string,
    read: () => Promise<Received | Refused>,
  ): Promise<UploadOutcome> => {
    const entry = turnstile.enter(accountId);
    if (entry.kind === 'full') return noPlace(entry);
    try {
      return await accept(accountId, await read(), deps);
    } finally {
      entry.leave();
    }
  };

  return {
    fromMultipart: (accountId, body, contentType) =>
      receive(accountId, () => readMultipart(body, contentType, into)),
    fromBase64: (accountId, body) => receive(accountId, () => readBase64(body, into)),
    fromUrl: (accountId, body, signal) =>
      receive(accountId, () => readUrl(body, into, fetcherFor(accountId), signal)),
    list: (accountId, offset, limit) => store.uploads(accountId, clock.now(), offset, limit),
    async quota(accountId) {
      const { total } = await store.uploads(accountId, clock.now(), 0, 0);
      return { used: total, max: settings.maxFiles };
    },
    async remove(accountId, fileId) {
      const removed = await store.removeUpload(accountId, fileId, clock.now());
      if (removed) await files.remove(removed.fileKey);
      return removed !== null;
    },
    async behindLink(fileId, fileName, expires, signature) {
      if (!links.verify(fileId, fileName, expires, signature)) return null;
      return store.upload(fileId, clock.now());
    },
    linksTo: (upload) => ({ show: links.fileUrl(upload), save: links.downloadUrl(upload) }),
    isOwn: links.isOwn,
    resolve: find,
    fetcherFor,
    sweep: () => sweep(deps),
  };
}

function noPlace({ bound, most }: Extract<Entry, { kind: 'full' }>): Refused {
  const whose = bound === 'each' ? 'account' : 'gateway';
  return refused({ reason: 'too_many_at_once', whose, most, afterSeconds: COME_AGAIN_SECONDS });
}

async function accept(
  accountId: string,
  received: Received | Refused,
  deps: UploadsDeps,
): Promise<UploadOutcome> {
  if (received.kind === 'refused') return received;
  try {
    return await keep(accountId, received, deps);
  } finally {
    await received.file.discard();
  }
}

async function keep(
  accountId: string,
  { file, fields, givenName }: Received,
  { store, files, checker, clock, randomId, settings }: UploadsDeps,
): Promise<UploadOutcome> {
  const uploadPath = readUploadPath(fields.get('upload_path') ?? fields.get('uploadPath') ?? '');
  if (uploadPath.kind === 'refused') return uploadPath;
  const id = `file-${randomId()}`;
  const originalName = cleanName(givenName);
  const chosen = fields.get('file_name') ?? fields.get('fileName') ?? '';
  const fileName = readFileName(chosen === '' ? originalName || id : chosen);
  if (fileName.kind === 'refused') return fileName;
  const content = judgeContent(await checker.inspect(file.path));
  if (content.kind === 'refused') return content;

  const { mimeType } = content;
  const stored = await files.adopt(`${FOLDER}${id}.${fileExtension(mimeType)}`, file.path);
  const createdAt = clock.now();
  const name = withTrueExtension(fileName.text, mimeType);
  const upload: UploadRecord = {
    id,
    accountId,
    uploadPath: uploadPath.text,
    fileName: name,
    originalName: originalName || name,
    mimeType,
    bytes: stored.bytes,
    sha256: stored.sha256,
    fileKey: stored.key,
    createdAt,
    expiresAt: createdAt + settings.lifeMs,
  };
  // Where this rejects, the row may be there all the same: the sweep finds out, and removes the bytes if it is not.
  const admission = await store.admitUpload(upload, settings.maxFiles);
  if (admission.kind === 'quota_exceeded') {
    await files.remove(stored.key);
    return refused({ reason: 'quota_exceeded', maxFiles: settings.maxFiles, used: admission.used });
  }
  if (admission.replaced) await files.remove(admission.replaced.fileKey);
  return { kind: 'stored', upload };
}

async function sweep({ store, files, clock }: UploadsDeps): Promise<number> {
  const now = clock.now();
  let removed = 0;
  for (;;) {
    const expired = await store.sweepUploads(now, SWEEP_PAGE);
    for (const { fileKey } of expired) await files.remove(fileKey);
    removed += expired.length;
    if (expired.length < SWEEP_PAGE) break;
  }
  for await (const { key, modifiedAt } of files.list(FOLDER)) {
    if (modifiedAt > now - ORPHAN_MS) continue;
    const id = key.slice(FOLDER.length).split('.', 1)[0] ?? '';
    const upload = await store.upload(id, now);
    if (upload?.fileKey !== key) await files.remove(key);
  }
  return removed;
}
