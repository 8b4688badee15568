import assert from 'node:assert/strict';
import type { TaskChange } from '../store.ts';
import {
  accepted,
  admitOne,
  begun,
  completed,
  customer,
  end,
  evidence,
  failed,
  failure,
  fence,
  NOW,
  prepared,
  result,
  step,
  verdict,
  watching,
} from './sample.ts';
import { type OpenSubject, sharedStore, storeTest } from './subject.ts';

const outputs: TaskChange = {
  kind: 'outputs_ready',
  outputs: [{ kind: 'url', url: 'https://upstream.example/1.mp4', mimeType: 'video/mp4' }],
};

export function lifeTests(open: OpenSubject): void {
  const shared = sharedStore(open);

  storeTest(
    'each step of a task that succeeds is what the store then holds, in memory and on disk',
    open,
    async (store, subject) => {
      const by = await customer(store);
      let task = await admitOne(store, by);
      const expected = [
        [prepared, { status: 'pending', step: 'submit', params: { prompt: 'prepared' } }],
        [
          begun(),
          {
            status: 'processing',
            step: 'submit',
            startedAt: NOW + 1000,
            attempts: [{ number: 1, state: 'open' }],
          },
        ],
        [
          accepted(),
          {
            step: 'watch',
            handle: { job: 'job-7', nested: [1, null, 'x'] },
            attempts: [{ state: 'accepted' }],
          },
        ],
        [
          { kind: 'progressed', progress: 40 },
          { step: 'watch', progress: 40 },
        ],
        [outputs, { step: 'collect', outputs: [{ kind: 'url' }] }],
        [
          completed(3000),
          {
            status: 'completed',
            step: 'done',
            progress: 100,
            owner: null,
            results: [result],
            creditsUsed: 3000,
          },
        ],
      ] as const;
      for (const [change, shape] of expected) {
        const before = task.version;
        task = await step(store, task, change);
        assert.equal(task.version, before + 1, 'each change grows the version by one');
        assert.partialDeepStrictEqual(task, shape);
        assert.equal(await store.task(task.id), task, 'what commit gave is what the store shows');
      }
      assert.equal(task.finishedAt, NOW + 5000);
      assert.deepEqual(await (await subject.reopen()).task(task.id), task, 'and what is on disk');
    },
  );

  shared('an unchanged task is the same object at every look', async (store) => {
    const by = await customer(store);
    const task = await watching(store, by);
    const looked = await store.lookup(by.accountId, task.id);
    assert(looked.kind === 'found');
    assert.equal(looked.task, await store.task(task.id));
    const [listed] = await store.tasksById(by.accountId, [task.id]);
    assert.equal(listed, looked.task);
  });

  shared('of many writers that read the same version exactly one wins', async (store) => {
    const by = await customer(store);
    for (let round = 0; round < 20; round++) {
      const task = await watching(store, by);
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          store.commit(fence(task), i % 2 ? completed(i * 100) : failed(end('failed'))),
        ),
      );
      const won = outcomes.filter(({ kind }) => kind === 'committed');
      assert.equal(won.length, 1);
      assert(won[0]?.kind === 'committed');
      assert.deepEqual(await store.task(task.id), won[0].task);
    }
    const { reserved, used, remaining, granted } = (await store.balance(by.accountId)) ?? assert.fail();
    assert.equal(reserved, 0, 'each reservation was settled once');
    assert.equal(remaining + used, granted);
  });

  shared('also where none of them ends the task, and where each begins an attempt', async (store) => {
    const by = await customer(store);
    const watched = await watching(store, by);
    const submitting = await step(store, await admitOne(store, by), prepared);
    for (const task of [watched, submitting]) {
      const changes = Array.from({ length: 8 }, (_, i): TaskChange => {
        return task === watched ? { kind: 'progressed', progress: 10 + i } : begun();
      });
      const outcomes = await Promise.all(changes.map((change) => store.commit(fence(task), change)));
      assert.equal(outcomes.filter(({ kind }) => kind === 'committed').length, 1);
      assert.equal((await store.task(task.id))?.version, task.version + 1);
      assert.equal((await store.attempts(task.id)).length, 1);
    }
  });

  shared('a fence of another owner, version or task writes nothing', async (store) => {
    const by = await customer(store);
    const task = await watching(store, by);
    const wrong = [
      { ...fence(task), owner: 'node-b' },
      { ...fence(task), version: task.version - 1 },
      { ...fence(task), version: task.version + 1 },
      { ...fence(task), taskId: 'task-unified-0-none' },
    ];
    for (const bad of wrong) assert.deepEqual(await store.commit(bad, completed()), { kind: 'fenced' });
    assert.equal(await store.task(task.id), task);
  });

  shared('a task that is done never changes again', async (store) => {
    const by = await customer(store);
    for (const last of [completed(), failed(end('failed'))]) {
      const task = await step(store, await watching(store, by), last);
      for (const owner of ['node-a', 'nobody']) {
        const again = { taskId: task.id, owner, version: task.version };
        assert.deepEqual(await store.commit(again, failed()), { kind: 'fenced' });
      }
      assert.equal(await store.task(task.id), task);
    }
  });

  shared('progress never falls, and reaches 100 only with completion', async (store) => {
    const by = await customer(store);
    let task = await watching(store, by);
    for (const [told, shown] of [
      [10, 10],
      [5, 10],
      [10, 10],
      [55.9, 55],
      [100, 99],
      [400, 99],
      [-3, 99],
    ] as const) {
      task = await step(store, task, { kind: 'progressed', progress: told });
      assert.equal(task.progress, shown);
    }
    assert.equal((await step(store, task, completed())).progress, 100);
  });

  storeTest(
    'an attempt is written with the change that its end causes: the whole of it, and its summary',
    open,
    async (store, subject) => {
      const by = await customer(store);
      let task = await watching(store, by);
      task = await step(store, task, { kind: 'attempt_over', end: end('failed', 1, 'resource_exhausted') });
      assert.partialDeepStrictEqual(task, {
        step: 'submit',
        status: 'processing',
        handle: null,
        outputs: [],
      });
      const firstStart = task.startedAt;
      task = await step(store, task, begun(2));
      assert.equal(task.startedAt, firstStart, 'a task starts once');
      task = await step(store, task, {
        kind: 'attempt_lost',
        end: end('unknown', 2),
        reconcileUntil: NOW + 60_000,
      });
      assert.partialDeepStrictEqual(task, { step: 'reconcile', reconcileUntil: NOW + 60_000 });
      task = await step(store, task, accepted(2));
      assert.partialDeepStrictEqual(task, { step: 'watch', reconcileUntil: null });
      task = await step(store, task, completed(100, 2));
      assert.deepEqual(
        task.attempts.map(({ number, state, code }) => ({ number, state, code })),
        [
          { number: 1, state: 'failed', code: 'resource_exhausted' },
          { number: 2, state: 'succeeded', code: null },
        ],
      );
      const again = await subject.reopen();
      const rows = await again.attempts(task.id);
      assert.partialDeepStrictEqual(rows[0], {
        taskId: task.id,
        evidence,
        verdict,
        endedAt: NOW + 5000,
        handle: { job: 'job-7' },
      });
      for (const [i, { number, route, state, code, startedAt }] of rows.entries()) {
        assert.deepEqual({ number, route, state, code, startedAt }, task.attempts[i]);
      }
      assert.deepEqual(await again.attempts('task-unified-0-none'), []);
    },
  );

  shared('an attempt may begin straight from prepare, where there was nothing to prepare', async (store) => {
    const task = await step(store, await admitOne(store, await customer(store)), begun());
    assert.deepEqual([task.step, task.status, task.attempts.length], ['submit', 'processing', 1]);
    assert.equal((await step(store, task, accepted())).step, 'watch');
  });

  shared('a change that does not fit is refused as an internal error and writes nothing', async (store) => {
    const by = await customer(store);
    const fresh = await admitOne(store, by);
    const task = await watching(store, by);
    const unfit: [typeof task, TaskChange][] = [
      [fresh, begun(2)],
      [fresh, completed()],
      [fresh, { kind: 'progressed', progress: 1 }],
      [task, prepared],
      [task, begun(2)],
      [task, completed(5001)],
      [task, completed(-1)],
      [task, completed(100, 2)],
    ];
    for (const [on, change] of unfit)
      await assert.rejects(store.commit(fence(on), change), { code: 'service_error' });
    assert.equal(await store.task(task.id), task);
    assert.equal(await store.task(fresh.id), fresh);
    assert.deepEqual(await store.balance(by.accountId), {
      granted: 1_000_000,
      remaining: 990_000,
      reserved: 10_000,
      used: 0,
    });
  });

  shared('an attempt key that was used before is refused together with its whole change', async (store) => {
    const by = await customer(store);
    const change = begun();
    await step(store, await step(store, await admitOne(store, by), prepared), change);
    const other = await step(store, await admitOne(store, by), prepared);
    await assert.rejects(store.commit(fence(other), change), { code: 'service_error' });
    assert.equal(await store.task(other.id), other);
    assert.deepEqual(await store.attempts(other.id), []);
  });

  storeTest('a failed task keeps its error and costs nothing', open, async (store, subject) => {
    const by = await customer(store);
    const task = await step(store, await watching(store, by), failed(end('failed'), 'generation_timeout'));
    assert.partialDeepStrictEqual(task, {
      status: 'failed',
      error: failure('generation_timeout'),
      creditsUsed: 0,
      results: [],
    });
    assert.deepEqual(await store.balance(by.accountId), {
      granted: 1_000_000,
      remaining: 1_000_000,
      reserved: 0,
      used: 0,
    });
    assert.deepEqual(await (await subject.reopen()).task(task.id), task);
  });
}
