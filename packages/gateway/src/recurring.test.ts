import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from './clock.ts';
import { recurring } from './recurring.ts';

/** Rounds that end when they are told to. */
function world() {
  const clock = new ManualClock();
  const rounds: PromiseWithResolvers<void>[] = [];
  const failures: unknown[] = [];
  const work = () => {
    const round = Promise.withResolvers<void>();
    rounds.push(round);
    return round.promise;
  };
  const { stop } = recurring({ clock, everyMs: 100 }, work, (error) => failures.push(error));
  return { clock, rounds, failures, stop };
}

describe('recurring work', () => {
  it('begins again so long after a round has ended, whether it failed or not', async () => {
    const { clock, rounds, failures, stop } = world();
    await clock.advance(99);
    assert.equal(rounds.length, 0);
    await clock.advance(1);
    await clock.advance(1000);
    assert.equal(rounds.length, 1, 'two at once');
    rounds[0]?.reject('the disk is full');
    await clock.advance(99);
    assert.deepEqual([rounds.length, failures], [1, ['the disk is full']]);
    await clock.advance(1);
    assert.equal(rounds.length, 2);
    stop();
  });

  it('once stopped never begins again, and a round that is under way fails in silence', async () => {
    const { clock, rounds, failures, stop } = world();
    await clock.advance(100);
    stop();
    rounds[0]?.reject('the store is closed');
    await clock.advance(1000);
    assert.deepEqual([rounds.length, failures], [1, []]);
  });

  it('stopped between two rounds has no more', async () => {
    const { clock, rounds, stop } = world();
    stop();
    await clock.advance(1000);
    assert.equal(rounds.length, 0);
  });
});
