/** A file of this machine; loaded only where one is uploaded, so that the client runs in browsers too. */
import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { basename } from 'node:path';

export interface LocalFile {
  readonly name: string;
  /** From its beginning, each time. */
  read(): AsyncIterable<Uint8Array>;
}

/** Rejects as Node.js does where there is no such file, or it may not be read. */
export async function openFile(path: string): Promise<LocalFile> {
  await access(path, constants.R_OK);
  return { name: basename(path), read: () => createReadStream(path) };
}
