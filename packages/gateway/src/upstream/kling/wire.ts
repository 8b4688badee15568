/** What Kling's API sends: one envelope for everything. Read leniently; gateways in between turn numbers into texts. */
import { type Static, Type } from 'typebox';
import { guard } from '../../guard.ts';

/** The part of the path that names what a job makes, and of what. A job is only found under the one it was made with. */
export const KINDS = [
  'videos/text2video',
  'videos/image2video',
  'videos/multi-image2video',
  'videos/omni-video',
  'images/generations',
  'images/omni-image',
] as const;
export type Kind = (typeof KINDS)[number];

const Envelope = Type.Object({
  /** 0 is a success, whatever the HTTP status says. */
  code: Type.Union([Type.Number(), Type.String()]),
  message: Type.Optional(Type.Unknown()),
  data: Type.Optional(Type.Unknown()),
});

const File = Type.Object({ url: Type.String({ minLength: 1 }) });

export const Job = Type.Object({
  task_id: Type.String({ minLength: 1 }),
  /** `submitted`, `processing`; over: `succeed` (newer: `succeeded`), `failed`. */
  task_status: Type.Optional(Type.String()),
  task_result: Type.Optional(
    Type.Object({ videos: Type.Optional(Type.Array(File)), images: Type.Optional(Type.Array(File)) }),
  ),
});
export type Job = Static<typeof Job>;

export const Handle = Type.Object({
  kind: Type.Union(KINDS.map((kind) => Type.Literal(kind))),
  id: Type.String({ minLength: 1 }),
});

const isEnvelope = guard(Envelope);
const isJob = guard(Job);
export const isHandle = guard(Handle);

/** Kling's own number for what happened; null where the answer is not Kling's. */
export function codeOf(body: unknown): number | null {
  if (!isEnvelope(body) || body.code === '') return null;
  const code = Number(body.code);
  return Number.isFinite(code) ? code : null;
}

export function messageOf(body: unknown): string {
  return isEnvelope(body) && typeof body.message === 'string' ? body.message : '';
}

export function jobOf(body: unknown): Job | null {
  return isEnvelope(body) && isJob(body.data) ? body.data : null;
}
