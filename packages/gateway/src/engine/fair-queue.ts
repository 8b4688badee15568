/**
 * A queue of queues: each account waits behind its own work only. `shift` takes from the accounts in turn, so an account with
 * ten thousand waiting tasks delays an account with one by at most one task.
 */
export class FairQueue<T> {
  /** Insertion order is turn order: an account that was served goes to the end. */
  readonly #lanes = new Map<string, Fifo<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(account: string, item: T): void {
    const lane = this.#lanes.get(account) ?? new Fifo();
    this.#lanes.set(account, lane);
    lane.push(item);
    this.#size++;
  }

  shift(): T | undefined {
    const first = this.#lanes.entries().next();
    if (first.done) return undefined;
    const [account, lane] = first.value;
    const item = lane.shift();
    this.#lanes.delete(account);
    if (lane.size > 0) this.#lanes.set(account, lane);
    this.#size--;
    return item;
  }

  /** Takes a waiting item out; false when it was not waiting. */
  remove(account: string, item: T): boolean {
    const lane = this.#lanes.get(account);
    if (!lane?.remove(item)) return false;
    if (lane.size === 0) this.#lanes.delete(account);
    this.#size--;
    return true;
  }
}

/** An array's own `shift` moves every element of a large array; this one moves a mark. */
class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head > 512 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  remove(item: T): boolean {
    const at = this.#items.indexOf(item, this.#head);
    if (at < 0) return false;
    this.#items.splice(at, 1);
    return true;
  }
}
