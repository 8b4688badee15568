import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../json.ts';
import type { ModelDefinition, Pricing } from './model.ts';
import { quote } from './price.ts';

const model = (pricing: Pricing): ModelDefinition => ({
  id: 'm',
  type: 'video',
  description: '',
  parameters: { type: 'object', properties: {} },
  unknownParameters: 'refuse',
  inputs: {},
  pricing,
  timeoutMs: 1000,
  estimateSeconds: 7,
  routes: [],
});
const price = (pricing: Pricing, params: JsonObject) => quote(model(pricing), params).milliCredits;

it('bills a call, the seconds or the pictures', () => {
  assert.deepEqual(quote(model({ rule: 'per_second', milliCredits: 5000 }), { duration: 6 }), {
    milliCredits: 30_000,
    billingRule: 'per_second',
    estimateSeconds: 7,
  });
  assert.equal(price({ rule: 'per_call', milliCredits: 1500 }, { duration: 6, n: 3 }), 1500);
  assert.equal(price({ rule: 'per_image', milliCredits: 4000 }, { n: 3 }), 12_000);
  assert.equal(price({ rule: 'per_image', milliCredits: 4000 }, {}), 4000);
});

it('rounds parts of a thousandth up, but not the dust of floating point', () => {
  assert.equal(price({ rule: 'per_second', milliCredits: 1 }, { duration: 0.1 }), 1);
  assert.equal(price({ rule: 'per_second', milliCredits: 100 }, { duration: 0.07 }), 7);
  assert.equal(price({ rule: 'per_second', milliCredits: 3 }, { duration: 0.7 }), 3);
});

const rule = fc.constantFrom<Pricing['rule']>('per_call', 'per_second', 'per_image');
const anything = fc.oneof(fc.integer(), fc.double(), fc.jsonValue());
const milliCredits = fc.nat({ max: 1_000_000_000 });

it('is a whole number that is never negative, whatever the parameters', () => {
  fc.assert(
    fc.property(rule, milliCredits, anything, anything, (by, milli, duration, n) => {
      const params: JsonObject = JSON.parse(JSON.stringify({ duration, n }));
      const result = price({ rule: by, milliCredits: milli }, params);
      assert.ok(Number.isSafeInteger(result) && result >= 0, String(result));
    }),
  );
});

it('never costs less for more', () => {
  assert.equal(
    price({ rule: 'per_image', milliCredits: 1 }, { n: JSON.parse('1e999') }),
    Number.MAX_SAFE_INTEGER,
  );
  const amount = fc.oneof(fc.nat(), fc.double({ min: 0, noNaN: true }));
  fc.assert(
    fc.property(rule, milliCredits, amount, amount, (by, milli, a, b) => {
      const [less, more] = a < b ? [a, b] : [b, a];
      const of = (value: number) => price({ rule: by, milliCredits: milli }, { duration: value, n: value });
      assert.ok(of(less) <= of(more));
    }),
  );
});
