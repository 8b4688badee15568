/** The conformance suite, and how this engine writes: groups, a small cache, a disk or a thread that fails. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TaskError } from '@sluice/errors';
import { admission, completed, customer, step, watching } from '../conformance/sample.ts';
import { storeConformance } from '../conformance.ts';
import { openSqliteSubject, raw, sqliteTest } from './testing/subject.ts';
import { startWriter } from './writer.ts';

storeConformance('sqlite', openSqliteSubject);

describe('sqlite: groups', () => {
  sqliteTest(
    'what comes in one moment is one transaction, what comes meanwhile two more',
    async ({ store }) => {
      const by = await customer(store);
      const before = { ...store.groups };
      const first = Promise.all(
        Array.from({ length: 50 }, () => store.admit(admission(by, { creditsReserved: 1 }))),
      );
      // A turn later the first group is with the writer. Of these as many as are worth it follow at once, the rest at its end.
      await new Promise((resolve) => setImmediate(resolve));
      const more = Promise.all(
        Array.from({ length: 50 }, () => store.admit(admission(by, { creditsReserved: 1 }))),
      );
      await Promise.all([first, more]);
      assert.equal(store.groups.commands - before.commands, 100);
      assert.equal(store.groups.committed - before.committed, 3);
    },
  );

  sqliteTest(
    'nothing is visible to readers before its group is on disk, and then all of it',
    async ({ store, path }) => {
      const by = await customer(store);
      let answered = false;
      const writes = Promise.all(
        Array.from({ length: 200 }, () => store.admit(admission(by, { creditsReserved: 1 }))),
      );
      void writes.then(() => {
        answered = true;
      });
      const counts = new Set<unknown>();
      while (!answered) {
        counts.add(raw(path, (db) => db.prepare('SELECT count(*) AS n FROM tasks').get()?.n));
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.deepEqual(
        [...counts].filter((n) => n !== 0 && n !== 200),
        [],
      );
    },
  );

  sqliteTest(
    'a task that the cache dropped is read again, and can go on',
    async ({ store }) => {
      const by = await customer(store);
      const tasks = [];
      for (let i = 0; i < 20; i++) tasks.push(await watching(store, by));
      const ids = tasks.map(({ id }) => id);
      assert.deepEqual(await store.tasksById(by.accountId, ids), tasks);
      for (const task of tasks) {
        assert.deepEqual(await store.task(task.id), task);
        await step(store, task, completed());
      }
    },
    { cachedTasks: 2 },
  );
});

describe('sqlite: a disk that will not take it', () => {
  sqliteTest(
    'writes are refused while it is full, reads go on, and nothing is half',
    async ({ store, reopen }) => {
      const by = await customer(store);
      const big = { params: { prompt: 'x'.repeat(20_000) }, creditsReserved: 1 };
      let written = 0;
      const full = await (async () => {
        for (;;) {
          await store.admit(admission(by, big));
          written++;
        }
      })().catch((error: unknown) => error);
      assert(TaskError.is(full) && full.code === 'service_unavailable');
      assert(written > 0);
      assert.equal((await store.balance(by.accountId))?.reserved, written);
      await assert.rejects(store.admit(admission(by, big)), { code: 'service_unavailable' });
      assert.equal((await (await reopen()).balance(by.accountId))?.reserved, written);
    },
    { maxBytes: 600_000 },
  );

  test('a writer thread that crashes fails all that wait for it, and all that comes later', async () => {
    const script = `
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', () => { throw new Error('out of luck'); });
      parentPort.postMessage({ kind: 'ready' });`;
    const told: string[] = [];
    const thread = new URL(`data:text/javascript,${encodeURIComponent(script)}`);
    const writer = await startWriter(
      { path: 'none', maxBytes: null },
      (because) => told.push(because),
      thread,
    );
    const send = () => writer.send({ kind: 'ping' }, (done) => done);
    for (const outcome of await Promise.allSettled([send(), send()])) {
      assert(outcome.status === 'rejected');
      assert.equal(outcome.reason.code, 'service_unavailable');
    }
    await assert.rejects(send(), { code: 'service_unavailable' });
    assert.deepEqual(told, ['the writer thread crashed (out of luck)']);
    await writer.drain();
    await writer.end();
  });
});
