/** The port for bytes: results, and inputs between acceptance and the end of their task. Keys are `/`-separated, lower-case, no `..`. */
import type { Readable } from 'node:stream';

export interface StoredFile {
  readonly key: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

export interface ByteRange {
  /** First byte, inclusive. */
  readonly start: number;
  /** Last byte, inclusive. */
  readonly end: number;
}

export interface FileStore {
  /** Durable when it resolves; the same key is replaced whole, never seen half. */
  put(key: string, data: Uint8Array): Promise<StoredFile>;
  /** Takes over a file of this machine (moved or copied). Durable when it resolves. */
  adopt(key: string, path: string): Promise<StoredFile>;
  read(key: string): Promise<Uint8Array | null>;
  stat(key: string): Promise<{ readonly bytes: number; readonly modifiedAt: number } | null>;
  /** Null where there is no such file. */
  open(key: string, range?: ByteRange): Promise<Readable | null>;
  /** Absent is fine. */
  remove(key: string): Promise<void>;
  /** Keys under a prefix that ends in `/`, with their ages; for sweeps. */
  list(prefix: string): AsyncIterable<{ readonly key: string; readonly modifiedAt: number }>;
}
