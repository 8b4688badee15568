/** A cancel call: a pending task ends at once, a processing one gets the wish written into its row. */
import type { DatabaseSync } from 'node:sqlite';
import type { Command, Results } from '../commands.ts';
import { integerOrNull } from './columns.ts';
import type { Settle } from './commit.ts';

const CANCEL_PENDING = `
  UPDATE tasks SET version = version + 1, status = 'failed', step = 'done', node_id = NULL, finished_at = :at, error = :error,
    error_code = :errorCode
  WHERE id = :id AND account_id = :account AND status = 'pending'
  RETURNING account_id, key_id, credits_reserved`;

/** The first wish counts. */
const WISH = `
  UPDATE tasks SET cancel_requested_at = coalesce(cancel_requested_at, :at)
  WHERE id = :id AND account_id = :account AND finished_at IS NULL`;

const EXISTS = `SELECT finished_at FROM tasks WHERE id = ? AND account_id = ?`;

type CancelCommand = Extract<Command, { kind: 'cancel' }>;

export function prepareCancel(
  db: DatabaseSync,
  settle: Settle,
): (command: CancelCommand) => Results['cancel'] {
  const cancelPending = db.prepare(CANCEL_PENDING);
  const wish = db.prepare(WISH);
  const exists = db.prepare(EXISTS);
  return ({ taskId: id, accountId: account, at, error, errorCode }) => {
    const found = exists.get(id, account);
    if (!found) return 'absent';
    if (integerOrNull(found, 'finished_at') !== null) return 'final';
    const row = cancelPending.get({ id, account, at, error, errorCode });
    if (!row) {
      wish.run({ id, account, at });
      return 'requested';
    }
    settle(row, 0);
    return 'cancelled';
  };
}
