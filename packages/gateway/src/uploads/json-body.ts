/** The two JSON ways: `base64_data`, decoded to disk as it arrives, and `file_url`, which the guarded caller downloads. */
import type { Readable } from 'node:stream';
import { problemOfDownload } from '../media/download-errors.ts';
import type { Fetcher } from '../net/fetcher.ts';
import { Base64Reader, NotBase64 } from './base64.ts';
import { NotFlatJson, type Piece, readFlatJson } from './flat-json.ts';
import { nameInUrl } from './names.ts';
import {
  chunksOf,
  fieldTooLong,
  type Into,
  MAX_FIELD,
  NAME_FIELDS,
  type Received,
  tooLarge,
} from './received.ts';
import { badRequest, type Refused, refused } from './refusal.ts';
import { saveChunks } from './scratch.ts';

/** Of a download link; some signed ones are long. */
const MAX_URL = 8192;

/** Rejects only where the disk fails. */
export async function readBase64(body: Readable, into: Into): Promise<Received | Refused> {
  const source = new PieceSource(body);
  const fields = new Map<string, string>();
  let seen = false;

  async function* bytes(): AsyncGenerator<Uint8Array> {
    const reader = new Base64Reader();
    for await (const piece of source.pieces()) {
      if (piece.kind === 'text' && piece.name === 'base64_data') {
        seen = true;
        yield reader.take(piece.text);
      } else keepField(piece, fields, NAME_FIELDS, MAX_FIELD, 'base64_data');
    }
    if (seen) yield reader.finish();
  }

  const file = await source.guard(() => saveChunks(bytes(), into));
  if (file !== null && file.kind === 'refused') return file;
  if (file === null) return tooLarge(into.maxBytes);
  if (seen) return { kind: 'received', file: file.value, fields, givenName: '' };
  await file.value.discard();
  return badRequest(
    'base64_data',
    '`base64_data` is missing.',
    'Send the file in base64, bare or as a data: URL.',
  );
}

/** Rejects only where the disk fails, or when `signal` aborts. */
export async function readUrl(
  body: Readable,
  into: Into,
  fetcher: Fetcher,
  signal: AbortSignal,
): Promise<Received | Refused> {
  const source = new PieceSource(body);
  const fields = new Map<string, string>();
  const read = await source.guard(async () => {
    for await (const piece of source.pieces()) {
      keepField(piece, fields, ['file_url', ...NAME_FIELDS], MAX_URL, 'file_url');
    }
  });
  if (read?.kind === 'refused') return read;
  const url = fields.get('file_url');
  if (url === undefined || url === '')
    return badRequest('file_url', '`file_url` is missing.', 'Give the https: URL of the file.');

  const fetched = await fetcher.fetchMedia(url, { maxBytes: into.maxBytes, signal, purpose: 'input' });
  if (fetched.kind === 'fetched')
    return { kind: 'received', file: fetched, fields, givenName: nameInUrl(url) };
  if (fetched.failure.reason === 'too_large') return tooLarge(fetched.failure.maxBytes);
  const { because, remedy } = problemOfDownload(fetched.failure, 'file_url');
  return refused({ reason: 'download_failed', because, remedy: remedy ?? null });
}

function keepField(
  piece: Piece,
  fields: Map<string, string>,
  known: readonly string[],
  maxChars: number,
  required: string,
): void {
  const { name } = piece;
  if (piece.kind === 'other') {
    if (name === required || (known.includes(name) && !piece.isNull))
      throw new Wrong(badRequest(name, `\`${name}\` is not a text.`, 'Send it as a JSON string.'));
    return;
  }
  if (!known.includes(name)) return;
  const value = (fields.get(name) ?? '') + piece.text;
  if (value.length > maxChars) throw new Wrong(fieldTooLong(name));
  fields.set(name, value);
}

/** Carries a refusal through the iterators. */
class Wrong extends Error {
  readonly refusal: Refused;
  constructor(refusal: Refused) {
    super('refused');
    this.refusal = refusal;
  }
}

class ConnectionLost extends Error {}

/** Pieces of a JSON body; `guard` tells what is wrong with it from a disk that fails. */
class PieceSource {
  readonly #body: Readable;

  constructor(body: Readable) {
    this.#body = body;
  }

  pieces(): AsyncGenerator<Piece> {
    return readFlatJson(this.#chunks());
  }

  async guard<T>(
    work: () => Promise<T>,
  ): Promise<Refused | { readonly kind: 'done'; readonly value: NonNullable<T> } | null> {
    try {
      const value = await work();
      return value === null || value === undefined ? null : { kind: 'done', value };
    } catch (error) {
      if (error instanceof Wrong) return error.refusal;
      if (error instanceof ConnectionLost) return refused({ reason: 'interrupted' });
      if (error instanceof NotBase64)
        return badRequest(
          'base64_data',
          `\`base64_data\` ${error.message}.`,
          'Send the whole file in base64, with its padding.',
        );
      if (error instanceof NotFlatJson)
        return badRequest(null, `The body ${error.message}.`, 'Send a JSON object of texts.');
      throw error;
    }
  }

  async *#chunks(): AsyncGenerator<Uint8Array> {
    const chunks = chunksOf(this.#body)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await chunks.next().catch(() => {
          throw new ConnectionLost();
        });
        if (next.done) return;
        yield next.value;
      }
    } finally {
      // Lets go of the body, which somebody else may then read to its end.
      await chunks.return?.();
    }
  }
}
