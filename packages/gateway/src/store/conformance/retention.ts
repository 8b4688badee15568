import assert from 'node:assert/strict';
import {
  admission,
  admitOne,
  completed,
  customer,
  end,
  failed,
  NOW,
  step,
  watching,
  withKey,
} from './sample.ts';
import { type OpenSubject, storeTest } from './subject.ts';

const AFTER_ALL = NOW + 100_000;

export function retentionTests(open: OpenSubject): void {
  storeTest(
    'only final tasks that ended before the moment go; their owner is told that they expired',
    open,
    async (store, subject) => {
      const by = await customer(store);
      const other = await customer(store);
      const early = await step(store, await watching(store, by), completed());
      const late = await step(
        store,
        await watching(store, by),
        failed(end('failed'), 'service_error', NOW + 50_000),
      );
      const running = await watching(store, by);
      assert.deepEqual(await store.sweep(NOW + 5000, AFTER_ALL, 10), [], 'strictly before');
      assert.deepEqual(await store.sweep(NOW + 5001, AFTER_ALL, 10), [early], 'gives what it removed');
      assert.deepEqual(await store.lookup(by.accountId, early.id), { kind: 'expired' });
      assert.deepEqual(await store.lookup(other.accountId, early.id), { kind: 'absent' });
      assert.equal(await store.task(early.id), null);
      assert.deepEqual(await store.attempts(early.id), []);
      assert.deepEqual(await store.tasksById(by.accountId, [early.id, late.id]), [late]);
      assert.deepEqual(await store.sweep(AFTER_ALL, AFTER_ALL, 10), [late]);
      assert.equal(await store.task(running.id), running);
      const again = await subject.reopen();
      assert.deepEqual(await again.lookup(by.accountId, late.id), { kind: 'expired' });
      assert.equal((await again.balance(by.accountId))?.used, 5000, 'what was spent stays spent');
    },
  );

  storeTest(
    'a sweep goes no further than its limit, and two at once remove nothing twice',
    open,
    async (store) => {
      const by = await customer(store);
      for (let i = 0; i < 6; i++) await step(store, await admitOne(store, by), failed());
      assert.equal((await store.sweep(AFTER_ALL, AFTER_ALL, 2)).length, 2);
      const removed = await Promise.all([
        store.sweep(AFTER_ALL, AFTER_ALL, 10),
        store.sweep(AFTER_ALL, AFTER_ALL, 10),
      ]);
      assert.equal(removed.flat().length, 4);
    },
  );

  storeTest('expired idempotency keys go, living ones stay', open, async (store) => {
    const by = await customer(store);
    const short = await admitOne(store, by, withKey('short', 'a'.repeat(64), NOW + 1000));
    const long = await admitOne(store, by, withKey('long', 'a'.repeat(64), NOW + 9000));
    await store.sweep(NOW, NOW + 2000, 10);
    const retry = (key: string) => store.admit(admission(by, withKey(key, 'a'.repeat(64), NOW + 9000)));
    const again = await retry('short');
    assert(again.kind === 'created');
    assert.notEqual(again.task.id, short.id);
    assert.deepEqual(await retry('long'), { kind: 'replayed', task: long });
  });

  storeTest('a removed task takes its idempotency key along', open, async (store) => {
    const by = await customer(store);
    const task = await step(store, await admitOne(store, by, withKey('k')), failed());
    assert.deepEqual(await store.sweep(AFTER_ALL, NOW, 10), [task]);
    assert.equal((await store.admit(admission(by, withKey('k')))).kind, 'created');
  });
}
