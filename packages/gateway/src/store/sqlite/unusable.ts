export type UnusableReason = 'locked' | 'newer_schema' | 'not_a_store' | 'corrupt' | 'unreachable';

/** A store that cannot be opened: why, and what the operator can do about it. */
export class StoreUnusable extends Error {
  override readonly name = 'StoreUnusable';
  readonly reason: UnusableReason;
  readonly path: string;
  readonly because: string;
  readonly remedy: string;

  constructor(path: string, reason: UnusableReason, because: string, remedy: string, cause?: unknown) {
    super(`The store ${path} cannot be opened: ${because}\n${remedy}`, { cause });
    this.reason = reason;
    this.path = path;
    this.because = because;
    this.remedy = remedy;
  }
}
