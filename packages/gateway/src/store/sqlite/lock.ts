/**
 * One process, one file. The process holds an exclusive transaction on `<path>.lock` for its life; the kernel drops it however
 * the process ends, so a kill -9 leaves nothing to clean up.
 */
import { DatabaseSync } from 'node:sqlite';
import { SQLITE_BUSY, sqliteCode } from './sqlite-error.ts';
import { StoreUnusable } from './unusable.ts';

export interface FileLock {
  release(): void;
}

export function lockFile(path: string): FileLock {
  const lockPath = `${path}.lock`;
  let db: DatabaseSync;
  try {
    db = new DatabaseSync(lockPath);
  } catch (error) {
    throw new StoreUnusable(
      path,
      'unreachable',
      `its lock file ${lockPath} cannot be created (${error instanceof Error ? error.message : error}).`,
      'Check that the folder exists and that this user may write in it.',
      error,
    );
  }
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (sqliteCode(error) === SQLITE_BUSY) {
      throw new StoreUnusable(
        path,
        'locked',
        'another gateway has it open.',
        'Stop the other one, or give this one its own store path: a SQLite store belongs to one process.',
        error,
      );
    }
    throw new StoreUnusable(
      path,
      'unreachable',
      `its lock file ${lockPath} cannot be locked (${error instanceof Error ? error.message : error}).`,
      'Remove the lock file if no gateway is running, and keep the store on a local disk.',
      error,
    );
  }
  return { release: () => db.close() };
}
