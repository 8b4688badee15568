import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { JsonValue } from '../json.ts';
import { fingerprint } from './fingerprint.ts';

function shuffled(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(shuffled);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, shuffled(inner)]),
  );
}

const json = fc.json().map((text): JsonValue => JSON.parse(text));

it('does not depend on the order of keys at any depth', () => {
  fc.assert(
    fc.property(json, (value) =>
      assert.equal(fingerprint('image', value), fingerprint('image', shuffled(value))),
    ),
  );
});

it('differs where the content, the order of a list or the type of the call differs', () => {
  const distinct: JsonValue[] = [
    {},
    [],
    null,
    '',
    'null',
    0,
    { a: 1 },
    { a: '1' },
    { a: [1, 2] },
    { a: [2, 1] },
    { a: { b: 1 } },
    { 'a":1,"b': 1 },
    { a: 1, b: 1 },
    'x'.repeat(5000),
    `${'x'.repeat(4999)}y`,
    ['x'.repeat(5000)],
  ];
  const prints = distinct.map((value) => fingerprint('image', value));
  assert.equal(new Set(prints).size, distinct.length);
  assert.notEqual(fingerprint('image', {}), fingerprint('video', {}));
  assert.match(fingerprint('image', {}), /^[0-9a-f]{64}$/);
});
