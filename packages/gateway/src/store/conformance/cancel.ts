import assert from 'node:assert/strict';
import type { TaskRecord } from '../records.ts';
import type { Store } from '../store.ts';
import {
  admitOne,
  begun,
  type Customer,
  completed,
  customer,
  end,
  failed,
  failure,
  fence,
  NOW,
  prepared,
  step,
  watching,
} from './sample.ts';
import { type OpenSubject, sharedStore } from './subject.ts';

type Bring = (store: Store, by: Customer) => Promise<TaskRecord>;

const submitting: Bring = async (store, by) => step(store, await admitOne(store, by), prepared);
const submitted: Bring = async (store, by) => step(store, await submitting(store, by), begun());

const PENDING: Record<string, Bring> = {
  prepare: (store, by) => admitOne(store, by),
  'submit, before any attempt': submitting,
};

const PROCESSING: Record<string, Bring> = {
  'submit, with an attempt open': submitted,
  watch: watching,
  'submit, between two attempts': async (store, by) =>
    step(store, await watching(store, by), { kind: 'attempt_over', end: end('failed') }),
  collect: async (store, by) =>
    step(store, await watching(store, by), { kind: 'outputs_ready', outputs: [] }),
  reconcile: async (store, by) =>
    step(store, await submitted(store, by), {
      kind: 'attempt_lost',
      end: end('unknown'),
      reconcileUntil: NOW,
    }),
};

export function cancelTests(open: OpenSubject): void {
  const shared = sharedStore(open);

  const error = failure('request_cancelled');
  const at = NOW + 3000;

  for (const [where, bring] of Object.entries(PENDING)) {
    shared(
      `in ${where}: it fails at once, and the holder of the lease finds its fence broken`,
      async (store) => {
        const by = await customer(store);
        const task = await bring(store, by);
        const outcome = await store.requestCancel(by.accountId, task.id, error, at);
        assert.partialDeepStrictEqual(outcome, {
          kind: 'cancelled',
          task: {
            status: 'failed',
            step: 'done',
            owner: null,
            error,
            finishedAt: at,
            version: task.version + 1,
          },
        });
        assert.deepEqual(await store.balance(by.accountId), {
          granted: 1_000_000,
          remaining: 1_000_000,
          reserved: 0,
          used: 0,
        });
        assert.deepEqual(await store.commit(fence(task), failed()), { kind: 'fenced' });
      },
    );
  }

  for (const [where, bring] of Object.entries(PROCESSING)) {
    shared(
      `in ${where}: the wish is recorded, the version stays, and the holder's next change keeps it`,
      async (store) => {
        const by = await customer(store);
        const task = await bring(store, by);
        const outcome = await store.requestCancel(by.accountId, task.id, error, at);
        assert.deepEqual(outcome, { kind: 'requested', task: { ...task, cancelRequestedAt: at } });
        const again = await store.requestCancel(by.accountId, task.id, error, at + 500);
        assert.partialDeepStrictEqual(
          again,
          { kind: 'requested', task: { cancelRequestedAt: at } },
          'the first wish counts',
        );
        const last = await step(
          store,
          task,
          failed(where.includes('between') ? null : end('cancelled'), 'request_cancelled'),
        );
        assert.partialDeepStrictEqual(last, { status: 'failed', cancelRequestedAt: at });
        assert.deepEqual(await store.task(task.id), last);
      },
    );
  }

  shared('a wish and a change in the same moment both hold, whichever comes first', async (store) => {
    const by = await customer(store);
    for (const order of ['wish first', 'change first', 'change while the wish is being written']) {
      const task = await watching(store, by);
      const wish = () => store.requestCancel(by.accountId, task.id, error, at);
      const change = () => store.commit(fence(task), { kind: 'progressed', progress: 50 });
      const before = order === 'change first' ? change() : wish();
      if (order.includes('while')) await new Promise((resolve) => setImmediate(resolve));
      const after = order === 'change first' ? wish() : change();
      await Promise.all([before, after]);
      const now = await store.task(task.id);
      assert.partialDeepStrictEqual(
        now,
        { progress: 50, cancelRequestedAt: at, version: task.version + 1 },
        order,
      );
    }
  });

  shared(
    'a cancel call and the start of the first attempt in the same moment: one of them wins',
    async (store) => {
      const by = await customer(store);
      const task = await submitting(store, by);
      const [start, cancel] = await Promise.all([
        store.commit(fence(task), begun()),
        store.requestCancel(by.accountId, task.id, error, at),
      ]);
      assert.equal(cancel.kind, start.kind === 'committed' ? 'requested' : 'cancelled');
    },
  );

  shared('a final task stays what it is', async (store) => {
    const by = await customer(store);
    const task = await step(store, await watching(store, by), completed());
    assert.deepEqual(await store.requestCancel(by.accountId, task.id, error, at), { kind: 'final', task });
  });

  shared("another account's task is as absent as one that never was", async (store) => {
    const task = await admitOne(store, await customer(store));
    const other = await customer(store);
    for (const id of [task.id, 'task-unified-0-none']) {
      assert.deepEqual(await store.requestCancel(other.accountId, id, error, at), { kind: 'absent' });
    }
    assert.equal(await store.task(task.id), task);
  });
}
