/** The fenced change of one task, its attempt's row and the money that moves with it. */
import type { DatabaseSync } from 'node:sqlite';
import type { AttemptWrite, CommitCommand, Results, TaskWrite } from '../commands.ts';
import { integer, integerOrNull, type Row, text } from './columns.ts';
import type { NodeIds } from './nodes.ts';

const FENCED = `
  WHERE id = :id AND version = :version AND node_id = :node
  RETURNING seq, cancel_requested_at, account_id, key_id, credits_reserved`;

const PREPARED = `
  UPDATE tasks SET version = version + 1, step = :step, params = :params, inputs = :inputs, repairs = :repairs ${FENCED}`;

const BEGUN = `
  UPDATE tasks SET version = version + 1, step = :step, status = :status, started_at = :startedAt, attempts = :attempts, handle = :handle
  ${FENCED}`;

const MOVED = `
  UPDATE tasks SET version = version + 1, step = :step, attempts = :attempts, handle = :handle, outputs = :outputs,
    reconcile_until = :reconcileUntil ${FENCED}`;

const PROGRESSED = `UPDATE tasks SET version = version + 1, progress = :progress ${FENCED}`;

const FINISHED = `
  UPDATE tasks SET version = version + 1, status = :status, step = 'done', node_id = NULL, progress = :progress,
    finished_at = :finishedAt, attempts = :attempts, results = :results, error = :error, error_code = :errorCode,
    credits_used = :creditsUsed, outputs = '[]', reconcile_until = NULL ${FENCED}`;

const ATTEMPT_BEGUN = `
  INSERT INTO attempts (task_seq, number, route, state, idempotency_key, started_at)
  VALUES (:seq, :number, :route, 'open', :idempotencyKey, :at)`;

const ATTEMPT_ACCEPTED = `
  UPDATE attempts SET state = 'accepted', handle = :handle, code = NULL, evidence = 'null', verdict = 'null', ended_at = NULL
  WHERE task_seq = :seq AND number = :number`;

const ATTEMPT_ENDED = `
  UPDATE attempts SET state = :state, code = :code, evidence = :evidence, verdict = :verdict, ended_at = :at
  WHERE task_seq = :seq AND number = :number`;

export function prepareCommit(
  db: DatabaseSync,
  nodes: NodeIds,
  settle: Settle,
): (command: CommitCommand) => Results['commit'] {
  const prepared = db.prepare(PREPARED);
  const begun = db.prepare(BEGUN);
  const moved = db.prepare(MOVED);
  const progressed = db.prepare(PROGRESSED);
  const finished = db.prepare(FINISHED);
  const writeAttempt = prepareAttempts(db);

  const change = (
    fence: { id: string; version: number; node: number },
    write: TaskWrite,
  ): Row | undefined => {
    switch (write.kind) {
      case 'prepared': {
        const { step, params, inputs, repairs } = write;
        return prepared.get({ ...fence, step, params, inputs, repairs });
      }
      case 'begun': {
        const { step, status, startedAt, attempts, handle } = write;
        return begun.get({ ...fence, step, status, startedAt, attempts, handle });
      }
      case 'moved': {
        const { step, attempts, handle, outputs, reconcileUntil } = write;
        return moved.get({ ...fence, step, attempts, handle, outputs, reconcileUntil });
      }
      case 'progressed':
        return progressed.get({ ...fence, progress: write.progress });
      case 'finished': {
        const { kind: _, ...columns } = write;
        return finished.get({ ...fence, ...columns });
      }
      default: {
        const never: never = write;
        return never;
      }
    }
  };

  return ({ fence, write, attempt }) => {
    const node = nodes.findId(fence.owner);
    if (node === null) return { kind: 'fenced' };
    const row = change({ id: fence.taskId, version: fence.version, node }, write);
    if (!row) return { kind: 'fenced' };
    if (attempt) writeAttempt(integer(row, 'seq'), attempt);
    if (write.kind === 'finished') settle(row, write.creditsUsed);
    return { kind: 'committed', cancelRequestedAt: integerOrNull(row, 'cancel_requested_at') };
  };
}

function prepareAttempts(db: DatabaseSync): (seq: number, write: AttemptWrite) => void {
  const begun = db.prepare(ATTEMPT_BEGUN);
  const accepted = db.prepare(ATTEMPT_ACCEPTED);
  const ended = db.prepare(ATTEMPT_ENDED);
  return (seq, write) => {
    switch (write.kind) {
      case 'begun': {
        const { number, route, idempotencyKey, at } = write;
        begun.run({ seq, number, route, idempotencyKey, at });
        return;
      }
      case 'accepted':
        accepted.run({ seq, number: write.number, handle: write.handle });
        return;
      case 'ended': {
        const { kind: _, ...columns } = write;
        ended.run({ seq, ...columns });
        return;
      }
      default: {
        const never: never = write;
        return never;
      }
    }
  };
}

const SETTLE_ACCOUNT = `
  UPDATE accounts SET reserved = reserved - :reserved, used = used + :used, remaining = remaining + :reserved - :used
  WHERE id = :id`;

const SETTLE_KEY = `
  UPDATE api_keys SET credits_reserved = credits_reserved - :reserved, credits_used = credits_used + :used WHERE id = :id`;

/** Ends a task's reservation: `used` of it is spent, the rest goes back. `row` is the finished task's. */
export type Settle = (row: Row, used: number) => void;

export function prepareSettle(db: DatabaseSync): Settle {
  const account = db.prepare(SETTLE_ACCOUNT);
  const key = db.prepare(SETTLE_KEY);
  return (row, used) => {
    const reserved = integer(row, 'credits_reserved');
    account.run({ id: text(row, 'account_id'), reserved, used });
    key.run({ id: text(row, 'key_id'), reserved, used });
  };
}
