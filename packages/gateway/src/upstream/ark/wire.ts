/** What Ark sends. Read leniently: unknown fields pass, numbers may come as text. */
import { Type } from 'typebox';
import { guard } from '../../guard.ts';

/** A new video task: its id and nothing else. */
export const Created = Type.Object({ id: Type.String({ minLength: 1 }) });

export const Task = Type.Object({
  id: Type.Optional(Type.Unknown()),
  /** `queued`, `running`; over: `succeeded`, `failed`, `cancelled`, `expired` (the last two without an error object). */
  status: Type.String(),
  content: Type.Optional(Type.Unknown()),
  /** The seed that was used. */
  seed: Type.Optional(Type.Unknown()),
});

const Content = Type.Object({ video_url: Type.String({ minLength: 1 }) });

/** Newest first; `total` counts beyond the page. */
const List = Type.Object({ items: Type.Array(Type.Object({ id: Type.String(), seed: Type.Unknown() })) });

/** Each item of `data` is a picture (`url`) or why there is none (`error`); a refusal of all is a top-level `error`. */
const Images = Type.Object({
  data: Type.Optional(Type.Array(Type.Object({ url: Type.Optional(Type.Unknown()) }))),
  error: Type.Optional(Type.Unknown()),
});

export const Handle = Type.Object({ id: Type.String({ minLength: 1 }) });

export const isCreated = guard(Created);
export const isTask = guard(Task);
export const isHandle = guard(Handle);
const isContent = guard(Content);
const isList = guard(List);
const isImages = guard(Images);

/** The link of a clip, if there is one. */
export function clipIn(content: unknown): string | null {
  return isContent(content) ? content.video_url : null;
}

/** The pictures of an images answer; null where it is none, so that nobody knows what became of the request. */
export function picturesIn(body: unknown): readonly string[] | null {
  if (!isImages(body) || (body.data === undefined && body.error === undefined)) return null;
  return (body.data ?? []).flatMap(({ url }) => (typeof url === 'string' && url !== '' ? [url] : []));
}

/** The ids of the listed tasks that were made with this seed. */
export function tasksWithSeed(body: unknown, seed: number): readonly string[] {
  if (!isList(body)) return [];
  return body.items.filter((item) => Number(item.seed) === seed).map(({ id }) => id);
}
