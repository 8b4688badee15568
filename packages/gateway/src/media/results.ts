/** An upstream's output becomes ours: fetched or taken over, proven to be media of the kind asked for, and stored. */
import { access } from 'node:fs/promises';
import type { Evidence } from '@sluice/errors';
import type { MediaKind } from '../catalog/model.ts';
import type { FileStore, StoredFile } from '../files/files.ts';
import type { Fetcher } from '../net/fetcher.ts';
import type { StoredResult } from '../store/records.ts';
import type { OutputSource } from '../upstream/adapter.ts';
import type { MediaChecker } from './checker.ts';
import { evidenceOfDownload } from './download-errors.ts';
import { describeFormat } from './formats.ts';
import type { Inspection, MediaFacts, MediaSource } from './inspection.ts';

/** How often a damaged download is fetched anew before the file itself is held to be damaged. */
const DOWNLOADS = 2;

export interface TakeOverOptions {
  /** What the task asked for. */
  readonly kind: MediaKind;
  /** Where to keep it. */
  readonly key: string;
  readonly files: FileStore;
  readonly fetcher: Fetcher;
  readonly checker: MediaChecker;
  readonly signal: AbortSignal;
  /** The adapter's name, for the evidence. */
  readonly provider?: string;
}

export type TakeOverOutcome =
  | ({ readonly kind: 'stored' } & Omit<StoredResult, 'kind' | 'fileName'>)
  /** There, but not what was asked for: empty, damaged, or of another kind. `why` is for people, and names no upstream. */
  | { readonly kind: 'unusable'; readonly why: string }
  /** Could not be had just now: says nothing about the generation, and may be tried again. */
  | { readonly kind: 'unreachable'; readonly evidence: Evidence };

/** Done again after a crash it gives the same, also where the file was moved into the store already. */
export async function takeOver(source: OutputSource, options: TakeOverOptions): Promise<TakeOverOutcome> {
  const { key, files } = options;
  switch (source.kind) {
    case 'bytes':
      return checkAndKeep(source.data, () => files.put(key, source.data), options);
    case 'file':
      return takeFile(source.path, options);
    case 'url':
      return download(source.url, options);
    default: {
      const never: never = source;
      return never;
    }
  }
}

async function takeFile(path: string, options: TakeOverOptions): Promise<TakeOverOutcome> {
  const { key, files, provider = 'unknown' } = options;
  if (await exists(path)) return checkAndKeep(path, () => files.adopt(key, path), options);
  // A crash between taking it over and recording that: then it is in the store, under this very key.
  const kept = await files.read(key);
  if (kept) return checkAndKeep(kept, () => files.put(key, kept), options);
  const body = { name: 'Error', message: 'The output file is gone.', code: 'ENOENT' };
  return { kind: 'unreachable', evidence: { provider, phase: 'download', status: null, headers: {}, body } };
}

async function download(url: string, options: TakeOverOptions): Promise<TakeOverOutcome> {
  const { key, files, fetcher, signal, provider = 'unknown' } = options;
  for (let attempt = 1; ; attempt++) {
    const fetched = await fetcher.fetchMedia(url, {
      maxBytes: Number.POSITIVE_INFINITY,
      signal,
      purpose: 'result',
    });
    if (fetched.kind === 'failed')
      return { kind: 'unreachable', evidence: evidenceOfDownload(fetched, provider) };
    try {
      const outcome = await checkAndKeep(fetched.path, () => files.adopt(key, fetched.path), options);
      // A body without a length may have been cut on the way here; the upstream's own file can still be whole.
      if (outcome.kind !== 'unusable' || attempt === DOWNLOADS) return outcome;
    } finally {
      await fetched.discard();
    }
  }
}

async function checkAndKeep(
  source: MediaSource,
  keep: () => Promise<StoredFile>,
  { kind, checker, signal }: TakeOverOptions,
): Promise<TakeOverOutcome> {
  const facts = accepted(await checker.inspect(source, signal), kind);
  if (typeof facts === 'string') return { kind: 'unusable', why: facts };
  const { key, bytes, sha256 } = await keep();
  return {
    kind: 'stored',
    fileKey: key,
    bytes,
    sha256,
    mimeType: facts.mimeType,
    width: facts.kind === 'audio' ? null : facts.width,
    height: facts.kind === 'audio' ? null : facts.height,
    duration: facts.kind === 'image' ? null : facts.seconds,
  };
}

/** The facts of an acceptable output, or what is wrong with it. */
function accepted(inspection: Inspection, wanted: MediaKind): MediaFacts | string {
  switch (inspection.kind) {
    case 'image':
    case 'video':
    case 'audio': {
      const what = `the output is ${describeFormat(inspection.format)}`;
      if (inspection.kind !== wanted) return `${what}, not ${WANTED[wanted]}`;
      return inspection.kind === 'image' && !inspection.decoded
        ? `${what}, which cannot be checked`
        : inspection;
    }
    case 'unsupported':
      return `the output is ${describeFormat(inspection.format)}, which cannot be checked`;
    case 'corrupt':
      return `the output is ${describeFormat(inspection.format)} that ${inspection.why}`;
    case 'too_large':
      return `the output has more than ${inspection.maxPixels / 1_000_000} megapixels`;
    case 'not_media':
      return `the output is ${inspection.label}`;
    default: {
      const never: never = inspection;
      return never;
    }
  }
}

const WANTED: Readonly<Record<MediaKind, string>> = { image: 'an image', video: 'a video', audio: 'audio' };

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
