/** SQLite's own result codes, as `node:sqlite` hands them over. Source: sqlite.org/rescode.html. */
export const SQLITE_BUSY = 5;
export const SQLITE_CORRUPT = 11;
export const SQLITE_NOTADB = 26;

/** The primary result code, or null where the error is not SQLite's. */
export function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}

/** The disk or the file would not take it, whatever the command was: busy, read-only, I/O, corrupt, full, cannot open. */
export function isUnavailable(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== null && [5, 6, 7, 8, 10, 11, 13, 14, 26].includes(code);
}

/** After these the file is not to be trusted with another write: I/O error, corrupt, not a database. */
export function isBroken(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== null && [10, 11, 26].includes(code);
}
