/** What the three ways of uploading have in common once the bytes are here: a scratch file, and the names that came with it. */
import type { Readable } from 'node:stream';
import { badRequest, type Refused, refused } from './refusal.ts';
import type { ScratchFile } from './scratch.ts';

/** The file is the receiver's: `accept` takes it over or throws it away. */
export interface Received {
  readonly kind: 'received';
  readonly file: ScratchFile;
  readonly fields: ReadonlyMap<string, string>;
  /** The name that came along by itself: in the multipart part, or at the end of the URL; cleaned later, may be empty. */
  readonly givenName: string;
}

export interface Into {
  /** The folder for scratch files. */
  readonly folder: string;
  readonly maxBytes: number;
}

/** The names a client may give beside the file, in both spellings that clients use. */
export const NAME_FIELDS = ['upload_path', 'uploadPath', 'file_name', 'fileName'] as const;
export const MAX_FIELD = 4096;

export function tooLarge(maxBytes: number): Refused {
  return refused({ reason: 'too_large', maxBytes });
}

export function fieldTooLong(field: string): Refused {
  return badRequest(field, `\`${field}\` is longer than ${MAX_FIELD} characters.`, 'Give a shorter one.');
}

/** Unlike plain iteration this leaves the connection open when it stops early, so that a refusal can still be sent on it. */
export function chunksOf(body: Readable): AsyncIterable<Uint8Array> {
  return body.iterator({ destroyOnReturn: false });
}
