/** What the Images API sends. Read leniently: unknown fields pass, missing ones are absent. */
import { type Static, Type } from 'typebox';
import { guard } from '../../guard.ts';

/** GPT image models give base64; DALL·E and copies of the API may give links. */
const Picture = Type.Object({
  b64_json: Type.Optional(Type.Unknown()),
  url: Type.Optional(Type.Unknown()),
});
export type Picture = Static<typeof Picture>;

export const Pictures = Type.Object({
  data: Type.Array(Picture),
  output_format: Type.Optional(Type.Unknown()),
});
export type Pictures = Static<typeof Pictures>;

/** Some copies of the API say what went wrong under a 200. */
const Failure = Type.Object({ error: Type.Union([Type.Object({}), Type.String({ minLength: 1 })]) });

export const isPictures = guard(Pictures);
export const isFailure = guard(Failure);
