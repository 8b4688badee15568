/** What makes two requests the same: type and body, whatever the order of the keys. */
import { hash } from 'node:crypto';
import type { TaskType } from '../catalog/model.ts';
import type { JsonValue } from '../json.ts';

/** Hex SHA-256. `body` has passed the bounds of body.ts, so the recursion is shallow. */
export const fingerprint = (type: TaskType, body: JsonValue): string =>
  hash('sha256', `${type}\n${canonical(body)}`);

/** Inline media are megabytes long: from here on a text is represented by its own hash instead of being escaped and copied. */
const LONG_TEXT = 4096;

function canonical(value: JsonValue): string {
  if (typeof value === 'string') {
    return value.length < LONG_TEXT ? JSON.stringify(value) : `sha256:${hash('sha256', value)}`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const parts: string[] = [];
  for (const key of Object.keys(value).sort())
    parts.push(`${JSON.stringify(key)}:${canonical(value[key] ?? null)}`);
  return `{${parts.join(',')}}`;
}
