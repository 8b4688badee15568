/**
 * Type guards made of schemas, for what comes from outside: answers of providers, files of former starts.
 *
 * The code of a guard is made when it is first asked. It is Ajv's, as everywhere in the gateway: TypeBox writes the schemas, and its
 * own compiler would be a second library of 300 files to load at each start for the same work.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { Static, TSchema } from 'typebox';

// The schemas are ours: the tests check them, not each start. TypeBox writes tuples as draft 7 does.
const ajv = new Ajv({ validateSchema: false, strict: false, logger: false });

/** Never changes what it looks at. */
export function guard<T extends TSchema>(schema: T): (value: unknown) => value is Static<T> {
  const check = compiled<Static<T>>(schema);
  return (value): value is Static<T> => check()(value);
}

/** The first thing wrong with a value; null where nothing is. */
export function faultFinder(schema: object): (value: unknown) => ErrorObject | null {
  const check = compiled(schema);
  return (value) => (check()(value) ? null : (check().errors?.[0] ?? null));
}

function compiled<T>(schema: object): () => ValidateFunction<T> {
  let check: ValidateFunction<T> | null = null;
  return () => {
    check ??= ajv.compile<T>(schema);
    return check;
  };
}
