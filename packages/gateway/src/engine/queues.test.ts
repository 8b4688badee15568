import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../clock.ts';
import { FairQueue } from './fair-queue.ts';
import { attemptWaitMs, backoff, progressIsWorthWriting } from './schedule.ts';
import { TimerWheel } from './timer-wheel.ts';

test('a fair queue gives out everything once, in order within an account, and takes accounts in turn', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(4), { maxLength: 2_000 }), (accounts) => {
      const queue = new FairQueue<{ account: number; order: number }>();
      accounts.forEach((account, order) => {
        queue.push(String(account), { account, order });
      });
      const served: { account: number; order: number }[] = [];
      for (let item = queue.shift(); item; item = queue.shift()) served.push(item);
      assert.equal(served.length, accounts.length);
      assert.equal(queue.size, 0);
      for (const account of new Set(accounts)) {
        const orders = served.filter((item) => item.account === account).map((item) => item.order);
        assert.deepEqual(
          orders,
          orders.toSorted((a, b) => a - b),
        );
      }
      const distinct = new Set(accounts).size;
      const firstRound = served.slice(0, distinct).map((item) => item.account);
      assert.equal(
        new Set(firstRound).size,
        distinct,
        'each account is served once before any is served twice',
      );
    }),
  );
});

test('what was removed from a fair queue is not given out', () => {
  const queue = new FairQueue<string>();
  for (const item of ['a', 'b', 'c']) queue.push('x', item);
  assert.ok(queue.remove('x', 'b'));
  assert.ok(!queue.remove('x', 'b'));
  assert.deepEqual([queue.shift(), queue.shift(), queue.shift()], ['a', 'c', undefined]);
});

test('the wheel fires each item once, never early, at most a tick late, and forgets what was cancelled or moved', async () => {
  const clock = new ManualClock(1_000_000);
  const fired: [string, number][] = [];
  const wheel = new TimerWheel<{ name: string }>(clock, 20, (item) => fired.push([item.name, clock.now()]));
  const items = ['a', 'b', 'c', 'd'].map((name) => ({ name }));
  const [a, b, c, d] = items;
  assert.ok(a && b && c && d);
  wheel.schedule(a, clock.now() + 105);
  wheel.schedule(b, clock.now() + 50);
  wheel.schedule(c, clock.now() + 60);
  wheel.schedule(d, clock.now() + 10_000);
  wheel.schedule(d, clock.now() + 30);
  wheel.cancel(c);
  await clock.advance(20_000);
  assert.deepEqual(
    fired.map(([name]) => name),
    ['d', 'b', 'a'],
  );
  for (const [index, due] of [30, 50, 105].entries()) {
    const late = (fired[index]?.[1] ?? 0) - 1_000_000 - due;
    assert.ok(late >= 0 && late <= 20, `late by ${late} ms`);
  }
  assert.equal(wheel.size, 0);
});

test('backoff grows to its cap and stays within a quarter below it', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, random) => {
      const wait = backoff(failures, 100, 5_000, () => random);
      assert.ok(wait >= 75 && wait <= 5_000);
      if (failures > 10) assert.ok(wait >= 3_750);
    }),
  );
  assert.equal(attemptWaitMs(1, 3_000, Math.random), 3_000);
  assert.equal(attemptWaitMs(1, 60_000, Math.random), null);
});

test('progress is written for a real step or after a while, and never when it stood still or fell', () => {
  assert.ok(!progressIsWorthWriting(40, 40, 60_000));
  assert.ok(!progressIsWorthWriting(40, 30, 60_000));
  assert.ok(progressIsWorthWriting(40, 50, 0));
  assert.ok(!progressIsWorthWriting(40, 41, 100));
  assert.ok(progressIsWorthWriting(40, 41, 5_000));
});
