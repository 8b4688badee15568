/**
 * The operator's key: from the configuration, or made at the first start and kept in the data folder, where only the user the
 * gateway runs as can read it. The command line on the same machine finds it there.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashOfKey } from './api-keys.ts';
import { randomId } from './random-id.ts';

export const OPERATOR_KEY_FILE = 'operator.key';

/** Shorter ones can be guessed. */
const SHORTEST = 16;

/**
 * The hex SHA-256 of the operator's key.
 * @param configured `server.operator_key`; null where the configuration names none.
 * Throws where the file is there and holds no key.
 */
export async function openOperatorKey(configured: string | null, dataFolder: string): Promise<string> {
  if (configured !== null) return hashOfKey(configured);
  const file = join(dataFolder, OPERATOR_KEY_FILE);
  const kept = await readIfPresent(file);
  if (kept !== null) {
    if (kept.length >= SHORTEST) return hashOfKey(kept);
    throw new Error(`${file} holds no operator key. Remove it, and the next start makes a new one.`);
  }
  const key = `op-${randomId(40)}`;
  await mkdir(dataFolder, { recursive: true });
  // Under another name first: a crash in between leaves no half a key.
  const draft = `${file}.${randomId(8)}`;
  await writeFile(draft, `${key}\n`, { mode: 0o600, flag: 'wx', flush: true });
  await rename(draft, file);
  return hashOfKey(key);
}

async function readIfPresent(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
