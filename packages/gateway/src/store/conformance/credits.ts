/** Money, as a property: whatever is done in whatever order, the law holds and the store agrees with a model of a few lines. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AccountBalance, TaskRecord } from '../records.ts';
import type { Store } from '../store.ts';
import {
  accepted,
  admission,
  admitOne,
  anotherKey,
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
  withKey,
} from './sample.ts';
import { type OpenSubject, sharedStore } from './subject.ts';

const GRANT = 20_000;
const KEY_LIMIT = 12_000;

/** One account with a free key and a limited one, as plain numbers. */
class Model {
  readonly balance = { granted: GRANT, remaining: GRANT, reserved: 0, used: 0 };
  readonly keys = [
    { limit: Number.POSITIVE_INFINITY, reserved: 0, used: 0 },
    { limit: KEY_LIMIT, reserved: 0, used: 0 },
  ];
  readonly tasks: { record: TaskRecord; key: number }[] = [];

  key(index: number) {
    return this.keys[index] ?? assert.fail();
  }

  canReserve(key: number, credits: number): boolean {
    const { limit, reserved, used } = this.key(key);
    return this.balance.remaining >= credits && reserved + used + credits <= limit;
  }

  reserve(key: number, credits: number): void {
    this.balance.remaining -= credits;
    this.balance.reserved += credits;
    this.key(key).reserved += credits;
  }

  settle(task: { record: TaskRecord; key: number }, used: number): void {
    const reserved = task.record.creditsReserved;
    this.balance.reserved -= reserved;
    this.balance.used += used;
    this.balance.remaining += reserved - used;
    const key = this.key(task.key);
    key.reserved -= reserved;
    key.used += used;
  }
}

interface Real {
  readonly store: Store;
  readonly customers: readonly Customer[];
}

type Command = fc.AsyncCommand<Model, Real>;

/** Runs `act` on one of the model's tasks, if it has any. */
function onTask(
  label: string,
  pick: number,
  act: (model: Model, real: Real, index: number) => Promise<void>,
): Command {
  return {
    check: (model) => model.tasks.length > 0,
    run: async (model, real) => {
      await act(model, real, pick % model.tasks.length);
      await agree(model, real);
    },
    toString: () => `${label}(${pick})`,
  };
}

const admits = fc
  .record({
    key: fc.nat(1),
    credits: fc.oneof(fc.nat(6000), fc.constantFrom(0, 4000, 5999, 6000, 6001)),
    replay: fc.boolean(),
  })
  .map(
    ({ key, credits, replay }): Command => ({
      check: () => true,
      run: async (model, real) => {
        const by = real.customers[key] ?? assert.fail();
        const wanted = admission(by, {
          creditsReserved: credits,
          ...(replay ? withKey(`${credits}-${key}`) : {}),
        });
        const possible = model.canReserve(key, credits);
        const outcome = await real.store.admit(wanted);
        if (outcome.kind === 'created') {
          assert(possible, 'a task was admitted that could not be paid');
          model.reserve(key, credits);
          model.tasks.push({ record: outcome.task, key });
        } else if (outcome.kind === 'replayed') {
          assert(replay);
          assert(model.tasks.some(({ record }) => record.id === outcome.task.id));
        } else {
          assert.equal(outcome.kind, 'insufficient_credits');
          assert(!possible, 'a task was refused that could be paid');
        }
        await agree(model, real);
      },
      toString: () => `admit(key ${key}, ${credits}${replay ? ', with a key' : ''})`,
    }),
  );

const advances = fc.nat().map((pick) =>
  onTask('advance', pick, async (model, { store }, index) => {
    const task = model.tasks[index] ?? assert.fail();
    const { record } = task;
    if (record.step === 'prepare') task.record = await step(store, record, prepared);
    else if (record.step === 'submit' && record.attempts.length === 0)
      task.record = await step(store, record, begun());
    else if (record.step === 'submit') task.record = await step(store, record, accepted());
  }),
);

const completes = fc.tuple(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true })).map(([pick, share]) =>
  onTask(`complete ${share} of`, pick, async (model, { store }, index) => {
    const task = model.tasks[index] ?? assert.fail();
    if (task.record.step !== 'watch') return;
    const used = Math.floor(task.record.creditsReserved * share);
    model.settle(task, used);
    task.record = await step(store, task.record, completed(used));
  }),
);

