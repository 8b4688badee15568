/**
 * For providers whose interface is one and the same for their models: the adapter knows how our parameters are said there. What
 * the route's mapping names is the operator's business instead, and is neither translated nor refused.
 */
import type { ParameterMapping } from '../catalog/model.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { mapParameters } from './mapping.ts';
import type { Unsupported } from './unsupported.ts';

export interface Spoken {
  /** For the adapter to translate. */
  readonly ours: JsonObject;
  /** As the route's mapping wants them sent; laid over what the adapter makes. */
  readonly theirs: JsonObject;
}

export function spoken(params: JsonObject, mapping: ParameterMapping = {}): Spoken {
  const { rename = {}, values = {}, asText = [] } = mapping;
  const isNamed = (name: string) =>
    Object.hasOwn(rename, name) || Object.hasOwn(values, name) || asText.includes(name);
  const entries = Object.entries(params);
  const named = Object.fromEntries(entries.filter(([name]) => isNamed(name)));
  return {
    ours: Object.fromEntries(entries.filter(([name]) => !isNamed(name))),
    theirs: mapParameters(named, [], mapping),
  };
}

/** A translation that ended at a parameter which cannot be said there. */
export type Cannot = { readonly kind: 'none' } & Unsupported;

export function cannot(param: string, message: string): Cannot {
  return { kind: 'none', param, message };
}

/** The fields that have a value. */
export function present(fields: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const kept = Object.entries(fields).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined);
  return Object.fromEntries(kept);
}
