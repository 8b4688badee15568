import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../clock.ts';
import { Allowance } from './allowance.ts';

test('however it is spent, over any time no more than the burst and one for each interval', async () => {
  const pauses = fc.array(fc.nat(3_000), { minLength: 1, maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(pauses, fc.integer({ min: 1, max: 5 }), async (waits, burst) => {
      const clock = new ManualClock();
      const began = clock.now();
      const allowance = new Allowance({ burst, everyMs: 1_000 }, clock);
      let spent = 0;
      for (const wait of waits) {
        await clock.advance(wait);
        const left = allowance.waitMs('a');
        assert.ok(left <= 1_000 && allowance.waitMs('other') === 0);
        if (left > 0) continue;
        allowance.spend('a');
        spent++;
        assert.ok(spent <= burst + (clock.now() - began) / 1_000, `${spent}`);
      }
      await clock.advance(allowance.waitMs('a'));
      assert.equal(allowance.waitMs('a'), 0, 'who waits as long as told may go on');
    }),
  );
});
