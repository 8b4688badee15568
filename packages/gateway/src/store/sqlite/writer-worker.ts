/**
 * The writer thread: the only place that writes to the file. It takes a group of commands, runs them in one transaction, commits
 * (one fsync for all of them), and only then answers. While it does, the main thread gathers the next group.
 *
 * A command that fails undoes only itself. That needs a savepoint around each, which costs as much as the command; and commands
 * hardly ever fail (a refusal of credits or a broken fence is an answer, not a failure). So a group first runs without, and only
 * when one has failed, the transaction is rolled back and the group runs again with a savepoint around each.
 */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, Command, Results } from './commands.ts';
import { migrate, schemaVersion } from './migrate.ts';
import { type AnswerCrossing, type Crossing, packedAnswer, unpacked, type WriterMessage } from './rows.ts';
import { prepareAccounts } from './sql/accounts.ts';
import { prepareAdmit } from './sql/admit.ts';
import { prepareCancel } from './sql/cancel.ts';
import { prepareCommit, prepareSettle } from './sql/commit.ts';
import { prepareDecisions } from './sql/decisions.ts';
import { prepareRecordLate } from './sql/late.ts';
import { endFormerLives, prepareNodes } from './sql/nodes.ts';
import { prepareSweep } from './sql/sweep.ts';
import { prepareUploads } from './sql/uploads.ts';
import { isBroken, isUnavailable, SQLITE_CORRUPT, SQLITE_NOTADB, sqliteCode } from './sqlite-error.ts';
import { StoreUnusable } from './unusable.ts';
import type { WriterOptions } from './writer.ts';

/** WAL pages (of 4 KiB) after which a commit also moves them into the file: seldom enough to cost little, often enough to bound the WAL. */
const CHECKPOINT_PAGES = 4000;

function openDatabase({ path, maxBytes }: WriterOptions): DatabaseSync {
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5000 });
  schemaVersion(db, path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA cache_size = -65536`);
  // Only statement journals are meant: what a failing statement undoes would otherwise be written to temporary files.
  db.exec('PRAGMA temp_store = MEMORY');
  migrate(db, path);
  endFormerLives(db);
  if (maxBytes !== null) db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / 4096))}`);
  return db;
}

function prepareCommands(db: DatabaseSync) {
  const nodes = prepareNodes(db);
  const settle = prepareSettle(db);
  const accounts = prepareAccounts(db);
  const admit = prepareAdmit(db, nodes);
  const commit = prepareCommit(db, nodes, settle);
  const cancel = prepareCancel(db, settle);
  const sweep = prepareSweep(db);
  const recordLate = prepareRecordLate(db);
  const uploads = prepareUploads(db);
  const decisions = prepareDecisions(db);
  const ping = db.prepare('UPDATE pings SET count = count + 1');

  const run = (command: Command): Results[Command['kind']] => {
    switch (command.kind) {
      case 'admit':
        return admit(command);
      case 'commit':
        return commit(command);
      case 'cancel':
        return cancel(command);
      case 'heartbeat':
        return nodes.heartbeat(command.node, command.aliveUntil);
      case 'take_over':
        return nodes.takeOver(command.node, command.now, command.limit);
      case 'retire':
        return nodes.retire(command.node);
      case 'ensure_account':
        return accounts.ensure(command.accountId, command.grant);
      case 'grant':
        return accounts.grant(command.accountId, command.amount);
      case 'create_key':
        return accounts.createKey(command);
      case 'disable_key':
        return accounts.disableKey(command.keyId, command.at);
      case 'keep_secret':
        return accounts.keepSecret(command.name, command.value);
      case 'sweep':
        return sweep(command);
      case 'record_late':
        return recordLate(command);
      case 'admit_upload':
        return uploads.admit(command.upload, command.maxFiles);
      case 'remove_upload':
        return uploads.remove(command.accountId, command.uploadId, command.now);
      case 'sweep_uploads':
        return uploads.sweep(command.now, command.limit);
      case 'record_decision':
        return decisions.record(command.decision);
      case 'add_overrule':
        return decisions.overrule(command.overrule);
      case 'remove_overrules':
        return decisions.takeBack(command.decisionId, command.keyId);
      case 'sweep_decisions':
        return decisions.sweep(command.before, command.limit);
      case 'ping':
        ping.run();
        return null;
      default: {
        const never: never = command;
        return never;
      }
    }
  };
  return { run, afterRollback: nodes.forget };
}

/** Runs groups against the database; `broken` tells that this was the last one. */
function createGroups(db: DatabaseSync) {
  const { run, afterRollback } = prepareCommands(db);
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const savepoint = db.prepare('SAVEPOINT command');
  const release = db.prepare('RELEASE command');
  const undo = db.prepare('ROLLBACK TO command');

  const runGuarded = (command: Command): Answer => {
    savepoint.run();
    try {
      const result = run(command);
      release.run();
      return { ok: true, result };
    } catch (error) {
      afterRollback();
      if (isUnavailable(error)) throw error;
      undo.run();
      release.run();
      return { ok: false, why: 'refused', message: messageOf(error) };
    }
  };

  const inTransaction = (
    commands: readonly Command[],
    runOne: (command: Command) => Answer,
  ): AnswerCrossing[] => {
    try {
      begin.run();
      const answers = commands.map((command) => packedAnswer(command, runOne(command)));
      commit.run();
      return answers;
    } catch (error) {
      afterRollback();
      // A full disk may have ended the transaction already.
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };

  return (commands: readonly Command[]): { answers: AnswerCrossing[]; broken: string | null } => {
    try {
      try {
        return {
          answers: inTransaction(commands, (command) => ({ ok: true, result: run(command) })),
          broken: null,
        };
      } catch (error) {
        if (isUnavailable(error)) throw error;
        return { answers: inTransaction(commands, runGuarded), broken: null };
      }
    } catch (error) {
      const message = messageOf(error);
      const answers = commands.map((): Answer => ({ ok: false, why: 'unavailable', message }));
      return { answers, broken: isBroken(error) ? message : null };
    }
  };
}

function unusable(path: string, error: unknown): StoreUnusable {
  if (error instanceof StoreUnusable) return error;
  const code = sqliteCode(error);
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) {
    return new StoreUnusable(
      path,
      'corrupt',
      `it is damaged or not a SQLite file (${messageOf(error)}).`,
      'Restore it from a backup, or move it away to begin with an empty store.',
    );
  }
  return new StoreUnusable(
    path,
    'unreachable',
    `${messageOf(error)}.`,
    'Check that the folder exists, that this user may write in it, and that the disk is not full.',
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (!parentPort)
  throw new Error('writer-worker.ts runs as a worker thread; open the store with openSqliteStore.');
const port = parentPort;
const post = (message: WriterMessage): void => port.postMessage(message);
const options: WriterOptions = workerData;

try {
  const db = openDatabase(options);
  const runGroup = createGroups(db);
  port.on('message', (message: readonly Crossing[] | 'close') => {
    if (message === 'close') {
      db.close();
      port.close();
      return;
    }
    const { answers, broken } = runGroup(message.map(unpacked));
    post({ kind: 'answers', answers });
    if (broken !== null) {
      post({ kind: 'broken', message: broken });
      port.close();
    }
  });
  post({ kind: 'ready' });
} catch (error) {
  const { reason, because, remedy } = unusable(options.path, error);
  post({ kind: 'unusable', reason, because, remedy });
}
