/** A fresh SQLite store in a folder of its own, for the conformance suite and this engine's own tests. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Subject } from '../../conformance/subject.ts';
import { openSqliteStore, type SqliteOptions, type SqliteStore } from '../store.ts';

const CRASH_WRITER = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));

export interface SqliteSubject extends Subject {
  readonly store: SqliteStore;
  readonly path: string;
  reopen(): Promise<SqliteStore>;
}

export async function openSqliteSubject(options: Omit<SqliteOptions, 'path'> = {}): Promise<SqliteSubject> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-store-'));
  const path = join(folder, 'sluice.db');
  const store = await openSqliteStore({ ...options, path });
  let open: SqliteStore = store;
  let crashes = 0;

  return {
    store,
    path,
    async reopen() {
      await open.close();
      open = await openSqliteStore({ ...options, path });
      return open;
    },
    async crash(afterLines) {
      await open.close();
      const child = spawn(process.execPath, [CRASH_WRITER, path, `task-unified-${crashes++}-`], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'exit');
      const lines: string[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        if (lines.push(line) === afterLines) child.kill('SIGKILL');
      }
      const [code, signal] = await ended;
      if (signal !== 'SIGKILL')
        throw new Error(`The writing process ended by itself, with ${signal ?? code}.`);
      return lines;
    },
    async dispose() {
      await open.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A test of this engine alone, with an empty store of its own. */
export function sqliteTest(
  name: string,
  body: (subject: SqliteSubject) => Promise<void>,
  options: Omit<SqliteOptions, 'path'> = {},
): void {
  test(name, async () => {
    const subject = await openSqliteSubject(options);
    try {
      await body(subject);
    } finally {
      await subject.dispose();
    }
  });
}

/** Opens the file beside the store, as only a test may. */
export function raw<T>(path: string, use: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(path);
  try {
    return use(db);
  } finally {
    db.close();
  }
}
