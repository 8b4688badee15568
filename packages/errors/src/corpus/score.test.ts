import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./score.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sluice-corpus-'));
after(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) => spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' });
const entry = {
  id: 'x-1',
  provider: 'fal',
  phase: 'submit',
  http_status: 429,
  headers: {},
  body: 'Too Many Requests',
  label: { code: 'quota_exceeded', subtype: 'rate_limit', accept: ['quota_exceeded'] },
};

test('scores any folder of labelled errors', () => {
  writeFileSync(join(folder, 'a.jsonl'), `${JSON.stringify(entry)}\n\n`);
  const { status, stdout } = run(folder, '--general');
  assert.equal(status, 0);
  assert.equal(stdout.trimEnd().split('\n').at(-1), 'code 100.0 % sub-type 100.0 % of 1');
});

test('says what is wrong with a line, and exits with 2', () => {
  writeFileSync(
    join(folder, 'b.jsonl'),
    `{"id":\n${JSON.stringify({ ...entry, label: { code: 'oops' } })}\n`,
  );
  const { status, stderr } = run(folder);
  assert.equal(status, 2);
  assert.match(stderr, /b\.jsonl:1: not valid JSON/);
  assert.match(stderr, /b\.jsonl:2: `label\.code`/);
});

test('a folder that is not there, and flags nobody knows', () => {
  assert.match(run(join(folder, 'none')).stderr, /no such folder/);
  assert.equal(run(join(folder, 'none')).status, 2);
  assert.match(run('--fast').stderr, /Unknown flag --fast/);
});
