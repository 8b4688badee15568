import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Gate } from './gate.ts';

describe('a gate', () => {
  it('never lets in more than its places, in order, and gives every place back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.boolean(), { maxLength: 20 }),
        fc.scheduler(),
        async (places, gives, s) => {
          const gate = new Gate(places);
          const order: number[] = [];
          let inside = 0;
          const visits = gives.map(async (givesUp, index) => {
            const controller = new AbortController();
            const entering = gate.enter(controller.signal);
            if (givesUp) queueMicrotask(() => controller.abort(new Error('gave up')));
            let leave: () => void;
            try {
              leave = await entering;
            } catch {
              return;
            }
            order.push(index);
            inside++;
            assert.ok(inside <= places);
            await s.schedule(Promise.resolve());
            inside--;
            leave();
            leave();
          });
          await s.waitFor(Promise.all(visits));
          assert.deepEqual(
            order,
            order.toSorted((a, b) => a - b),
          );
          const again = await Promise.all(Array.from({ length: places }, () => gate.enter()));
          assert.equal(again.length, places);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('turns away who has given up already', async () => {
    await assert.rejects(new Gate(1).enter(AbortSignal.abort(new Error('too late'))), {
      message: 'too late',
    });
  });
});
