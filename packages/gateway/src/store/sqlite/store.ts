/**
 * The embedded engine of the store's port, on `node:sqlite`. Read this first.
 *
 *   writes:  store.ts -> writer.ts ==message==> writer-worker.ts -> sql/<verb>.ts     (one transaction and one fsync a group)
 *   reads:   store.ts -> reads.ts -> cache.ts | sql/read.ts                           (main thread, microseconds)
 *
 * The next record of a task is computed here, by `transition.ts`, from the record the caller's fence names. The writer checks
 * the fence inside the transaction: a row of that version and lease IS that record (every change grows the version; a cancel
 * wish does not, and so comes back with the answer). So a commit reads nothing back, and what is handed out is what is on disk.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { TaskError } from '@sluice/errors';
import type { TaskRecord, TaskStatus } from '../records.ts';
import type { Admission, AdmissionOutcome, CommitOutcome, Fence, Store, TaskChange } from '../store.ts';
import { admitted, changed, frozen } from '../transition.ts';
import { admitCommand, attemptWrite, errorColumns, taskWrite } from './codec.ts';
import type { Command, Results } from './commands.ts';
import { type FileLock, lockFile } from './lock.ts';
import { Reads } from './reads.ts';
import { StoreUnusable } from './unusable.ts';
import { startWriter, type Writer } from './writer.ts';

export { StoreUnusable };

export interface SqliteOptions {
  /** The database file; its folder is made where it is missing. `-wal`, `-shm` and `.lock` files lie beside it. */
  readonly path: string;
  /** The file never grows beyond this; a write that would make it is refused as if the disk were full. */
  readonly maxBytes?: number;
  /** Task records kept in memory; up to twice as many for a while. */
  readonly cachedTasks?: number;
  /** Told when the store can take no more writes until it is opened again. */
  readonly log?: { error(fields: { because: string }, message: string): void };
  readonly randomBytes?: (size: number) => Uint8Array;
}

/** The port, and what only this engine can tell. */
export interface SqliteStore extends Store {
  /** Transactions so far, and the writes in them. */
  readonly groups: Writer['groups'];
}

/** @throws StoreUnusable naming the file, the reason and the remedy. */
export async function openSqliteStore(options: SqliteOptions): Promise<SqliteStore> {
  const { path, maxBytes = null, cachedTasks = 10_000, log } = options;
  makeFolder(path);
  const lock = lockFile(path);
  let writer: Writer | null = null;
  try {
    writer = await startWriter({ path, maxBytes }, (because) => {
      log?.error({ because }, 'The store takes no more writes until the gateway is started again.');
    });
    return new Engine(lock, writer, new Reads(path, cachedTasks), options.randomBytes ?? randomBytes);
  } catch (error) {
    await writer?.end();
    lock.release();
    throw error;
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    const because = `its folder cannot be made (${error instanceof Error ? error.message : error}).`;
    throw new StoreUnusable(
      path,
      'unreachable',
      because,
      'Choose a path in which this user may write.',
      error,
    );
  }
}

const FENCED: CommitOutcome = Object.freeze({ kind: 'fenced' });

class Engine implements SqliteStore {
  readonly #lock: FileLock;
  readonly #writer: Writer;
  readonly #reads: Reads;
  readonly #randomBytes: (size: number) => Uint8Array;
  readonly #unfinished: { pending: number; processing: number };
  #closed: Promise<void> | null = null;

  constructor(lock: FileLock, writer: Writer, reads: Reads, random: (size: number) => Uint8Array) {
    this.#lock = lock;
    this.#writer = writer;
    this.#reads = reads;
    this.#randomBytes = random;
    this.#unfinished = reads.unfinished();
  }

  get groups(): Writer['groups'] {
    return this.#writer.groups;
  }

  async admit(admission: Admission): Promise<AdmissionOutcome> {
    const task = admitted(admission);
    const command = admitCommand(task, admission);
    return this.#writer.send(command, (result) => {
      switch (result.kind) {
        case 'created':
          this.#reads.keyCache.forget(task.keyId);
          this.#count(null, task.status);
          return { kind: 'created', task: this.#reads.tasks.keep(task) };
        case 'replayed':
          return { kind: 'replayed', task: this.#expect(result.taskId) };
        case 'conflict':
        case 'insufficient_credits':
          return result;
        default: {
          const never: never = result;
          return never;
        }
      }
    });
  }

