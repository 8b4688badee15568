/** Nodes and their leases. A lease is a task's `node_id`; it is dead when that life of the node is over. */
import type { DatabaseSync } from 'node:sqlite';
import type { Results } from '../commands.ts';
import { integer, text } from './columns.ts';

const FIND = `SELECT id FROM nodes WHERE name = ? AND retired = 0`;
const INSERT = `INSERT INTO nodes (name, alive_until) VALUES (?, 0)`;
const BEAT = `UPDATE nodes SET alive_until = ? WHERE id = ?`;
const RETIRE = `UPDATE nodes SET retired = 1 WHERE name = ? AND retired = 0`;
const RETIRE_ALL = `UPDATE nodes SET retired = 1 WHERE retired = 0`;
const DEAD = `SELECT id FROM nodes WHERE id <> ? AND (retired = 1 OR alive_until <= ?) ORDER BY id`;
const FORGET = `DELETE FROM nodes WHERE id = ? AND retired = 1`;

const LEASED_BY = `SELECT seq, id, created_at FROM tasks WHERE node_id = ? ORDER BY created_at LIMIT ?`;
const LEASE = `UPDATE tasks SET node_id = ?, version = version + 1 WHERE seq = ?`;

export interface NodeIds {
  /** The row of this node's present life; made where there is none. */
  idOf(node: string): number;
  /** The same, or null where the node has no life: then it holds no lease. */
  findId(node: string): number | null;
}

export function prepareNodes(db: DatabaseSync): NodeIds & {
  heartbeat(node: string, aliveUntil: number): null;
  takeOver(node: string, now: number, limit: number): Results['take_over'];
  retire(node: string): null;
  /** After a rollback: ids that were given out may never have been written. */
  forget(): void;
} {
  const find = db.prepare(FIND);
  const insert = db.prepare(INSERT);
  const beat = db.prepare(BEAT);
  const retire = db.prepare(RETIRE);
  const dead = db.prepare(DEAD);
  const forget = db.prepare(FORGET);
  const leasedBy = db.prepare(LEASED_BY);
  const lease = db.prepare(LEASE);
  const known = new Map<string, number>();

  const findId = (node: string): number | null => {
    const cached = known.get(node);
    if (cached !== undefined) return cached;
    const row = find.get(node);
    if (!row) return null;
    const id = integer(row, 'id');
    known.set(node, id);
    return id;
  };
  const idOf = (node: string): number => findId(node) ?? Number(insert.run(node).lastInsertRowid);

  return {
    findId,
    idOf,
    heartbeat(node, aliveUntil) {
      beat.run(aliveUntil, idOf(node));
      return null;
    },
    takeOver(node, now, limit) {
      const self = idOf(node);
      const found: { seq: number; id: string; createdAt: number }[] = [];
      for (const life of dead.all(self, now)) {
        const id = integer(life, 'id');
        const leases = leasedBy.all(id, limit);
        if (leases.length === 0) forget.run(id);
        for (const row of leases) {
          found.push({
            seq: integer(row, 'seq'),
            id: text(row, 'id'),
            createdAt: integer(row, 'created_at'),
          });
        }
      }
      // Each life's leases came in order; several lives have to be merged.
      found.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
      const taken = found.slice(0, limit);
      for (const { seq } of taken) lease.run(self, seq);
      return taken.map(({ id }) => id);
    },
    retire(node) {
      retire.run(node);
      known.delete(node);
      return null;
    },
    forget: () => known.clear(),
  };
}

/** As the only process on the file: whoever was here before is dead. */
export function endFormerLives(db: DatabaseSync): void {
  db.exec(RETIRE_ALL);
}
