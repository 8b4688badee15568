/** Retention: final tasks leave a tombstone, expired idempotency keys leave nothing. */
import type { DatabaseSync } from 'node:sqlite';
import type { Command, Results } from '../commands.ts';

/** A tombstone is kept this long; after that the id is as unknown as one that never was. */
const TOMBSTONE_MS = 90 * 24 * 3600_000;

const BURY = `
  INSERT INTO tombstones (task_id, account_id, removed_at)
  SELECT id, account_id, :now FROM tasks WHERE id = :id AND finished_at < :before`;

/** Attempts and idempotency keys go with their task. */
const REMOVE = `DELETE FROM tasks WHERE id = ?`;

const EXPIRE_KEYS = `
  DELETE FROM idempotency_keys WHERE (account_id, key) IN
    (SELECT account_id, key FROM idempotency_keys WHERE expires_at < :now ORDER BY expires_at LIMIT :limit)`;

/** Row ids follow the order of removal, so the oldest are looked at without an index. */
const CLEAR_TOMBSTONES = `
  DELETE FROM tombstones WHERE seq IN
    (SELECT seq FROM (SELECT seq, removed_at FROM tombstones ORDER BY seq LIMIT :limit) WHERE removed_at < :oldest)`;

type SweepCommand = Extract<Command, { kind: 'sweep' }>;

export function prepareSweep(db: DatabaseSync): (command: SweepCommand) => Results['sweep'] {
  const bury = db.prepare(BURY);
  const remove = db.prepare(REMOVE);
  const expireKeys = db.prepare(EXPIRE_KEYS);
  const clearTombstones = db.prepare(CLEAR_TOMBSTONES);
  return ({ taskIds, before, now, limit }) => {
    const removed = taskIds.filter((id) => bury.run({ id, before, now }).changes === 1);
    for (const id of removed) remove.run(id);
    expireKeys.run({ now, limit });
    clearTombstones.run({ oldest: now - TOMBSTONE_MS, limit });
    return removed;
  };
}
