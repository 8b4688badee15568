/** What the videos dialect sends. Read leniently: unknown fields pass, missing ones are absent. */
import { type Static, Type } from 'typebox';
import { guard } from '../../guard.ts';

export const Handle = Type.Object({ id: Type.String({ minLength: 1 }) });
export type Handle = Static<typeof Handle>;

export const Job = Type.Object({
  ...Handle.properties,
  /** OpenAI: `queued`, `in_progress`, `completed`, `failed`; copies of the API have words of their own. */
  status: Type.String(),
  progress: Type.Optional(Type.Unknown()),
});
export type Job = Static<typeof Job>;

export const isHandle = guard(Handle);
export const isJob = guard(Job);
