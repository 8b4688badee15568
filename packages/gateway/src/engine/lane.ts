import { FairQueue } from './fair-queue.ts';

/** At most `width` items at work; the rest wait in turn by account. `work` never rejects. */
export class Lane<T> {
  readonly #width: number;
  readonly #work: (item: T) => Promise<void>;
  readonly #queue = new FairQueue<T>();
  #running = 0;
  #closed = false;
  #filling = false;

  constructor(width: number, work: (item: T) => Promise<void>) {
    this.#width = width;
    this.#work = work;
  }

  get waiting(): number {
    return this.#queue.size;
  }

  push(account: string, item: T): void {
    this.#queue.push(account, item);
    this.#fill();
  }

  remove(account: string, item: T): void {
    this.#queue.remove(account, item);
  }

  /** What waits is not begun any more; what runs goes on. */
  close(): void {
    this.#closed = true;
  }

  /** One start in each turn of the event loop: a crowd of waiting tasks never keeps requests from being answered. */
  #fill(): void {
    if (this.#filling) return;
    this.#filling = true;
    setImmediate(() => {
      this.#filling = false;
      if (this.#closed || this.#running >= this.#width) return;
      const item = this.#queue.shift();
      if (item === undefined) return;
      this.#running++;
      void this.#work(item).finally(() => {
        this.#running--;
        this.#fill();
      });
      if (this.#queue.size > 0) this.#fill();
    });
  }
}
