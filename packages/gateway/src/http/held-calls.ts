/** Calls that are kept open on purpose: event streams, and answers that wait for a task. Closing the server ends them all. */
export class HeldCalls {
  readonly #ends = new Set<() => void>();
  #closed = false;

  /** `end` is called at most once, when the server closes; the returned function takes it back. */
  add(end: () => void): () => void {
    if (this.#closed) {
      end();
      return () => {};
    }
    this.#ends.add(end);
    return () => void this.#ends.delete(end);
  }

  endAll(): void {
    this.#closed = true;
    for (const end of [...this.#ends]) end();
    this.#ends.clear();
  }

  get size(): number {
    return this.#ends.size;
  }
}
