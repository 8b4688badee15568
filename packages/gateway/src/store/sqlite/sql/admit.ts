/** Admission: idempotency, both budgets and the task's row, in that order, inside the caller's savepoint. */
import type { DatabaseSync } from 'node:sqlite';
import type { AdmitCommand, Results } from '../commands.ts';
import { integer, integerOrNull, text } from './columns.ts';
import type { NodeIds } from './nodes.ts';

const FIND_KEY = `
  SELECT fingerprint, expires_at, tasks.id AS task_id
  FROM idempotency_keys JOIN tasks ON tasks.seq = task_seq
  WHERE idempotency_keys.account_id = ? AND key = ?`;

/** Both were checked before; a slip would break a CHECK of the schema, and with it the whole admission. */
const RESERVE_ACCOUNT = `
  UPDATE accounts SET remaining = remaining - :credits, reserved = reserved + :credits WHERE id = :account`;

const RESERVE_KEY = `UPDATE api_keys SET credits_reserved = credits_reserved + :credits WHERE id = :key`;

const BUDGETS = `
  SELECT accounts.remaining, credit_limit, credits_reserved + credits_used AS spent
  FROM accounts JOIN api_keys ON api_keys.account_id = accounts.id
  WHERE accounts.id = ? AND api_keys.id = ?`;

const INSERT_TASK = `
  INSERT INTO tasks (id, account_id, key_id, request_id, type, model, status, step, version, node_id, created_at, deadline_at,
    estimate_seconds, billing_rule, credits_reserved, metadata, params)
  VALUES (?, ?, ?, ?, ?, ?, 'pending', 'prepare', 1, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** An expired key that was not swept yet gives way to the new one. */
const KEEP_KEY = `
  INSERT OR REPLACE INTO idempotency_keys (account_id, key, fingerprint, task_seq, expires_at) VALUES (?, ?, ?, ?, ?)`;

export function prepareAdmit(db: DatabaseSync, nodes: NodeIds): (command: AdmitCommand) => Results['admit'] {
  const findKey = db.prepare(FIND_KEY);
  const reserveAccount = db.prepare(RESERVE_ACCOUNT);
  const reserveKey = db.prepare(RESERVE_KEY);
  const budgets = db.prepare(BUDGETS);
  const insertTask = db.prepare(INSERT_TASK);
  const keepKey = db.prepare(KEEP_KEY);

  return ({ task, params, metadata, idempotency }) => {
    if (idempotency) {
      const known = findKey.get(task.accountId, idempotency.key);
      if (known && integer(known, 'expires_at') > task.createdAt) {
        if (text(known, 'fingerprint') !== idempotency.fingerprint) return { kind: 'conflict' };
        return { kind: 'replayed', taskId: text(known, 'task_id') };
      }
    }

    const credits = task.creditsReserved;
    const budget = budgets.get(task.accountId, task.keyId);
    if (!budget) throw new Error(`key "${task.keyId}" is no key of account "${task.accountId}"`);
    const remaining = integer(budget, 'remaining');
    if (remaining < credits)
      return { kind: 'insufficient_credits', scope: 'account', required: credits, remaining };
    const limit = integerOrNull(budget, 'credit_limit');
    const left = limit === null ? credits : limit - integer(budget, 'spent');
    if (left < credits)
      return { kind: 'insufficient_credits', scope: 'key', required: credits, remaining: left };

    reserveAccount.run({ credits, account: task.accountId });
    reserveKey.run({ credits, key: task.keyId });
    const { lastInsertRowid } = insertTask.run(
      task.id,
      task.accountId,
      task.keyId,
      task.requestId,
      task.type,
      task.model,
      nodes.idOf(task.owner),
      task.createdAt,
      task.deadlineAt,
      task.estimateSeconds,
      task.billingRule,
      credits,
      metadata,
      params,
    );
    if (idempotency) {
      const { key, fingerprint, expiresAt } = idempotency;
      keepKey.run(task.accountId, key, fingerprint, lastInsertRowid, expiresAt);
    }
    return { kind: 'created' };
  };
}
