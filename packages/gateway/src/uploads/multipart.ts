/** `multipart/form-data` as it arrives: the part `file` goes to disk, short texts beside it are kept. */
import type { Readable } from 'node:stream';
import { Busboy, type BusboyInstance } from '@fastify/busboy';
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
import { type ScratchFile, saveChunks } from './scratch.ts';

const LIMITS = {
  fieldNameSize: 100,
  fieldSize: MAX_FIELD,
  fields: 50,
  parts: 60,
  headerPairs: 50,
  headerSize: 16_384,
};

const HOW = 'Send the body as multipart/form-data with the file in the part `file`.';

/** Rejects only where the disk fails. */
export async function readMultipart(
  body: Readable,
  contentType: string,
  into: Into,
): Promise<Received | Refused> {
  const parser = parserFor(contentType);
  if (!parser) return badRequest(null, 'The Content-Type is not multipart/form-data with a boundary.', HOW);
  const form = new Form(parser, into);
  try {
    for await (const chunk of chunksOf(body)) {
      if (!form.stopped && !parser.write(chunk)) await form.drained();
      if (form.stopped) break;
    }
    if (!form.stopped) await form.end();
  } catch {
    form.refuse(refused({ reason: 'interrupted' }));
  }
  return form.outcome();
}

function parserFor(contentType: string): BusboyInstance | null {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      limits: LIMITS,
      isPartAFile: (name, type, fileName) =>
        name === 'file' || fileName !== undefined || type === 'application/octet-stream',
    });
  } catch {
    return null;
  }
}

/** What has arrived so far. The parser calls, one after the other; whatever is wrong first stops everything. */
class Form {
  readonly #parser: BusboyInstance;
  readonly #into: Into;
  readonly #fields = new Map<string, string>();
  readonly #stop = Promise.withResolvers<void>();
  #refusal: Refused | null = null;
  /** The disk's, not the client's. */
  #failure: unknown = null;
  #part: {
    readonly stream: Readable;
    readonly name: string;
    readonly saved: Promise<ScratchFile | null>;
  } | null = null;
  #otherPart: string | null = null;
  stopped = false;

  constructor(parser: BusboyInstance, into: Into) {
    this.#parser = parser;
    this.#into = into;
    const malformed = () =>
      this.refuse(badRequest(null, 'The multipart body is broken, or ends too early.', HOW));
    parser.on('error', malformed);
    parser.on('partsLimit', () =>
      this.refuse(badRequest(null, 'The multipart body has too many parts.', HOW)),
    );
    parser.on('field', (name, value, _nameTruncated, truncated) => {
      if (!NAME_FIELDS.some((known) => known === name)) return;
      if (truncated) this.refuse(fieldTooLong(name));
      else this.#fields.set(name, value);
    });
    parser.on('file', (name, stream, fileName) => {
      stream.on('error', malformed);
      if (name === 'file' && this.#part === null) {
        this.#part = { stream, name: fileName ?? '', saved: this.#save(stream) };
        return;
      }
      stream.resume();
      if (name === 'file') {
        this.refuse(
          badRequest('file', 'There are several parts named `file`.', 'Upload one file with each call.'),
        );
      } else this.#otherPart = name ?? '';
    });
  }

  refuse(refusal: Refused): void {
    this.#refusal ??= refusal;
    this.#halt();
  }

  /** Resolves when the parser takes more, or when everything has stopped. */
  async drained(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#parser.once('drain', resolve);
    await Promise.race([promise, this.#stop.promise]);
  }

  async end(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#parser.once('finish', resolve);
    this.#parser.end();
    await Promise.race([promise, this.#stop.promise]);
  }

  /** Leaves no file behind unless it is handed over. */
  async outcome(): Promise<Received | Refused> {
    const part = this.#part;
    if (this.stopped) part?.stream.destroy();
    const file = (await part?.saved) ?? null;
    if (this.stopped || !part || !file) {
      await file?.discard();
      if (this.#failure !== null) throw this.#failure;
      return this.#refusal ?? this.#nothing();
    }
    return { kind: 'received', file, fields: this.#fields, givenName: part.name };
  }

  /** Never rejects: the failure is kept until it can be thrown. */
  async #save(stream: Readable): Promise<ScratchFile | null> {
    try {
      const file = await saveChunks(chunksOf(stream), this.#into);
      if (!file) this.refuse(tooLarge(this.#into.maxBytes));
      return file;
    } catch (error) {
      if (!this.stopped) this.#failure = error;
      this.#halt();
      return null;
    }
  }

  #halt(): void {
    this.stopped = true;
    this.#stop.resolve();
  }

  #nothing(): Refused {
    const instead =
      this.#otherPart === null ? '' : ` There is one named ${JSON.stringify(this.#otherPart.slice(0, 40))}.`;
    return badRequest('file', `The body has no part named \`file\`.${instead}`, HOW);
  }
}
