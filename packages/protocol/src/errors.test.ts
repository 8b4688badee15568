import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DictionaryEntry, dictionary, ERROR_CODES, type ErrorObject, TaskError } from '@sluice/errors';
import type { Static } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { DictionaryEntrySchema, type DictionaryEntryView, ErrorSchema } from './errors.ts';

type Writable<T> = T extends readonly (infer Item)[]
  ? Writable<Item>[]
  : T extends object
    ? { -readonly [K in keyof T]: Writable<T[K]> }
    : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

// Checked by the compiler: the schema and the class speak of the same object, field by field, both ways.
const errorIsTied: Same<Writable<Static<typeof ErrorSchema>>, Writable<ErrorObject>> = true;
const entryIsTied: Same<keyof DictionaryEntryView, keyof DictionaryEntry | 'rehearsals'> = true;

test('what TaskError says of itself fits the schema, for every code', () => {
  assert.ok(errorIsTied && entryIsTied);
  for (const code of ERROR_CODES) {
    const object = new TaskError(code, { param: 'prompt', details: { max_chars: 10 } }).toJSON();
    assert.ok(
      Check({ Error: ErrorSchema }, ErrorSchema, object),
      JSON.stringify(Errors({ Error: ErrorSchema }, ErrorSchema, object)),
    );
  }
});

test('an object without one of the always present fields does not fit', () => {
  const { retry: _, ...rest } = new TaskError('service_error').toJSON();
  assert.equal(Check({ Error: ErrorSchema }, ErrorSchema, rest), false);
});

test('every entry of the dictionary fits its schema', () => {
  for (const entry of dictionary()) {
    assert.ok(Check({}, DictionaryEntrySchema, { ...entry, rehearsals: [] }), entry.code);
  }
});
