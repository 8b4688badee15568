import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ManualClock } from '../clock.ts';
import { openLocalFiles } from '../files/local.ts';
import { createLog } from '../observe/log.ts';
import type { StoredDecision } from '../store/decisions.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import { startSweeper } from './sweeper.ts';

const DAY = 24 * 3_600_000;

test('decisions go after thirty days, however many there are', async () => {
  await using world = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-sweeper-'));
  world.defer(() => rm(folder, { recursive: true, force: true }));
  const store = await openSqliteStore({ path: join(folder, 'store.db') });
  world.defer(() => store.close());
  const clock = new ManualClock(Date.UTC(2026, 10, 22));
  const files = await openLocalFiles(join(folder, 'files'));
  const log = createLog({ level: 'silent' });
  const sweeper = startSweeper({ store, files, clock, log, tasksMs: DAY });
  world.defer(() => sweeper.stop());

  const decision = (id: string, at: number): StoredDecision => ({
    id,
    taskId: null,
    accountId: 'acme',
    keyId: 'key-acme',
    model: 'm',
    stage: 'input',
    findings: '[]',
    failures: '[]',
    verdict: '{"kind":"allow"}',
    at,
  });
  const now = clock.now();
  await Promise.all(
    Array.from({ length: 450 }, (_, i) => store.recordDecision(decision(`old-${i}`, now - 30 * DAY - 1))),
  );
  await store.recordDecision(decision('young', now - 30 * DAY));
  await sweeper.sweep();
  assert.deepEqual(
    (await store.decisions(1000)).map(({ id }) => id),
    ['young'],
  );
});
