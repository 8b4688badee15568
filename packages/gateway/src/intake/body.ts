/** From whatever came in to a JSON object of bounded depth and size, so that everything after may recurse and loop freely. */
import { TaskError } from '@sluice/errors';
import { kindOf } from '../catalog/faults.ts';
import type { JsonObject, JsonValue } from '../json.ts';

const MAX_DEPTH = 16;
/** Values of any kind, counted over the whole body. */
const MAX_VALUES = 4096;

/** Raises `invalid_parameters`. */
export function readBody(body: unknown): JsonObject {
  if (!isObject(body)) {
    throw new TaskError('invalid_parameters', {
      subtype: 'general',
      because: body === undefined ? 'The request has no body.' : `The request body is ${kindOf(body)}.`,
      remedy: 'Send a JSON object such as {"model": "...", "prompt": "..."}.',
    });
  }
  measure(body);
  return body;
}

/** What comes from `JSON.parse` holds nothing but JSON. */
const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function measure(body: JsonObject): void {
  let count = 0;
  let level: JsonValue[] = [body];
  for (let depth = 1; level.length > 0; depth++) {
    const next: JsonValue[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      for (const key in value) {
        if (++count > MAX_VALUES)
          throw tooMuch(`It holds more than ${MAX_VALUES} values.`, { max_values: MAX_VALUES });
        const inner: JsonValue | undefined = Array.isArray(value) ? value[Number(key)] : value[key];
        if (typeof inner === 'object' && inner !== null) next.push(inner);
      }
    }
    if (depth >= MAX_DEPTH && next.length > 0) {
      throw tooMuch(`It is nested more than ${MAX_DEPTH} levels deep.`, { max_depth: MAX_DEPTH });
    }
    level = next;
  }
}

const tooMuch = (because: string, details: Readonly<Record<string, number>>) =>
  new TaskError('invalid_parameters', {
    subtype: 'general',
    because,
    remedy: 'Send only what the model takes (`GET /v1/models/{id}`).',
    details,
  });
