/** The few words the wire's schemas are written with, beyond TypeBox's own. */
import Type, { type TSchema, type TUnsafe } from 'typebox';

/** A string out of a closed list, as one readable `enum`. */
export function oneOf<const T extends readonly string[]>(
  values: T,
  description?: string,
): TUnsafe<T[number]> {
  return Type.Unsafe<T[number]>({
    type: 'string',
    enum: [...values],
    ...(description ? { description } : {}),
  });
}

/** A plain JSON type or null. */
export function nullable<K extends 'string' | 'number' | 'integer'>(
  type: K,
  description: string,
): TUnsafe<(K extends 'string' ? string : number) | null> {
  return Type.Unsafe({ type: [type, 'null'], description });
}

/** A schema that stands once under its `$id` and is referred to from elsewhere; OpenAPI shows it as a component. */
export function ref<T>(id: string): TUnsafe<T> {
  return Type.Unsafe<T>({ $ref: `${id}#` });
}

/** An object of anything. */
export function anyObject(description: string): TUnsafe<Record<string, unknown>> {
  return Type.Unsafe({ type: 'object', additionalProperties: true, description });
}

/** An object whose values are all of one schema. */
export function mapOf<T>(values: TSchema, description: string): TUnsafe<Record<string, T>> {
  return Type.Unsafe({ type: 'object', additionalProperties: values, description });
}
