import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Entry, Turnstile } from './turnstile.ts';

test('whoever comes and goes: never more than the bounds, and nobody is turned away while there is room', () => {
  const coming = fc.record({
    owner: fc.constantFrom('a', 'b', 'c'),
    weight: fc.integer({ min: 0, max: 3 }),
    leaves: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(coming, { maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 8 }),
      (steps, each, all) => {
        const turnstile = new Turnstile({ each, all });
        const inside: { owner: string; weight: number; entry: Extract<Entry, { kind: 'entered' }> }[] = [];
        for (const { owner, weight, leaves } of steps) {
          const own = inside.filter((one) => one.owner === owner);
          const [first] = own;
          if (leaves && first) {
            inside.splice(inside.indexOf(first), 1);
            first.entry.leave();
            first.entry.leave();
            continue;
          }
          const entry = turnstile.enter(owner, weight);
          const of = (some: typeof inside) => some.reduce((sum, one) => sum + one.weight, weight);
          const expected =
            of(own) > each
              ? { kind: 'full', bound: 'each', most: each }
              : of(inside) > all
                ? { kind: 'full', bound: 'all', most: all }
                : null;
          if (entry.kind === 'entered') inside.push({ owner, weight, entry });
          assert.deepEqual(entry.kind === 'full' ? entry : null, expected);
        }
      },
    ),
  );
});
