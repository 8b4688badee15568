/** Applies a route's parameter mapping. */
import type { MediaParam, ParameterMapping } from '../catalog/model.ts';
import type { JsonObject, JsonValue } from '../json.ts';

/** An input as the provider takes it: a URL or a data URL. */
export interface MappedMedia {
  readonly param: MediaParam;
  readonly index: number;
  readonly value: string;
}

export function mapParameters(
  params: JsonObject,
  media: readonly MappedMedia[],
  mapping: ParameterMapping = {},
): JsonObject {
  const mapped: JsonObject = { ...mapping.fixed };
  for (const [name, value] of Object.entries(params)) {
    const theirs = mapping.rename?.[name];
    if (theirs === null) continue;
    mapped[theirs ?? name] = mapValue(name, value, mapping);
  }
  for (const param of new Set(media.map((input) => input.param))) {
    const values = media.filter((input) => input.param === param).map((input) => input.value);
    const target = mapping.media?.[param] ?? (param === 'mask_url' ? ['mask_url'] : param);
    if (typeof target === 'string') mapped[target] = values;
    else {
      for (const [index, name] of target.entries()) {
        const value = values[index];
        if (value !== undefined) mapped[name] = value;
      }
    }
  }
  return mapped;
}

function mapValue(name: string, value: JsonValue, mapping: ParameterMapping): JsonValue {
  const theirs = mapping.values?.[name]?.[String(value)];
  if (theirs !== undefined) return theirs;
  return mapping.asText?.includes(name) ? String(value) : value;
}
