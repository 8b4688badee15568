/**
 * Records the main thread keeps at hand, so that the hottest reads touch no disk and an unchanged row is the same object every
 * time. Correct because this process is the only writer: the store tells the cache of each change, in the order of the commits.
 */
import type { KeyRecord, TaskRecord } from '../records.ts';

/**
 * A bounded map in two generations: what was read since the last turn, and what was read before it. When the young one is full,
 * it becomes the old one, and what nobody read in a whole turn is gone. Cheaper than exact recency, and as good here.
 */
class Generations<V> {
  readonly #size: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  constructor(size: number) {
    this.#size = size;
  }

  get(key: string): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: V): void {
    if (this.#young.size >= this.#size) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  deleteWhere(matches: (value: V) => boolean): void {
    for (const generation of [this.#young, this.#old]) {
      for (const [key, value] of generation) if (matches(value)) generation.delete(key);
    }
  }
}

export class TaskCache {
  readonly #tasks: Generations<TaskRecord>;

  /** Between `size` and twice `size` tasks are kept. */
  constructor(size: number) {
    this.#tasks = new Generations(size);
  }

  get(taskId: string): TaskRecord | undefined {
    return this.#tasks.get(taskId);
  }

  /**
   * Takes in a record read from the file or written to it, and gives the one to hand out: the object already known where both are
   * the same state. A record older than the known one is handed out but not kept: the file may be read before the answer to the
   * write that made it newer has arrived.
   */
  keep(task: TaskRecord): TaskRecord {
    const known = this.#tasks.get(task.id);
    if (known && known.version > task.version) return task;
    if (known && known.version === task.version) {
      const sameWish = known.cancelRequestedAt === task.cancelRequestedAt || task.cancelRequestedAt === null;
      if (sameWish) return known;
    }
    this.#tasks.set(task.id, task);
    return task;
  }

  forget(taskId: string): void {
    this.#tasks.delete(taskId);
  }

  forgetOwnedBy(node: string): void {
    this.#tasks.deleteWhere((task) => task.owner === node);
  }
}

/** Keys by the hash of their secret. Each admission changes a key's counters: then it is forgotten, and read again when asked for. */
export class KeyCache {
  readonly #byHash: Generations<KeyRecord>;
  readonly #hashes: Generations<string>;

  constructor(size: number) {
    this.#byHash = new Generations(size);
    this.#hashes = new Generations(size);
  }

  get(hash: string): KeyRecord | undefined {
    return this.#byHash.get(hash);
  }

  keep(hash: string, key: KeyRecord): KeyRecord {
    this.#byHash.set(hash, key);
    this.#hashes.set(key.id, hash);
    return key;
  }

  forget(keyId: string): void {
    const hash = this.#hashes.get(keyId);
    if (hash !== undefined) this.#byHash.delete(hash);
  }
}
