import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { hashOfKey } from './api-keys.ts';
import { OPERATOR_KEY_FILE, openOperatorKey } from './operator-key.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-operator-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('the first start makes a key that only its user can read, later ones find it', async () => {
  const data = join(folder, 'data');
  const first = await openOperatorKey(null, data);
  const file = join(data, OPERATOR_KEY_FILE);
  const key = (await readFile(file, 'utf8')).trim();
  assert.match(key, /^op-[a-z0-9]{40}$/);
  assert.equal(first, hashOfKey(key));
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal(await openOperatorKey(null, data), first);
  assert.deepEqual(await readdir(data), [OPERATOR_KEY_FILE]);
});

test('a configured key is used, and no file is made', async () => {
  assert.equal(
    await openOperatorKey('op-of-the-configuration', folder),
    hashOfKey('op-of-the-configuration'),
  );
  assert.deepEqual(await readdir(folder), []);
});

test('a file without a key is a plain complaint, never a key that everybody can guess', async () => {
  await writeFile(join(folder, OPERATOR_KEY_FILE), '\n');
  await assert.rejects(openOperatorKey(null, folder), /operator\.key holds no operator key\. Remove it/);
});