const fails = fc.nat().map((pick) =>
  onTask('fail', pick, async (model, { store }, index) => {
    const task = model.tasks[index] ?? assert.fail();
    if (task.record.step === 'done') {
      const outcome = await store.commit({ ...fence(task.record), owner: 'node-a' }, failed());
      assert.equal(outcome.kind, 'fenced');
      return;
    }
    model.settle(task, 0);
    task.record = await step(
      store,
      task.record,
      failed(task.record.attempts.length > 0 ? end('failed') : null),
    );
  }),
);

const cancels = fc.nat().map((pick) =>
  onTask('cancel', pick, async (model, { store }, index) => {
    const task = model.tasks[index] ?? assert.fail();
    const { record } = task;
    const outcome = await store.requestCancel(record.accountId, record.id, failure('request_cancelled'), NOW);
    const expected: string =
      record.step === 'done' ? 'final' : record.status === 'pending' ? 'cancelled' : 'requested';
    assert.equal(outcome.kind, expected);
    assert(outcome.kind !== 'absent');
    if (outcome.kind === 'cancelled') model.settle(task, 0);
    task.record = outcome.task;
  }),
);

const stale = fc.nat().map((pick) =>
  onTask('stale commit', pick, async (model, { store }, index) => {
    const { record } = model.tasks[index] ?? assert.fail();
    const outcome = await store.commit(
      { taskId: record.id, owner: 'node-a', version: record.version - 1 },
      failed(),
    );
    assert.equal(outcome.kind, 'fenced');
  }),
);

const grants = fc.integer({ min: -8000, max: 4000 }).map(
  (amount): Command => ({
    check: () => true,
    run: async (model, real) => {
      const possible = model.balance.remaining + amount >= 0;
      const accountId = real.customers[0]?.accountId ?? assert.fail();
      assert.equal(await real.store.grant(accountId, amount), possible);
      if (possible) {
        model.balance.granted += amount;
        model.balance.remaining += amount;
      }
      await agree(model, real);
    },
    toString: () => `grant(${amount})`,
  }),
);

async function agree(model: Model, { store, customers }: Real): Promise<void> {
  const first = customers[0] ?? assert.fail();
  const balance = await store.balance(first.accountId);
  assertLaw(balance);
  assert.deepEqual(balance, model.balance);
  for (const [i, { secretHash }] of customers.entries()) {
    const key = await store.keyByHash(secretHash);
    const { reserved, used } = model.key(i);
    assert.deepEqual([key?.creditsReserved, key?.creditsUsed], [reserved, used], 'the key agrees');
  }
  for (const { record } of model.tasks) assert.equal(await store.task(record.id), record);
}

/** granted = remaining + reserved + used, and none of the four is negative. */
export function assertLaw(balance: AccountBalance | null): asserts balance is AccountBalance {
  assert(balance);
  const { granted, remaining, reserved, used } = balance;
  assert.equal(granted, remaining + reserved + used, 'credits are conserved');
  for (const value of [granted, remaining, reserved, used])
    assert(value >= 0, 'no part of a balance is negative');
}

export function creditTests(open: OpenSubject): void {
  const shared = sharedStore(open);

  shared('any order of commands conserves credits and agrees with the model', async (store) => {
    const commands = fc.commands(
      [admits, admits, advances, advances, completes, fails, cancels, stale, grants],
      {
        maxCommands: 60,
        size: 'max',
      },
    );
    await fc.assert(
      fc.asyncProperty(commands, async (run) => {
        const first = await customer(store, GRANT);
        const second = { ...first, ...(await anotherKey(store, first.accountId, KEY_LIMIT)) };
        await fc.asyncModelRun(
          () => ({ model: new Model(), real: { store, customers: [first, second] } }),
          run,
        );
      }),
      { numRuns: 30 },
    );
  });

  shared('a settlement gives back what was not used, to the account and to the key', async (store) => {
    const by = await customer(store, 10_000, 6000);
    const task = await watching(store, by);
    assert.partialDeepStrictEqual(await store.keyByHash(by.secretHash), {
      creditsReserved: 5000,
      creditsUsed: 0,
    });
    await step(store, task, completed(1200));
    assert.deepEqual(await store.balance(by.accountId), {
      granted: 10_000,
      remaining: 8800,
      reserved: 0,
      used: 1200,
    });
    assert.partialDeepStrictEqual(await store.keyByHash(by.secretHash), {
      creditsReserved: 0,
      creditsUsed: 1200,
    });
    await admitOne(store, by, { creditsReserved: 4800 });
  });
}
