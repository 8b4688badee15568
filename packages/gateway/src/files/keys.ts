import { isAbsolute, relative, resolve } from 'node:path';

const SEGMENT = '[a-z0-9](?:[a-z0-9._-]*[a-z0-9_-])?';
const KEY = new RegExp(`^${SEGMENT}(?:/${SEGMENT})*$`);
const PREFIX = new RegExp(`^(?:${SEGMENT}/)+$`);
const MAX_KEY = 512;
const MAX_SEGMENT = 200;

/** A key that could name something outside the store, or that one file system keeps and another folds. Always a mistake in our own code. */
export class BadKeyError extends Error {
  override readonly name = 'BadKeyError';
  constructor(what: 'key' | 'prefix', given: string) {
    super(
      `${JSON.stringify(given.slice(0, 80))} is not a file ${what}: expected parts of a-z 0-9 . _ - separated by "/", each starting with a letter or digit.`,
    );
  }
}

/**
 * Segments begin with a letter or digit and never end in a dot: `.`, `..`, hidden names and what Windows would fold cannot be
 * written. Two dots in the middle (`a..b`) stay harmless, and are refused all the same because the port says "no `..`".
 */
export function isKey(key: string): boolean {
  return (
    key.length <= MAX_KEY &&
    KEY.test(key) &&
    !key.includes('..') &&
    key.split('/').every((segment) => segment.length <= MAX_SEGMENT)
  );
}

/** The path of a key under `root` (absolute). Raises {@link BadKeyError}. */
export function pathOfKey(root: string, key: string): string {
  if (!isKey(key)) throw new BadKeyError('key', key);
  return inside(root, key, 'key');
}

/** The folder of a prefix, which ends in `/`. Raises {@link BadKeyError}. */
export function pathOfPrefix(root: string, prefix: string): string {
  if (!PREFIX.test(prefix) || !isKey(prefix.slice(0, -1))) throw new BadKeyError('prefix', prefix);
  return inside(root, prefix, 'prefix');
}

/** Second lock on the same door: whatever the pattern lets through must still lie below the root. */
function inside(root: string, name: string, what: 'key' | 'prefix'): string {
  const path = resolve(root, name);
  const below = relative(root, path);
  if (below === '' || below.startsWith('..') || isAbsolute(below)) throw new BadKeyError(what, name);
  return path;
}
