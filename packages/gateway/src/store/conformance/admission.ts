import assert from 'node:assert/strict';
import { admission, admitOne, anotherKey, customer, failed, NOW, step, withKey } from './sample.ts';
import { type OpenSubject, sharedStore, storeTest } from './subject.ts';

export function admissionTests(open: OpenSubject): void {
  const shared = sharedStore(open);

  shared('a new task has what was admitted, and is pending in step prepare', async (store) => {
    const by = await customer(store);
    const asked = admission(by, withKey('k'));
    const outcome = await store.admit(asked);
    assert.equal(outcome.kind, 'created');
    assert(outcome.kind === 'created');
    const { idempotency: _, owner, ...values } = asked;
    assert.partialDeepStrictEqual(outcome.task, { ...values, owner });
    assert.partialDeepStrictEqual(outcome.task, {
      status: 'pending',
      step: 'prepare',
      version: 1,
      progress: 0,
    });
    assert(Object.isFrozen(outcome.task));
    assert.deepEqual(await store.task(asked.id), outcome.task);
  });

  storeTest('an admitted task is there after a reopen, column for column', open, async (store, subject) => {
    const by = await customer(store);
    await store.heartbeat('node-a', NOW + 60_000);
    const { owner: _, ...task } = await admitOne(store, by);
    const again = await subject.reopen();
    assert.partialDeepStrictEqual(await again.task(task.id), task);
  });

  shared('a hundred at once with one key give one task', async (store) => {
    const by = await customer(store);
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () => store.admit(admission(by, withKey('same')))),
    );
    const ids = new Set(outcomes.map((outcome) => ('task' in outcome ? outcome.task.id : outcome.kind)));
    assert.equal(ids.size, 1);
    assert.equal(outcomes.filter(({ kind }) => kind === 'created').length, 1);
    assert.equal(outcomes.filter(({ kind }) => kind === 'replayed').length, 99);
    assert.equal((await store.balance(by.accountId))?.reserved, 5000, 'the credits are reserved once');
  });

  shared('a replay shows the task in its present state', async (store) => {
    const by = await customer(store);
    const task = await admitOne(store, by, withKey('k'));
    const ended = await step(store, task, failed());
    const replay = await store.admit(admission(by, withKey('k')));
    assert.deepEqual(replay, { kind: 'replayed', task: ended });
  });

  shared('the same key with another fingerprint is a conflict and admits nothing', async (store) => {
    const by = await customer(store);
    await admitOne(store, by, withKey('k', 'a'.repeat(64)));
    const other = admission(by, withKey('k', 'b'.repeat(64)));
    assert.deepEqual(await store.admit(other), { kind: 'conflict' });
    assert.equal(await store.task(other.id), null);
    assert.equal((await store.balance(by.accountId))?.reserved, 5000);
  });

  shared('an expired key admits a new task, and then stands for that one', async (store) => {
    const by = await customer(store);
    const first = await admitOne(store, by, withKey('k', 'a'.repeat(64), NOW + 1000));
    const justBefore = admission(by, { ...withKey('k', 'a'.repeat(64), NOW + 5000), createdAt: NOW + 999 });
    assert.partialDeepStrictEqual(await store.admit(justBefore), {
      kind: 'replayed',
      task: { id: first.id },
    });
    const after = { ...withKey('k', 'b'.repeat(64), NOW + 5000), createdAt: NOW + 1000 };
    const second = await admitOne(store, by, after);
    assert.partialDeepStrictEqual(await store.admit(admission(by, after)), {
      kind: 'replayed',
      task: { id: second.id },
    });
  });

  shared('a key belongs to its account: two accounts may use the same', async (store) => {
    const one = await admitOne(store, await customer(store), withKey('k'));
    const other = await admitOne(store, await customer(store), withKey('k'));
    assert.notEqual(one.id, other.id);
  });

  shared('too few credits of the account refuse the task and change nothing', async (store) => {
    const by = await customer(store, 9999);
    await admitOne(store, by);
    const refused = admission(by, withKey('k'));
    const outcome = await store.admit(refused);
    assert.deepEqual(outcome, {
      kind: 'insufficient_credits',
      scope: 'account',
      required: 5000,
      remaining: 4999,
    });
    assert.equal(await store.task(refused.id), null);
    assert.deepEqual(await store.balance(by.accountId), {
      granted: 9999,
      remaining: 4999,
      reserved: 5000,
      used: 0,
    });
    await store.grant(by.accountId, 1);
    assert.equal(
      (await store.admit(refused)).kind,
      'created',
      'a refusal does not use up the idempotency key',
    );
  });

  shared(
    'too few credits of the key refuse the task, whatever the account has, and spare its other keys',
    async (store) => {
      const by = await customer(store, 1_000_000, 9999);
      await admitOne(store, by);
      const outcome = await store.admit(admission(by));
      assert.deepEqual(outcome, {
        kind: 'insufficient_credits',
        scope: 'key',
        required: 5000,
        remaining: 4999,
      });
      assert.equal((await store.balance(by.accountId))?.reserved, 5000);
      await admitOne(store, { ...by, ...(await anotherKey(store, by.accountId)) });
    },
  );

  shared('concurrent admissions never spend more than there is', async (store) => {
    const by = await customer(store, 52_000);
    const outcomes = await Promise.all(Array.from({ length: 40 }, () => store.admit(admission(by))));
    assert.equal(outcomes.filter(({ kind }) => kind === 'created').length, 10);
    assert.deepEqual(await store.balance(by.accountId), {
      granted: 52_000,
      remaining: 2000,
      reserved: 50_000,
      used: 0,
    });
  });

  shared('a write that breaks a law fails alone; its neighbours in the same moment hold', async (store) => {
    const by = await customer(store);
    const taken = await admitOne(store, by);
    const attempts = await Promise.allSettled([
      store.admit(admission(by)),
      store.admit(admission(by, { id: taken.id })),
      store.admit(admission({ ...by, keyId: 'no-such-key' })),
      store.admit(admission(by)),
    ]);
    assert.deepEqual(
      attempts.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
    );
    for (const attempt of attempts) {
      if (attempt.status === 'rejected') assert.equal(attempt.reason.code, 'service_error');
    }
    assert.equal((await store.balance(by.accountId))?.reserved, 15_000);
  });
}
