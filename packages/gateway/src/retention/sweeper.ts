/** Removes what has outlived its retention: final tasks with their results, inputs nobody came back for, late results, decisions. */
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { FileStore } from '../files/files.ts';
import { type Recurring, recurring } from '../recurring.ts';
import type { Store } from '../store/store.ts';

const EVERY_MS = 10 * 60_000;
const PAGE = 200;

/** What moderation decided may be asked about long after its task is gone. */
const DECISIONS_KEPT_MS = 30 * 24 * 3_600_000;

export interface SweeperDeps {
  readonly store: Store;
  readonly files: FileStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Final tasks and their results are kept this long after the end. */
  readonly tasksMs: number;
}

export interface Sweeper extends Recurring {
  /** One whole sweep; resolves to the number of tasks removed. */
  sweep(): Promise<number>;
}

export function startSweeper(deps: SweeperDeps): Sweeper {
  const { clock, log } = deps;
  const { stop } = recurring(
    { clock, everyMs: EVERY_MS },
    () => sweep(deps),
    (error) => log.error({ err: error }, 'the retention sweep failed; it comes again'),
  );
  return { sweep: () => sweep(deps), stop };
}

async function sweep({ store, files, clock, tasksMs }: SweeperDeps): Promise<number> {
  const now = clock.now();
  const before = now - tasksMs;
  let removed = 0;
  for (;;) {
    const tasks = await store.sweep(before, now, PAGE);
    for (const task of tasks) {
      for (const result of task.results) await files.remove(result.fileKey);
    }
    removed += tasks.length;
    if (tasks.length < PAGE) break;
  }
  // An unfinished task can be no older than its deadline, which is far shorter than the retention.
  for (const prefix of ['inputs/', 'late/']) {
    for await (const { key, modifiedAt } of files.list(prefix)) {
      if (modifiedAt < before) await files.remove(key);
    }
  }
  while ((await store.sweepDecisions(now - DECISIONS_KEPT_MS, PAGE)) === PAGE);
  return removed;
}
