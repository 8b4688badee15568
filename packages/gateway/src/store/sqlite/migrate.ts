/**
 * The schema is what the numbered files in `migrations/` make of an empty file, one transaction each. The version reached is
 * SQLite's own `user_version`; `application_id` tells our files from others.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { integer } from './sql/columns.ts';
import { StoreUnusable } from './unusable.ts';

/** "Slui" in ASCII. */
const APPLICATION_ID = 0x536c7569;

const FOLDER = new URL('./migrations/', import.meta.url);

export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** In ascending order, from 1, without gaps. */
export function migrations(): Migration[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({
      version: Number.parseInt(name, 10),
      sql: readFileSync(new URL(name, FOLDER), 'utf8'),
    }));
}

/**
 * The version of the file's schema, 0 for an empty file. Writes nothing, so that a file that is not ours stays as it is.
 *
 * @throws StoreUnusable for a newer schema and for a SQLite file that is not a store.
 */
export function schemaVersion(
  db: DatabaseSync,
  path: string,
  steps: readonly Migration[] = migrations(),
): number {
  const present = pragma(db, 'user_version');
  const newest = steps.at(-1)?.version ?? 0;
  if (present === 0 ? !isEmpty(db) : pragma(db, 'application_id') !== APPLICATION_ID) {
    throw new StoreUnusable(
      path,
      'not_a_store',
      'it is a SQLite file of some other program.',
      'Point the store path at a new file, or at one that Sluice made.',
    );
  }
  if (present > newest) {
    throw new StoreUnusable(
      path,
      'newer_schema',
      `its schema has version ${present}, and this version of Sluice knows up to ${newest}.`,
      'Start the newer Sluice that wrote it, or restore a copy made before the update.',
    );
  }
  return present;
}

/** @throws StoreUnusable as {@link schemaVersion} does. */
export function migrate(db: DatabaseSync, path: string, steps: readonly Migration[] = migrations()): void {
  const present = schemaVersion(db, path, steps);
  for (const { version, sql } of steps) {
    if (version <= present) continue;
    db.exec('BEGIN EXCLUSIVE');
    try {
      db.exec(sql);
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version}; COMMIT`);
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
}

/** The schema as one text, for the file that shows every change of it in a diff. */
export function dumpSchema(db: DatabaseSync): string {
  const rows = db
    .prepare(
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, name",
    )
    .all();
  return `-- Made by dump-schema.ts from migrations/; do not edit.\n\n${rows.map(({ sql }) => `${sql};\n`).join('\n')}`;
}

function isEmpty(db: DatabaseSync): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}

function pragma(db: DatabaseSync, name: 'user_version' | 'application_id'): number {
  const row = db.prepare(`PRAGMA ${name}`).get();
  return row ? integer(row, name) : 0;
}
