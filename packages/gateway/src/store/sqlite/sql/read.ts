/** Every statement of the main thread's read-only connection. Each takes microseconds and is finished when it returns. */

import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { TaskError } from '@sluice/errors';
import { isUnavailable } from '../sqlite-error.ts';
import type { Row } from './columns.ts';

/** The owner is shown as long as that life of the node is not over. */
const TASK = `
  SELECT tasks.*, (SELECT name FROM nodes WHERE nodes.id = node_id AND retired = 0) AS owner FROM tasks`;

/** Null means "any"; lists travel as JSON, so that one prepared statement serves every filter. */
const MATCHES = `
  account_id = :account
  AND (:statuses IS NULL OR status IN (SELECT value FROM json_each(:statuses)))
  AND (:type IS NULL OR type = :type)
  AND (:model IS NULL OR model = :model)
  AND (:errorCode IS NULL OR error_code = :errorCode)`;

type Parameters = Readonly<Record<string, SQLInputValue>>;

export interface Query {
  /** @throws TaskError `service_unavailable` where the file cannot be read. */
  first(parameters: Parameters): Row | undefined;
  all(parameters: Parameters): readonly Row[];
}

export interface ReadStatements {
  readonly task: Query;
  readonly tasks: Query;
  readonly tombstone: Query;
  readonly page: Query;
  readonly total: Query;
  readonly finishedBefore: Query;
  readonly attempts: Query;
  readonly unclassified: Query;
  readonly leftBehind: Query;
  readonly counts: Query;
  readonly balance: Query;
  readonly keyByHash: Query;
  readonly keys: Query;
  readonly secret: Query;
  readonly upload: Query;
  readonly uploads: Query;
  readonly uploadsTotal: Query;
  readonly decision: Query;
  readonly decisions: Query;
  readonly overrulesOfKey: Query;
  readonly overrulesOfDecision: Query;
}

export function prepareReads(db: DatabaseSync): ReadStatements {
  const query = (sql: string): Query => prepareQuery(db, sql);
  return {
    task: query(`${TASK} WHERE id = :id`),
    tasks: query(`${TASK} WHERE id IN (SELECT value FROM json_each(:ids))`),
    tombstone: query(`SELECT 1 FROM tombstones WHERE task_id = :id AND account_id = :account`),
    page: query(`
      SELECT id FROM tasks WHERE ${MATCHES} ORDER BY created_at DESC, id DESC LIMIT :limit OFFSET :offset`),
    total: query(`SELECT count(*) AS total FROM tasks WHERE ${MATCHES}`),
    finishedBefore: query(
      `SELECT id FROM tasks WHERE finished_at < :before ORDER BY finished_at LIMIT :limit`,
    ),
    attempts: query(`
      SELECT attempts.* FROM attempts JOIN tasks ON tasks.seq = task_seq WHERE tasks.id = :id ORDER BY number`),
    unclassified: query(`
      SELECT tasks.id AS task_id, attempts.* FROM attempts JOIN tasks ON tasks.seq = task_seq
      WHERE code = 'unknown_error' ORDER BY attempts.started_at DESC LIMIT :limit`),
    leftBehind: query(`
      SELECT tasks.id AS task_id, attempts.* FROM attempts JOIN tasks ON tasks.seq = task_seq
      WHERE attempts.state IN ('abandoned', 'unknown') AND late = 'null' AND ended_at >= :since AND step = 'done'
      ORDER BY ended_at LIMIT :limit`),
    counts: query(`SELECT status, count(*) AS count FROM tasks WHERE node_id IS NOT NULL GROUP BY status`),
    balance: query(`SELECT granted, remaining, reserved, used FROM accounts WHERE id = :id`),
    keyByHash: query(`SELECT * FROM api_keys WHERE secret_hash = :hash`),
    keys: query(`SELECT * FROM api_keys WHERE account_id = :account ORDER BY created_at, id`),
    secret: query(`SELECT value FROM secrets WHERE name = :name`),
    upload: query(`SELECT * FROM uploads WHERE id = :id AND expires_at > :now`),
    uploads: query(`
      SELECT * FROM uploads WHERE account_id = :account AND expires_at > :now
      ORDER BY created_at DESC, id DESC LIMIT :limit OFFSET :offset`),
    uploadsTotal: query(
      `SELECT count(*) AS total FROM uploads WHERE account_id = :account AND expires_at > :now`,
    ),
    decision: query(`SELECT * FROM decisions WHERE id = :id`),
    decisions: query(`SELECT * FROM decisions ORDER BY seq DESC LIMIT :limit`),
    overrulesOfKey: query(`SELECT * FROM overrules WHERE key_id = :id ORDER BY at, decision_id`),
    overrulesOfDecision: query(`SELECT * FROM overrules WHERE decision_id = :id ORDER BY at, key_id`),
  };
}

function prepareQuery(db: DatabaseSync, sql: string): Query {
  const statement = db.prepare(sql);
  return {
    first: (parameters) => reading(() => statement.get(parameters)),
    all: (parameters) => reading(() => statement.all(parameters)),
  };
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!isUnavailable(cause)) throw cause;
    throw new TaskError('service_unavailable', { because: 'The store cannot be read at present.', cause });
  }
}
