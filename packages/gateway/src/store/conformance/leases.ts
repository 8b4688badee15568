import assert from 'node:assert/strict';
import { admitOne, completed, customer, failed, fence, NOW, prepared, step, watching } from './sample.ts';
import { type OpenSubject, storeTest } from './subject.ts';

export function leaseTests(open: OpenSubject): void {
  storeTest(
    "a living node's tasks are not taken; a silent one's are, once its time is over",
    open,
    async (store) => {
      const by = await customer(store);
      await store.heartbeat('node-a', NOW + 1000);
      const task = await watching(store, by);
      assert.deepEqual(await store.takeOver('node-b', NOW + 999, 10), []);
      await store.heartbeat('node-a', NOW + 2000);
      assert.deepEqual(
        await store.takeOver('node-b', NOW + 1000, 10),
        [],
        'a heartbeat renews every lease of the node',
      );
      const taken = await store.takeOver('node-b', NOW + 2000, 10);
      assert.deepEqual(taken, [{ ...task, owner: 'node-b', version: task.version + 1 }]);
      assert.equal(await store.task(task.id), taken[0]);
    },
  );

  storeTest('a node that lost its lease always loses, even if it comes back to life', open, async (store) => {
    const by = await customer(store);
    await store.heartbeat('node-a', NOW);
    const task = await watching(store, by);
    const [taken] = await store.takeOver('node-b', NOW + 1, 10);
    await store.heartbeat('node-a', NOW + 60_000);
    assert.deepEqual(await store.commit(fence(task), completed()), { kind: 'fenced' });
    const guess = { taskId: task.id, owner: 'node-a', version: task.version + 1 };
    assert.deepEqual(await store.commit(guess, completed()), { kind: 'fenced' });
    assert(taken);
    await step(store, taken, completed());
  });

  storeTest(
    'two nodes that take over at once share the tasks: none twice, none left',
    open,
    async (store) => {
      const by = await customer(store);
      await store.heartbeat('node-a', NOW);
      const tasks = await Promise.all(Array.from({ length: 60 }, () => admitOne(store, by)));
      await Promise.all(['node-b', 'node-c'].map((node) => store.heartbeat(node, NOW + 60_000)));
      const pages = await Promise.all(
        ['node-b', 'node-c', 'node-b', 'node-c'].map((node) => store.takeOver(node, NOW + 1, 20)),
      );
      const ids = pages.flat().map(({ id }) => id);
      assert.equal(ids.length, tasks.length);
      assert.equal(new Set(ids).size, tasks.length);
    },
  );

  storeTest('a take-over and a commit in the same moment: the row is never both', open, async (store) => {
    const by = await customer(store);
    for (let round = 0; round < 20; round++) {
      await store.heartbeat('node-a', NOW);
      const task = await watching(store, by);
      const takeOver = () => store.takeOver('node-b', NOW + 1, 10);
      const before = round % 2 === 0 ? takeOver() : null;
      const [commit, taken] = await Promise.all([
        store.commit(fence(task), completed()),
        before ?? takeOver(),
      ]);
      assert.equal(taken.length, commit.kind === 'committed' ? 0 : 1);
      for (const one of taken) await step(store, one, completed());
    }
  });

  storeTest('the oldest come first, in pages, and finished tasks never', open, async (store) => {
    const by = await customer(store);
    const tasks = [];
    for (let i = 0; i < 7; i++)
      tasks.push(await admitOne(store, by, { createdAt: NOW + i * 10, owner: `node-${i % 2}` }));
    const [first, ...rest] = tasks;
    assert(first);
    await step(store, first, failed());
    const pages = [];
    for (let i = 0; i < 3; i++) pages.push((await store.takeOver('node-b', NOW, 3)).map(({ id }) => id));
    const ids = rest.map(({ id }) => id);
    assert.deepEqual(pages, [ids.slice(0, 3), ids.slice(3, 6), []]);
  });

  storeTest('a retired node gives up all at once, and can write no more', open, async (store) => {
    const by = await customer(store);
    await store.heartbeat('node-a', NOW + 60_000);
    const task = await watching(store, by);
    await store.retire('node-a');
    assert.equal((await store.task(task.id))?.owner, null);
    assert.deepEqual(await store.commit(fence(task), completed()), { kind: 'fenced' });
    const [taken] = await store.takeOver('node-b', NOW, 10);
    assert.partialDeepStrictEqual(taken, { id: task.id, owner: 'node-b' });
    await store.retire('node-that-never-was');
  });

  storeTest('a retired node that begins a new life has none of its old leases', open, async (store) => {
    const by = await customer(store);
    const old = await admitOne(store, by);
    await store.retire('node-a');
    await store.heartbeat('node-a', NOW + 60_000);
    assert.deepEqual(await store.commit(fence(old), prepared), { kind: 'fenced' });
    const [taken] = await store.takeOver('node-a', NOW, 10);
    assert(taken);
    assert.equal(taken.id, old.id);
    await step(store, taken, prepared);
  });

  storeTest('not even a change sent in the very moment of the retirement', open, async (store) => {
    const by = await customer(store);
    const task = await watching(store, by);
    const [, , outcome] = await Promise.all([
      store.retire('node-a'),
      store.heartbeat('node-a', NOW + 60_000),
      store.commit(fence(task), completed()),
    ]);
    assert.deepEqual(outcome, { kind: 'fenced' });
  });

  storeTest('unfinished tasks are counted, also after a reopen', open, async (store, subject) => {
    const by = await customer(store);
    await admitOne(store, by);
    await step(store, await admitOne(store, by), prepared);
    await watching(store, by);
    await step(store, await watching(store, by), completed());
    const cancelled = await admitOne(store, by);
    await step(store, cancelled, failed());
    const expected = { pending: 2, processing: 1, completed: 0, failed: 0 };
    assert.deepEqual(await store.counts(), expected);
    assert.deepEqual(await (await subject.reopen()).counts(), expected);
  });
}
