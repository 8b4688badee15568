/** Where the inputs of a task are named, and how their bytes are had. */
import type { InputLimits, MediaKind, MediaParam, ModelDefinition } from '../catalog/model.ts';
import type { FileStore, StoredFile } from '../files/files.ts';
import type { JsonObject } from '../json.ts';
import type { FetchFailure } from '../net/failure.ts';
import type { Fetcher } from '../net/fetcher.ts';
import { bytesOfDataUrl } from './data-url.ts';
import { problemOfDownload } from './download-errors.ts';
import type { MediaSource } from './inspection.ts';
import type { Problem } from './problem.ts';

export const KIND_OF_PARAM: Readonly<Record<MediaParam, MediaKind>> = {
  image_urls: 'image',
  mask_url: 'image',
  video_urls: 'video',
  audio_urls: 'audio',
};
export const MEDIA_PARAMS: readonly MediaParam[] = ['image_urls', 'mask_url', 'video_urls', 'audio_urls'];

/** What intake put in the store before admission; hashes only, so that no other key can be named by a client. */
const KEPT = /^sluice-file:(inputs\/[0-9a-f]{64})$/;

const NOT_A_URL: FetchFailure = { reason: 'bad_url', problem: 'not_a_url' };

export interface Reference {
  readonly param: MediaParam;
  readonly index: number;
  /** `image_urls[0]`, `mask_url`. */
  readonly path: string;
  readonly url: string;
  readonly limits: InputLimits;
}

/** The media the model takes; parameters it does not take are left unread, as `unknown_parameters: ignore` says. */
export function referencesOf(
  params: JsonObject,
  model: ModelDefinition,
): { references: Reference[]; problems: Problem[] } {
  const references: Reference[] = [];
  const problems: Problem[] = [];
  for (const param of MEDIA_PARAMS) {
    const limits = model.inputs[param];
    const value = params[param];
    if (!limits || value === undefined || value === null) continue;
    const isList = Array.isArray(value);
    const urls = isList ? value : [value];
    if (urls.length > limits.max) problems.push(tooMany(param, urls.length, limits.max));
    for (const [index, url] of urls.slice(0, limits.max).entries()) {
      const path = isList ? `${param}[${index}]` : param;
      if (typeof url === 'string') references.push({ param, index, path, url, limits });
      else problems.push(problemOfDownload(NOT_A_URL, path, KIND_OF_PARAM[param]));
    }
  }
  return { references, problems };
}

/** Bytes that can be looked at, and then kept or dropped. */
export interface Loaded {
  readonly source: MediaSource;
  readonly bytes: number;
  keep(key: string): Promise<StoredFile>;
  discard(): Promise<void>;
}

export type LoadOutcome =
  | { readonly kind: 'loaded'; readonly file: Loaded }
  /** A problem without its place: the same URL may be named twice. */
  | { readonly kind: 'problem'; readonly at: (reference: Reference) => Problem };

export async function load(
  url: string,
  maxBytes: number,
  world: { readonly files: FileStore; readonly fetcher: Fetcher; readonly signal: AbortSignal },
): Promise<LoadOutcome> {
  const { files, fetcher, signal } = world;
  if (/^\s*data:/i.test(url)) {
    const data = bytesOfDataUrl(url.trim());
    return data ? inMemory(data, files) : { kind: 'problem', at: brokenDataUrl };
  }
  const key = KEPT.exec(url)?.[1];
  if (key !== undefined) {
    const data = await files.read(key);
    if (!data) throw new Error(`The input ${key}, stored at admission, is no longer in the file store.`);
    return inMemory(data, files);
  }
  const fetched = await fetcher.fetchMedia(url, { maxBytes, signal, purpose: 'input' });
  if (fetched.kind === 'failed') {
    const at = ({ path, param }: Reference) => problemOfDownload(fetched.failure, path, KIND_OF_PARAM[param]);
    return { kind: 'problem', at };
  }
  const { path, bytes, discard } = fetched;
  return { kind: 'loaded', file: { source: path, bytes, keep: (to) => files.adopt(to, path), discard } };
}

function inMemory(data: Uint8Array, files: FileStore): LoadOutcome {
  return {
    kind: 'loaded',
    file: {
      source: data,
      bytes: data.byteLength,
      keep: (key) => files.put(key, data),
      discard: async () => {},
    },
  };
}

function brokenDataUrl({ path: param }: Reference): Problem {
  return {
    code: 'image_processing_error',
    subtype: 'corrupted',
    param,
    because: `${param} is a data URL that cannot be read.`,
    remedy: 'Send "data:<media type>;base64," followed by the whole file in base64.',
    details: { reason: 'bad_data_url' },
  };
}

function tooMany(param: MediaParam, actual: number, max: number): Problem {
  return {
    code: 'invalid_parameters',
    subtype: 'general',
    param,
    because: `${param} has ${actual} entries; this model takes at most ${max}.`,
    remedy: `Send at most ${max}.`,
    details: { max_items: max, actual_items: actual },
  };
}
