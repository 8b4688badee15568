/** What Runway's API sends. Read leniently: unknown fields pass. */
import { Type } from 'typebox';
import { guard } from '../../guard.ts';

export const Created = Type.Object({ id: Type.String({ minLength: 1 }) });

export const Task = Type.Object({
  id: Type.String({ minLength: 1 }),
  /** `PENDING`, `THROTTLED` (waits for one of the account's own places), `RUNNING`; over: `SUCCEEDED`, `FAILED`, `CANCELLED`. */
  status: Type.String(),
  /** 0 to 1, while running. */
  progress: Type.Optional(Type.Unknown()),
  /** Links that live a day or two; asking again gives fresh ones. */
  output: Type.Optional(Type.Unknown()),
  failureCode: Type.Optional(Type.Unknown()),
});

/** Where to put a file that is too big for a request, and what to call it there. */
export const Place = Type.Object({
  uploadUrl: Type.String({ minLength: 1 }),
  fields: Type.Record(Type.String(), Type.String()),
  runwayUri: Type.String({ minLength: 1 }),
});

export const Handle = Type.Object({ id: Type.String({ minLength: 1 }) });

export const isCreated = guard(Created);
export const isTask = guard(Task);
export const isPlace = guard(Place);
export const isHandle = guard(Handle);

export function linksOf(output: unknown): string[] {
  if (!Array.isArray(output)) return [];
  return output.filter((link): link is string => typeof link === 'string' && /^https?:\/\//.test(link));
}