  async commit(fence: Fence, change: TaskChange): Promise<CommitOutcome> {
    const known = this.#reads.task(fence.taskId);
    const task = known && known.version < fence.version ? this.#reads.load(fence.taskId) : known;
    // Versions only grow and leases change hands only with a new version: a fence that does not hold now never will.
    if (!task || task.version !== fence.version || task.owner !== fence.owner) return FENCED;
    const next = changed(task, change);
    if (next === task) return { kind: 'committed', task };

    const { taskId, owner, version } = fence;
    const command = {
      kind: 'commit' as const,
      fence: { taskId, owner, version },
      write: taskWrite(change, next),
      attempt: attemptWrite(change),
    };
    return this.#writer.send(command, (result) => {
      if (result.kind === 'fenced') return FENCED;
      if (next.step === 'done') this.#reads.keyCache.forget(next.keyId);
      this.#count(task.status, next.status);
      const { cancelRequestedAt } = result;
      const written =
        cancelRequestedAt === next.cancelRequestedAt ? next : frozen({ ...next, cancelRequestedAt });
      return { kind: 'committed', task: this.#reads.tasks.keep(written) };
    });
  }

  requestCancel: Store['requestCancel'] = async (accountId, taskId, error, at) => {
    const command = { kind: 'cancel' as const, accountId, taskId, at, ...errorColumns(error) };
    return this.#writer.send(command, (kind) => {
      if (kind === 'absent') return { kind };
      if (kind !== 'final') this.#reads.tasks.forget(taskId);
      const task = this.#expect(taskId);
      if (kind === 'cancelled') {
        this.#count('pending', 'failed');
        this.#reads.keyCache.forget(task.keyId);
      }
      return { kind, task };
    });
  };

  async heartbeat(node: string, aliveUntil: number): Promise<void> {
    await this.#write({ kind: 'heartbeat', node, aliveUntil });
  }

  async takeOver(node: string, now: number, limit: number): Promise<readonly TaskRecord[]> {
    const command = { kind: 'take_over' as const, node, now, limit };
    return this.#writer.send(command, (ids) => this.#reads.loadAll(ids));
  }

  async retire(node: string): Promise<void> {
    await this.#writer.send({ kind: 'retire', node }, () => this.#reads.tasks.forgetOwnedBy(node));
  }

  async task(taskId: string): Promise<TaskRecord | null> {
    return this.#reads.task(taskId);
  }

  lookup: Store['lookup'] = async (accountId, taskId) => this.#reads.lookup(accountId, taskId);

  tasksById: Store['tasksById'] = async (accountId, taskIds) => this.#reads.tasksById(accountId, taskIds);

  list: Store['list'] = async (query) => this.#reads.list(query);

  attempts: Store['attempts'] = async (taskId) => this.#reads.attempts(taskId);

  unclassified: Store['unclassified'] = async (limit) => this.#reads.unclassified(limit);

  leftBehind: Store['leftBehind'] = async (since, limit) => this.#reads.leftBehind(since, limit);

  recordLate: Store['recordLate'] = (taskId, number, late) =>
    this.#write({ kind: 'record_late', taskId, number, late: JSON.stringify(late) });

  counts: Store['counts'] = async () => ({ ...this.#unfinished, completed: 0, failed: 0 });

  async ensureAccount(accountId: string, grant: number): Promise<void> {
    await this.#write({ kind: 'ensure_account', accountId, grant });
  }

  balance: Store['balance'] = async (accountId) => this.#reads.balance(accountId);

  grant: Store['grant'] = (accountId, amount) => this.#write({ kind: 'grant', accountId, amount });

  createKey: Store['createKey'] = async (key) => {
    await this.#write({ kind: 'create_key', ...key });
  };

  keyByHash: Store['keyByHash'] = async (secretHash) => this.#reads.keyByHash(secretHash);

  keys: Store['keys'] = async (accountId) => this.#reads.keys(accountId);

  disableKey: Store['disableKey'] = (keyId, at) =>
    this.#writer.send({ kind: 'disable_key', keyId, at }, (disabled) => {
      this.#reads.keyCache.forget(keyId);
      return disabled;
    });

  async secret(name: string): Promise<Uint8Array> {
    const known = this.#reads.secret(name);
    if (known) return known;
    const command = { kind: 'keep_secret' as const, name, value: new Uint8Array(this.#randomBytes(32)) };
    return this.#writer.send(command, () => {
      const kept = this.#reads.secret(name);
      if (!kept)
        throw new TaskError('service_error', { because: 'A secret that was just kept is not there.' });
      return kept;
    });
  }

  async sweep(before: number, now: number, limit: number): Promise<readonly TaskRecord[]> {
    // Final tasks never change, so those read here are those removed, except what another sweep removed meanwhile.
    const candidates = this.#reads.finishedBefore(before, limit);
    const command = { kind: 'sweep' as const, taskIds: candidates.map(({ id }) => id), before, now, limit };
    return this.#writer.send(command, (removedIds) => {
      const removed = new Set(removedIds);
      for (const id of removed) this.#reads.tasks.forget(id);
      return candidates.filter(({ id }) => removed.has(id));
    });
  }

  admitUpload: Store['admitUpload'] = (upload, maxFiles) =>
    this.#write({ kind: 'admit_upload', upload, maxFiles });

  upload: Store['upload'] = async (uploadId, now) => this.#reads.upload(uploadId, now);

  uploads: Store['uploads'] = async (accountId, now, offset, limit) =>
    this.#reads.uploads(accountId, now, offset, limit);

  removeUpload: Store['removeUpload'] = (accountId, uploadId, now) =>
    this.#write({ kind: 'remove_upload', accountId, uploadId, now });

  sweepUploads: Store['sweepUploads'] = (now, limit) => this.#write({ kind: 'sweep_uploads', now, limit });

  recordDecision: Store['recordDecision'] = async (decision) => {
    await this.#write({ kind: 'record_decision', decision });
  };

  decision: Store['decision'] = async (decisionId) => this.#reads.decision(decisionId);

  decisions: Store['decisions'] = async (limit) => this.#reads.decisions(limit);

  addOverrule: Store['addOverrule'] = (overrule) => this.#write({ kind: 'add_overrule', overrule });

  removeOverrules: Store['removeOverrules'] = (decisionId, keyId) =>
    this.#write({ kind: 'remove_overrules', decisionId, keyId });

  sweepDecisions: Store['sweepDecisions'] = (before, limit) =>
    this.#write({ kind: 'sweep_decisions', before, limit });

  overrules: Store['overrules'] = async (of) =>
    'keyId' in of ? this.#reads.overrulesOfKey(of.keyId) : this.#reads.overrulesOfDecision(of.decisionId);

  async ping(): Promise<void> {
    this.#reads.balance('');
    await this.#write({ kind: 'ping' });
  }

  close(): Promise<void> {
    this.#closed ??= this.#letGo();
    return this.#closed;
  }

  /** The writer's connection closes last: so it moves the whole WAL into the file, and a copy of that file is complete. */
  async #letGo(): Promise<void> {
    await this.#writer.drain();
    this.#reads.close();
    await this.#writer.end();
    this.#lock.release();
  }

  /** Where nothing that is kept here depends on the result. */
  #write<K extends Command['kind']>(
    command: Extract<Command, { kind: K }> & { kind: K },
  ): Promise<Results[K]> {
    return this.#writer.send<K, Results[K]>(command, (result) => result);
  }

  #expect(taskId: string): TaskRecord {
    const task = this.#reads.task(taskId);
    if (!task)
      throw new TaskError('service_error', { because: `Task ${taskId} is gone before it could be shown.` });
    return task;
  }

  #count(from: TaskStatus | null, to: TaskStatus): void {
    if (from === 'pending' || from === 'processing') this.#unfinished[from]--;
    if (to === 'pending' || to === 'processing') this.#unfinished[to]++;
  }
}
