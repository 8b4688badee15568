import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { faultsOf } from './faults.ts';
import { lengthOf, TEXT_LIMITS } from './text-limits.ts';

const ajv = new Ajv2020({ allErrors: true, verbose: true, allowUnionTypes: true });

function texts(schema: object, value: unknown): string[] {
  const check = ajv.compile(schema);
  check(value);
  return faultsOf(check.errors ?? []).map(
    ({ pointer, text, remedy }) => `${pointer} ${text}${remedy ? ` | ${remedy}` : ''}`,
  );
}

it('says what is wrong in words, with the numbers of the schema and of the value', () => {
  const cases: [object, unknown, string][] = [
    [{ type: 'integer' }, 'x', ' must be a whole number, but is text'],
    [{ type: 'integer' }, 1.5, ' must be a whole number, but is 1.5'],
    [{ type: 'integer' }, Number.POSITIVE_INFINITY, ' must be a whole number, but is too large'],
    [{ type: ['string', 'array'] }, null, ' must be text or a list, but is null'],
    [
      { enum: ['low', 'high'] },
      'hgih',
      ' must be one of "low", "high", but is "hgih" | Did you mean "high"?',
    ],
    [{ const: true }, false, ' must be true, but is false'],
    [{ type: 'number', minimum: 1, maximum: 30 }, 45, ' must be between 1 and 30, but is 45'],
    [{ type: 'number', exclusiveMinimum: 0 }, 0, ' must be more than 0, but is 0'],
    [{ type: 'number', minimum: 2 }, 1, ' must be at least 2, but is 1'],
    [{ type: 'number', multipleOf: 4 }, 6, ' must be a multiple of 4, but is 6'],
    [{ type: 'string', minLength: 1 }, '', ' must not be empty'],
    [
      { type: 'string', maxLength: 2 },
      '\u{1f98a}\u{1f98a}\u{1f98a}',
      ' must have at most 2 characters, but has 3',
    ],
    [{ type: 'array', maxItems: 1 }, [1, 2], ' must have at most 1 entry, but has 2'],
    [{ type: 'array', items: { type: 'string' } }, ['a', 1], '/1 must be text, but is a number'],
    [{ type: 'array', uniqueItems: true }, [1, 1], ' must not hold the same entry twice'],
    [{ type: 'object', required: ['a/b'] }, {}, '/a~1b is missing'],
    [
      { type: 'object', properties: { size: {} }, additionalProperties: false },
      { sise: 1 },
      '/sise is not known here | Did you mean `size`?',
    ],
    [
      { type: 'object', propertyNames: { maxLength: 1 } },
      { ab: 1 },
      '/ab has a key that must have at most 1 characters, but has 2',
    ],
    [{ type: 'object', maxProperties: 1 }, { a: 1, b: 2 }, ' must have at most 1 entry, but has 2'],
    [{ type: 'string', pattern: '^a$' }, 'b', ' must match ^a$, but is "b"'],
    [
      { type: 'string', pattern: '^a$', description: 'an a' },
      'b',
      ' does not have an accepted form, but is "b" | Accepted: an a',
    ],
    [{ not: { type: 'string' } }, 'b', ' does not fit the schema (not), but is "b"'],
  ];
  for (const [schema, value, expected] of cases) assert.deepEqual(texts(schema, value), [expected]);
});

it('makes one of alternatives, and keeps what lies outside them', () => {
  const size = { anyOf: [{ enum: ['auto'] }, { type: 'number', minimum: 64 }] };
  const schema = { type: 'object', properties: { size, n: { type: 'integer' } } };
  assert.deepEqual(texts(schema, { size: 'big', n: 'x' }), [
    '/size must be "auto", or must be a number, but is "big"',
    '/n must be a whole number, but is text',
  ]);
});

it('shows no more of a long value than its beginning', () => {
  const [text] = texts({ type: 'string', pattern: '^a$' }, 'b'.repeat(5_000_000));
  assert.ok((text ?? '').length < 200);
});

it('counts in the unit that is asked for', () => {
  assert.equal(lengthOf('a\u{1f98a}b'), 3);
  const units = fc.oneof(fc.constantFrom('\ud83e', '\udd8a', 'a', 'é', '狐'), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(fc.array(units), (parts) => {
      const text = parts.join('');
      assert.equal(lengthOf(text), [...text].length);
      assert.equal(lengthOf(text, TEXT_LIMITS.maxUtf16Units.sizeOf), text.length);
      assert.equal(lengthOf(text, TEXT_LIMITS.maxUtf8Bytes.sizeOf), Buffer.byteLength(text));
    }),
  );
});
