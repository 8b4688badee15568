/**
 * The file store in a folder of this machine. Read this after files.ts.
 *
 * A write goes to a temporary name in `.incoming`, is flushed, then renamed into place, and the folder is flushed too: a reader
 * sees the old file or the new one, and a power cut after `put` resolved loses nothing. `.incoming` can never be a key.
 */
import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import {
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  open,
  opendir,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  unlink,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { ByteRange, FileStore, StoredFile } from './files.ts';
import { isKey, pathOfKey, pathOfPrefix } from './keys.ts';

const INCOMING = '.incoming';
const LEFTOVER_MS = 24 * 3600_000;

/** Where a download may be written so that adopting it is a rename; what a crash leaves there goes with the other leftovers. */
export function scratchFolderOf(root: string): string {
  return join(resolve(root), INCOMING);
}

export interface LocalFilesOptions {
  /** Milliseconds since 1970; decides which leftovers of dead processes are old enough to go. */
  readonly now?: () => number;
  /** How a file is moved; `EXDEV` from it means "other device" and leads to a copy. */
  readonly move?: (from: string, to: string) => Promise<void>;
}

/** Opens (and creates) the folder `root`. */
export async function openLocalFiles(root: string, options: LocalFilesOptions = {}): Promise<FileStore> {
  const base = resolve(root);
  const incoming = scratchFolderOf(base);
  await mkdir(incoming, { recursive: true });
  await removeLeftovers(incoming, (options.now ?? Date.now)() - LEFTOVER_MS);
  return new LocalFiles(base, await mkdtemp(join(incoming, 'p-')), options.move ?? rename);
}

class LocalFiles implements FileStore {
  readonly #root: string;
  /** Of this process alone, so that a counter is enough for names. */
  readonly #incoming: string;
  readonly #move: (from: string, to: string) => Promise<void>;
  #counter = 0;

  constructor(root: string, incoming: string, move: (from: string, to: string) => Promise<void>) {
    this.#root = root;
    this.#incoming = incoming;
    this.#move = move;
  }

  async put(key: string, data: Uint8Array): Promise<StoredFile> {
    const target = pathOfKey(this.#root, key);
    const temporary = this.#temporaryName();
    try {
      const file = await open(temporary, 'wx');
      try {
        await file.writeFile(data);
        await file.sync();
      } finally {
        await file.close();
      }
      await this.#place(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    return { key, bytes: data.byteLength, sha256: createHash('sha256').update(data).digest('hex') };
  }

  async adopt(key: string, path: string): Promise<StoredFile> {
    const target = pathOfKey(this.#root, key);
    if (!(await lstat(path)).isFile()) throw new Error('Only a regular file can be taken over.');
    // Hashed and flushed where it lies: until the one rename that puts it under its key, a crash leaves the original as it was.
    const { bytes, sha256 } = await hashAndSync(path);
    try {
      await this.#place(path, target, this.#move);
    } catch (error) {
      if (codeOf(error) !== 'EXDEV') throw error;
      await this.#copyIn(path, target);
    }
    return { key, bytes, sha256 };
  }

  async read(key: string): Promise<Uint8Array | null> {
    return absentIsNull(readFile(pathOfKey(this.#root, key)));
  }

  async stat(key: string): Promise<{ readonly bytes: number; readonly modifiedAt: number } | null> {
    const found = await absentIsNull(stat(pathOfKey(this.#root, key)));
    return found?.isFile() ? { bytes: found.size, modifiedAt: found.mtimeMs } : null;
  }

  async open(key: string, range?: ByteRange): Promise<Readable | null> {
    const file = await absentIsNull(open(pathOfKey(this.#root, key), constants.O_RDONLY));
    if (!file) return null;
    if (!(await file.stat()).isFile()) {
      await file.close();
      return null;
    }
    return file.createReadStream(range ? { start: range.start, end: range.end } : {});
  }

  async remove(key: string): Promise<void> {
    const path = pathOfKey(this.#root, key);
    await absentIsNull(unlink(path));
    await this.#removeEmptyFolders(dirname(path));
  }

  async *list(prefix: string): AsyncIterable<{ readonly key: string; readonly modifiedAt: number }> {
    const folder = await absentIsNull(opendir(pathOfPrefix(this.#root, prefix)));
    if (!folder) return;
    for await (const entry of folder) {
      const key = `${prefix}${entry.name}`;
      if (!isKey(key)) continue;
      if (entry.isDirectory()) yield* this.list(`${key}/`);
      else if (entry.isFile()) {
        const found = await this.stat(key);
        if (found) yield { key, modifiedAt: found.modifiedAt };
      }
    }
  }

  #temporaryName(): string {
    return join(this.#incoming, String(this.#counter++));
  }

  /** From another device. The original goes only when the copy is durable under its key. */
  async #copyIn(path: string, target: string): Promise<void> {
    const temporary = this.#temporaryName();
    try {
      await copyFile(path, temporary, constants.COPYFILE_EXCL);
      await hashAndSync(temporary);
      await this.#place(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await rm(path, { force: true });
  }

  /** `remove` may take an emptied folder away between our `mkdir` and our `rename`; then it is made again. */
  async #place(
    from: string,
    target: string,
    move: (from: string, to: string) => Promise<void> = rename,
  ): Promise<void> {
    const folder = dirname(target);
    for (let attempt = 1; ; attempt++) {
      await this.#makeFolder(folder);
      try {
        await move(from, target);
        await syncFolder(folder);
        return;
      } catch (error) {
        if (codeOf(error) !== 'ENOENT' || attempt === 5) throw error;
      }
    }
  }

  /** A new folder is durable only once its parent was flushed. */
  async #makeFolder(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true });
    if (first === undefined) return;
    for (let at = folder; ; at = dirname(at)) {
      await syncFolder(dirname(at));
      if (at === first || at === this.#root) return;
    }
  }

  async #removeEmptyFolders(folder: string): Promise<void> {
    for (let at = folder; at.length > this.#root.length; at = dirname(at)) {
      try {
        await rmdir(at);
      } catch {
        return; // Not empty, or somebody else was quicker.
      }
    }
  }
}

async function hashAndSync(path: string): Promise<{ bytes: number; sha256: string }> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function syncFolder(folder: string): Promise<void> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(folder, constants.O_RDONLY);
  } catch (error) {
    // Windows cannot open a folder; there the rename itself is journaled.
    if (codeOf(error) === 'EPERM' || codeOf(error) === 'EISDIR') return;
    throw error;
  }
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What a process that died in the middle of a write left behind. */
async function removeLeftovers(incoming: string, before: number): Promise<void> {
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name);
    const found = await absentIsNull(stat(path));
    if (found && found.mtimeMs < before) await rm(path, { recursive: true, force: true });
  }
}

async function absentIsNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    const code = codeOf(error);
    // ENOTDIR and EISDIR: a key used as a folder (`a` and `a/b`) names no file.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return null;
    throw error;
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
