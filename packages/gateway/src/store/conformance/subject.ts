import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Store } from '../store.ts';

/** One empty store under test. */
export interface Subject {
  readonly store: Store;
  /** Closes the present store and opens the same data again. */
  reopen(): Promise<Store>;
  /**
   * Closes the present store, lets another process write the same data without a pause (`writeForever` of crash.ts), kills it
   * with SIGKILL once it has printed `afterLines` lines, and gives the lines it printed by then. The test then calls `reopen`.
   */
  crash(afterLines: number): Promise<readonly string[]>;
  /** Closes whatever is open and removes the data. */
  dispose(): Promise<void>;
}

export type OpenSubject = () => Promise<Subject>;

/** A test with an empty store of its own. */
export function storeTest(
  name: string,
  open: OpenSubject,
  body: (store: Store, subject: Subject) => Promise<void>,
): void {
  test(name, async () => {
    const subject = await open();
    try {
      await body(subject.store, subject);
    } finally {
      await subject.dispose();
    }
  });
}

/** Tests of one `describe` that keep to accounts of their own and so can share one store, which is quicker. */
export function sharedStore(
  open: OpenSubject,
): (name: string, body: (store: Store) => Promise<void>) => void {
  let subject: Subject | undefined;
  before(async () => {
    subject = await open();
  });
  after(() => subject?.dispose());
  return (name, body) => {
    test(name, async () => {
      assert(subject);
      await body(subject.store);
    });
  };
}
