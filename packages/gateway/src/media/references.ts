/** Where the inputs of a task are named, and how their bytes are had. */
import { MEDIA_PARAMS } from '../catalog/compile.ts';
import type { InputLimits, MediaKind, MediaParam, ModelDefinition } from '../catalog/model.ts';
import type { FileStore, StoredFile } from '../files/files.ts';
import type { JsonObject } from '../json.ts';
import type { FetchFailure } from '../net/failure.ts';
import type { Fetcher } from '../net/fetcher.ts';
import { problemOfDownload } from './download-errors.ts';
import type { MediaSource } from './inspection.ts';
import type { Problem } from './problem.ts';

export const KIND_OF_PARAM: Readonly<Record<MediaParam, MediaKind>> = {
  image_urls: 'image',
  mask_url: 'image',
  video_urls: 'video',
  audio_urls: 'audio',
};

/** In stored parameters, what stands where inline media stood: this and the key in the file store. */
export const FILE_REFERENCE = 'sluice-file:';

/** What intake put in the store before admission; hashes only, so that no other key can be named by a client. */
const KEPT = new RegExp(`^${FILE_REFERENCE}(inputs/[0-9a-f]{64})$`);

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
      // Refused before, for what it says; its neighbours keep their places.
      if (url === null) continue;
      const path = isList ? `${param}[${index}]` : param;
      if (typeof url === 'string') references.push({ param, index, path, url, limits });
      else problems.push(problemOfDownload(NOT_A_URL, path));
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

export interface LoadFrom {
  readonly files: FileStore;
  readonly fetcher: Fetcher;
  readonly signal: AbortSignal;
  /** Inline media by their key that are not in the store, because nothing is to be kept of this request. */
  readonly unkept?: ReadonlyMap<string, Uint8Array>;
}

export async function load(url: string, maxBytes: number, from: LoadFrom): Promise<LoadOutcome> {
  const { files, fetcher, signal, unkept } = from;
  const key = KEPT.exec(url)?.[1];
  if (key !== undefined) {
    const data = unkept?.get(key) ?? (await files.read(key));
    if (!data) throw new Error(`The input ${key}, stored at admission, is no longer in the file store.`);
    return { kind: 'loaded', file: inMemory(data, files) };
  }
  const fetched = await fetcher.fetchMedia(url, { maxBytes, signal, purpose: 'input' });
  if (fetched.kind === 'failed') {
    return {
      kind: 'problem',
      at: ({ path, limits }) => problemOfDownload(fetched.failure, path, limits.maxBytes),
    };
  }
  const { path, bytes, discard } = fetched;
  return { kind: 'loaded', file: { source: path, bytes, keep: (to) => files.adopt(to, path), discard } };
}

export function inMemory(data: Uint8Array, files: Pick<FileStore, 'put'>): Loaded {
  return {
    source: data,
    bytes: data.byteLength,
    keep: (key) => files.put(key, data),
    discard: async () => {},
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
