/** What Replicate's predictions API sends. Read leniently. */
import { type Static, Type } from 'typebox';
import { guard } from '../../guard.ts';

export const Prediction = Type.Object({
  id: Type.String({ minLength: 1 }),
  /** `starting`, `processing`; over: `succeeded`, `failed`, `canceled`, `aborted`. */
  status: Type.String(),
  output: Type.Optional(Type.Unknown()),
  error: Type.Optional(Type.Unknown()),
  /** Files are deleted an hour after the end; the status stays. */
  data_removed: Type.Optional(Type.Unknown()),
});
export type Prediction = Static<typeof Prediction>;

export const Handle = Type.Object({ id: Type.String({ minLength: 1 }) });

export const isPrediction = guard(Prediction);
export const isHandle = guard(Handle);

/** Every link in an output, wherever it is: models answer with a text, a list or an object of links. */
export function linksIn(output: unknown, depth = 0): string[] {
  if (typeof output === 'string') return /^https?:\/\//.test(output) ? [output] : [];
  if (typeof output !== 'object' || output === null || depth > 4) return [];
  return Object.values(output).flatMap((part) => linksIn(part, depth + 1));
}
