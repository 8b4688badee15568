import assert from 'node:assert/strict';
import type { LateOutcome } from '../records.ts';
import { customer, end, failed, NOW, result, step, watching } from './sample.ts';
import { type OpenSubject, storeTest } from './subject.ts';

const late: LateOutcome = { at: NOW + 90_000, outcome: 'completed', results: [result] };

export function leftBehindTests(open: OpenSubject): void {
  storeTest(
    'attempts left behind are listed, oldest first, until it is known what became of them',
    open,
    async (store) => {
      const by = await customer(store);
      const given = await step(store, await watching(store, by), failed(end('abandoned')));
      const lost = await step(
        store,
        await watching(store, by),
        failed({ ...end('unknown'), at: NOW + 6000 }),
      );
      const clear = await step(store, await watching(store, by), failed(end('failed')));
      await watching(store, by);

      const listed = await store.leftBehind(NOW, 10);
      assert.deepEqual(
        listed.map((attempt) => attempt.taskId),
        [given.id, lost.id],
      );
      assert.deepEqual((await store.leftBehind(NOW + 6000, 10)).length, 1, 'only since then');

      const before = await store.task(given.id);
      assert.equal(await store.recordLate(given.id, 1, late), true);
      assert.equal(
        await store.recordLate(given.id, 1, { ...late, outcome: 'failed' }),
        false,
        'the first word counts',
      );
      assert.equal(await store.recordLate(clear.id, 1, late), false, 'it is known what became of it');
      assert.deepEqual((await store.attempts(given.id))[0]?.late, late);
      assert.deepEqual(await store.task(given.id), before, 'the task stays as it was');
      assert.deepEqual(
        (await store.leftBehind(NOW, 10)).map((attempt) => attempt.taskId),
        [lost.id],
      );
    },
  );

  storeTest('what the classifier had no rule for is listed, newest first', open, async (store) => {
    const by = await customer(store);
    const first = await step(store, await watching(store, by), failed(end('failed', 1, 'unknown_error')));
    await step(store, await watching(store, by), failed(end('failed', 1, 'service_error')));
    const [attempt, ...others] = await store.unclassified(10);
    assert.equal(attempt?.taskId, first.id);
    assert.equal(others.length, 0);
    assert.equal(attempt?.evidence?.status, 503);
  });
}
