/** What fal's queue takes and sends. Read leniently: unknown fields pass, missing ones are absent. */
import { type Static, Type } from 'typebox';
import { guard } from '../../guard.ts';

export const Submitted = Type.Object({
  request_id: Type.String({ minLength: 1 }),
  status_url: Type.String(),
  response_url: Type.String(),
  cancel_url: Type.String(),
});

/** All that is needed to ask about a job again: the three addresses drop the endpoint's path, so they are kept as they came. */
export const Handle = Type.Pick(Submitted, ['status_url', 'response_url', 'cancel_url']);
export type Handle = Static<typeof Handle>;

/** `IN_QUEUE`, `IN_PROGRESS`, `COMPLETED`; a failed job is COMPLETED too, and says why at its result. */
export const Status = Type.Object({ status: Type.String(), queue_position: Type.Optional(Type.Unknown()) });

const File = Type.Object({ url: Type.String({ minLength: 1 }), content_type: Type.Optional(Type.Unknown()) });
type File = Static<typeof File>;

/** Outputs by the names that fal's image, video and audio models use. */
const Result = Type.Object({
  images: Type.Optional(Type.Array(File)),
  image: Type.Optional(File),
  video: Type.Optional(File),
  videos: Type.Optional(Type.Array(File)),
  audio: Type.Optional(File),
  audio_file: Type.Optional(File),
  has_nsfw_concepts: Type.Optional(Type.Array(Type.Unknown())),
});

export const isSubmitted = guard(Submitted);
export const isHandle = guard(Handle);
export const isStatus = guard(Status);
const isResult = guard(Result);

/** The files of a result; empty where it has none, or is none. */
export function filesOf(body: unknown): readonly File[] {
  if (!isResult(body)) return [];
  return [body.images, body.image, body.video, body.videos, body.audio, body.audio_file].flatMap(
    (found) => found ?? [],
  );
}

/** The safety checker of image models answers with a success, a black picture and this flag. */
export function isFlagged(body: unknown): boolean {
  return isResult(body) && (body.has_nsfw_concepts ?? []).includes(true);
}
