/** The reading half of the store: a read-only connection of the main thread, and the caches before it. */
import { DatabaseSync } from 'node:sqlite';
import type { StoredDecision, StoredOverrule } from '../decisions.ts';
import type { AccountBalance, AttemptRecord, KeyRecord, TaskRecord } from '../records.ts';
import type { TaskLookup, TaskPage, TaskQuery } from '../store.ts';
import type { UploadPage, UploadRecord } from '../uploads.ts';
import { KeyCache, TaskCache } from './cache.ts';
import { readAttempt, readBalance, readKey, readTask } from './codec.ts';
import { bytes, integer, text } from './sql/columns.ts';
import { readDecision, readOverrule } from './sql/decisions.ts';
import { prepareReads } from './sql/read.ts';
import { readUpload } from './sql/uploads.ts';

const ABSENT: TaskLookup = Object.freeze({ kind: 'absent' });
const EXPIRED: TaskLookup = Object.freeze({ kind: 'expired' });

/** Keys are few; this bounds the memory of an installation that has very many. */
const CACHED_KEYS = 10_000;

export class Reads {
  readonly tasks: TaskCache;
  readonly keyCache = new KeyCache(CACHED_KEYS);
  readonly #db: DatabaseSync;
  readonly #sql: ReturnType<typeof prepareReads>;

  constructor(path: string, cachedTasks: number) {
    this.tasks = new TaskCache(cachedTasks);
    this.#db = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
    this.#db.exec('PRAGMA cache_size = -32768');
    this.#sql = prepareReads(this.#db);
  }

  close(): void {
    this.#db.close();
  }

  task(taskId: string): TaskRecord | null {
    return this.tasks.get(taskId) ?? this.load(taskId);
  }

  /** From the file, whatever the cache says. */
  load(taskId: string): TaskRecord | null {
    const row = this.#sql.task.first({ id: taskId });
    return row ? this.tasks.keep(readTask(row)) : null;
  }

  /** Several at once, in the order asked for, ids of no task left out: a third of the cost of asking one by one. */
  loadAll(taskIds: readonly string[]): TaskRecord[] {
    const found = new Map<string, TaskRecord>();
    for (const row of this.#sql.tasks.all({ ids: JSON.stringify(taskIds) })) {
      const task = this.tasks.keep(readTask(row));
      found.set(task.id, task);
    }
    return taskIds.map((id) => found.get(id)).filter((task) => task !== undefined);
  }

  /** From the cache where possible. */
  #several(taskIds: readonly string[]): TaskRecord[] {
    const found = new Map<string, TaskRecord>();
    const missing: string[] = [];
    for (const id of taskIds) {
      const known = this.tasks.get(id);
      if (known) found.set(id, known);
      else missing.push(id);
    }
    for (const task of this.loadAll(missing)) found.set(task.id, task);
    return taskIds.map((id) => found.get(id)).filter((task) => task !== undefined);
  }

  lookup(accountId: string, taskId: string): TaskLookup {
    const task = this.task(taskId);
    if (task) return task.accountId === accountId ? { kind: 'found', task } : ABSENT;
    return this.#sql.tombstone.first({ id: taskId, account: accountId }) ? EXPIRED : ABSENT;
  }

  tasksById(accountId: string, taskIds: readonly string[]): TaskRecord[] {
    return this.#several(taskIds).filter((task) => task.accountId === accountId);
  }

  list({ accountId, statuses, type, model, errorCode, offset, limit }: TaskQuery): TaskPage {
    const filter = {
      account: accountId,
      statuses: statuses && JSON.stringify(statuses),
      type,
      model,
      errorCode,
    };
    const total = this.#sql.total.first(filter);
    const page = this.#sql.page.all({ ...filter, offset, limit });
    return {
      tasks: this.#several(page.map((row) => text(row, 'id'))),
      total: total ? integer(total, 'total') : 0,
    };
  }

  finishedBefore(before: number, limit: number): TaskRecord[] {
    const rows = this.#sql.finishedBefore.all({ before, limit });
    return this.#several(rows.map((row) => text(row, 'id')));
  }

  attempts(taskId: string): AttemptRecord[] {
    return this.#sql.attempts.all({ id: taskId }).map((row) => readAttempt(taskId, row));
  }

  unclassified(limit: number): AttemptRecord[] {
    return this.#sql.unclassified.all({ limit }).map((row) => readAttempt(text(row, 'task_id'), row));
  }

  leftBehind(since: number, limit: number): AttemptRecord[] {
    return this.#sql.leftBehind.all({ since, limit }).map((row) => readAttempt(text(row, 'task_id'), row));
  }

  unfinished(): { pending: number; processing: number } {
    const counts = { pending: 0, processing: 0 };
    for (const row of this.#sql.counts.all({})) {
      if (row.status === 'pending') counts.pending = integer(row, 'count');
      if (row.status === 'processing') counts.processing = integer(row, 'count');
    }
    return counts;
  }

  balance(accountId: string): AccountBalance | null {
    const row = this.#sql.balance.first({ id: accountId });
    return row ? readBalance(row) : null;
  }

  keyByHash(hash: string): KeyRecord | null {
    const known = this.keyCache.get(hash);
    if (known) return known;
    const row = this.#sql.keyByHash.first({ hash });
    return row ? this.keyCache.keep(hash, readKey(row)) : null;
  }

  keys(accountId: string): KeyRecord[] {
    return this.#sql.keys.all({ account: accountId }).map(readKey);
  }

  upload(id: string, now: number): UploadRecord | null {
    const row = this.#sql.upload.first({ id, now });
    return row ? readUpload(row) : null;
  }

  uploads(account: string, now: number, offset: number, limit: number): UploadPage {
    const total = this.#sql.uploadsTotal.first({ account, now });
    return {
      uploads: this.#sql.uploads.all({ account, now, offset, limit }).map(readUpload),
      total: total ? integer(total, 'total') : 0,
    };
  }

  decision(id: string): StoredDecision | null {
    const row = this.#sql.decision.first({ id });
    return row ? readDecision(row) : null;
  }

  decisions(limit: number): StoredDecision[] {
    return this.#sql.decisions.all({ limit }).map(readDecision);
  }

  overrulesOfKey(id: string): StoredOverrule[] {
    return this.#sql.overrulesOfKey.all({ id }).map(readOverrule);
  }

  overrulesOfDecision(id: string): StoredOverrule[] {
    return this.#sql.overrulesOfDecision.all({ id }).map(readOverrule);
  }

  secret(name: string): Uint8Array | null {
    const row = this.#sql.secret.first({ name });
    return row ? bytes(row, 'value') : null;
  }
}
