import assert from 'node:assert/strict';
import type { TaskQuery } from '../store.ts';
import { admitOne, completed, customer, end, failed, NOW, step, watching } from './sample.ts';
import { type OpenSubject, sharedStore, storeTest } from './subject.ts';

export function listTests(open: OpenSubject): void {
  const shared = sharedStore(open);

  shared('newest first by creation, then by id, in pages that join without gaps', async (store) => {
    const by = await customer(store);
    const expected: string[] = [];
    for (const [at, id] of [
      [3, 'a'],
      [1, 'c'],
      [2, 'b'],
      [2, 'a'],
      [1, 'd'],
    ] as const) {
      expected.push((await admitOne(store, by, { createdAt: NOW + at, id: `task-unified-${at}-${id}` })).id);
    }
    await admitOne(store, await customer(store));
    const everything = { accountId: by.accountId, statuses: null, type: null, model: null, errorCode: null };
    const pages = [];
    for (const offset of [0, 2, 4, 6]) pages.push(await store.list({ ...everything, offset, limit: 2 }));
    assert.deepEqual(
      pages.map(({ tasks }) => tasks.map(({ id }) => id)),
      [
        ['task-unified-3-a', 'task-unified-2-b'],
        ['task-unified-2-a', 'task-unified-1-d'],
        ['task-unified-1-c'],
        [],
      ],
    );
    for (const { total } of pages) assert.equal(total, 5);
  });

  shared('each filter, and all together; totals are of what matches', async (store) => {
    const by = await customer(store);
    const pending = await admitOne(store, by, { type: 'image', model: 'studio-image-1' });
    const processing = await watching(store, by);
    const done = await step(store, await watching(store, by), completed());
    const late = await step(store, await watching(store, by), failed(end('failed'), 'generation_timeout'));
    const broken = await step(
      store,
      await watching(store, by, { type: 'audio' }),
      failed(end('failed'), 'service_error'),
    );

    const ids = async (filter: Partial<TaskQuery>): Promise<Set<string>> => {
      const all = {
        accountId: by.accountId,
        statuses: null,
        type: null,
        model: null,
        errorCode: null,
        offset: 0,
        limit: 100,
      };
      const { tasks, total } = await store.list({ ...all, ...filter });
      assert.equal(total, tasks.length);
      return new Set(tasks.map(({ id }) => id));
    };
    const only = (...tasks: readonly { id: string }[]) => new Set(tasks.map(({ id }) => id));

    assert.deepEqual(await ids({}), only(pending, processing, done, late, broken));
    assert.deepEqual(await ids({ statuses: ['pending', 'processing'] }), only(pending, processing));
    assert.deepEqual(await ids({ statuses: ['completed'] }), only(done));
    assert.deepEqual(await ids({ statuses: [] }), only());
    assert.deepEqual(await ids({ type: 'image' }), only(pending));
    assert.deepEqual(await ids({ model: 'studio-image-1' }), only(pending));
    assert.deepEqual(await ids({ model: 'no-such-model' }), only());
    assert.deepEqual(await ids({ errorCode: 'generation_timeout' }), only(late));
    assert.deepEqual(
      await ids({ statuses: ['failed'], type: 'audio', errorCode: 'service_error' }),
      only(broken),
    );
    assert.deepEqual(await ids({ statuses: ['failed'], type: 'image' }), only());
  });

  shared("a look-up finds only what is the account's own", async (store) => {
    const by = await customer(store);
    const other = await customer(store);
    const task = await admitOne(store, by);
    assert.deepEqual(await store.lookup(by.accountId, task.id), { kind: 'found', task });
    assert.deepEqual(await store.lookup(other.accountId, task.id), { kind: 'absent' });
    assert.deepEqual(await store.lookup(by.accountId, 'task-unified-0-none'), { kind: 'absent' });
    assert.equal(await store.task('task-unified-0-none'), null);
  });

  storeTest(
    'many by id come in the order asked for, without the unknown and the foreign',
    open,
    async (store, subject) => {
      const by = await customer(store);
      const [a, b, c] = [await admitOne(store, by), await admitOne(store, by), await admitOne(store, by)];
      const foreign = await admitOne(store, await customer(store));
      const asked = [c.id, foreign.id, 'task-unified-0-none', a.id, b.id];
      const ids = (tasks: readonly { id: string }[]) => tasks.map(({ id }) => id);
      assert.deepEqual(ids(await store.tasksById(by.accountId, asked)), [c.id, a.id, b.id]);
      const again = await subject.reopen();
      await again.task(a.id);
      assert.deepEqual(ids(await again.tasksById(by.accountId, asked)), [c.id, a.id, b.id]);
    },
  );
}
