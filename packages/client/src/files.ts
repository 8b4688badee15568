/**
 * Uploaded files: inputs that have no address of their own.
 *
 *     const file = await sluice.files.upload({ path: 'heron.png' });
 *     await sluice.images.generate({ model: 'studio-image-1', prompt: 'the same at night', image_urls: [file.file_url] });
 */
import { TaskError } from '@sluice/errors';
import type { FileView } from '@sluice/protocol';
import { multipart } from './multipart.ts';
import type { Call, Content, Transport } from './transport.ts';

export type FileSource =
  /** A file of this machine (Node.js); streamed, never whole in memory. */
  | { readonly path: string }
  | { readonly bytes: Uint8Array | ArrayBuffer | Blob }
  /** Read once, so never sent again by itself. */
  | { readonly stream: AsyncIterable<Uint8Array> }
  /** Downloaded by the gateway. */
  | { readonly url: string };

export interface UploadOptions {
  /**
   * What to call it; without one, the name of the path, the end of the URL or the file's id. The same name in the same folder replaces
   * the older file, whose id and links end; so an upload with a name may be sent again after a lost answer, and is.
   */
  readonly name?: string;
  /** `images/2026`; the top without one. */
  readonly folder?: string;
  /** Bytes handed over so far, of a `path` or `stream`; begins anew where the upload does. */
  readonly onProgress?: (sentBytes: number) => void;
  readonly signal?: AbortSignal;
}

export interface FilePage {
  readonly total: number;
  readonly page: number;
  readonly page_size: number;
  readonly files: readonly FileView[];
}

export interface FileQuota {
  readonly used_files: number;
  readonly max_files: number;
  readonly remain_files: number;
}

/** The longest page the gateway gives. */
const PAGE = 100;

/** Every call rejects with `TaskError`. */
export class Files {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Rejects with `invalid_parameters` (`file_too_large`, `unsupported_format`), `quota_exceeded` (all places taken, or too many
   * uploads at once), `image_processing_error` (a `url` that cannot be downloaded).
   */
  async upload(source: FileSource, options: UploadOptions = {}): Promise<FileView> {
    const { name, folder, signal } = options;
    const common = { method: 'POST', ...(signal ? { signal } : {}) } as const;
    const names = {
      ...(name === undefined ? {} : { file_name: name }),
      ...(folder === undefined ? {} : { upload_path: folder }),
    };
    const repeatable = name !== undefined;
    if ('url' in source) {
      const body = { file_url: source.url, ...names };
      return this.#data({ ...common, path: '/api/v1/files/upload/url', body, repeatable });
    }
    return this.#data({
      ...common,
      path: '/api/v1/files/upload/stream',
      content: await contentOf(source, names, options),
      repeatable: repeatable && !('stream' in source),
    });
  }

  /** Newest first. `page` counts from 1; `pageSize` is at most 100. */
  list({
    page = 1,
    pageSize = 20,
  }: {
    readonly page?: number;
    readonly pageSize?: number;
  } = {}): Promise<FilePage> {
    return this.#get(`/api/v1/files/list?page=${page}&pageSize=${pageSize}`);
  }

  /** All of them, newest first, a page at a time. */
  async *all(): AsyncGenerator<FileView, void, undefined> {
    for (let page = 1; ; page++) {
      const { files, total } = await this.list({ page, pageSize: PAGE });
      yield* files;
      if (files.length === 0 || page * PAGE >= total) return;
    }
  }

  /** Rejects with `resource_not_found`. The gateway has no call for one file: it is looked for in the list. */
  async get(id: string): Promise<FileView> {
    for await (const file of this.all()) if (file.file_id === id) return file;
    throw new TaskError('resource_not_found', {
      because: 'The account has no file of this id: it never was, was deleted, or has expired.',
      details: { file_id: id },
    });
  }

  /** The newest file with exactly these bytes, so that they need not be uploaded again; null where there is none. */
  async findByHash(sha256: string): Promise<FileView | null> {
    for await (const file of this.all()) if (file.sha256 === sha256) return file;
    return null;
  }

  /** Its links end at once. Rejects with `resource_not_found`. Not repeated by itself: the second answer would differ. */
  async delete(id: string): Promise<void> {
    const path = `/api/v1/files/${encodeURIComponent(id)}`;
    await this.#data({ method: 'DELETE', path, repeatable: false });
  }

  quota(): Promise<FileQuota> {
    return this.#get('/api/v1/files/quota');
  }

  #get<T>(path: string): Promise<T> {
    return this.#data({ method: 'GET', path, repeatable: true });
  }

  async #data<T>(call: Call): Promise<T> {
    return (await this.#transport.json<{ data: T }>(call)).data;
  }
}

async function contentOf(
  source: Exclude<FileSource, { readonly url: string }>,
  names: Readonly<Record<string, string>>,
  { name, onProgress }: UploadOptions,
): Promise<() => Content> {
  if ('bytes' in source) {
    const { bytes } = source;
    const blob = bytes instanceof Blob ? bytes : new Blob([new Uint8Array(bytes)]);
    return () => {
      const body = new FormData();
      for (const [field, value] of Object.entries(names)) body.append(field, value);
      body.append('file', blob, name ?? '');
      return { body, type: null };
    };
  }
  if ('stream' in source) return () => multipart(source.stream, name ?? '', names, onProgress);
  const { openFile } = await import('./local-file.ts');
  const file = await openFile(source.path);
  return () => multipart(file.read(), file.name, names, onProgress);
}
