/** What a rule says a sign means: a code, or a code and one of its sub-types, checked against the table by the compiler. */
import type { SubtypeOf, TaskCode } from './codes.ts';

/** `'service_error'`, `'quota_exceeded/rate_limit'`, ... */
export type Meaning = { [C in TaskCode]: C | `${C}/${SubtypeOf<C>}` }[TaskCode];

export interface Reading {
  readonly code: TaskCode;
  readonly subtype: string | null;
}

const READINGS = new Map<Meaning, Reading>();

export function readingOf(meaning: Meaning): Reading {
  const known = READINGS.get(meaning);
  if (known !== undefined) return known;
  const [code, subtype = null] = meaning.split('/') as [TaskCode, string?];
  const reading = { code, subtype };
  READINGS.set(meaning, reading);
  return reading;
}
