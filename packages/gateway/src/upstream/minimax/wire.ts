/** What MiniMax's two generations of its API send. Read leniently: numbers come as texts here and there. */
import { Type } from 'typebox';
import { guard } from '../../guard.ts';

const Code = Type.Union([Type.Number(), Type.String()]);

/** The first generation says in here what happened; the HTTP status is 200 nearly always. */
const Enveloped = Type.Object({ base_resp: Type.Object({ status_code: Code }) });

/** The second has real statuses, and writes the first one's number at the end of its sentence: `insufficient balance (1008)`. */
const Refused = Type.Object({ error: Type.Object({ message: Type.String() }) });

const Id = Type.Union([Type.String({ minLength: 1 }), Type.Number()]);

/** `task_id` is an empty text where there is no job. */
const Created = Type.Object({ task_id: Id });

/** `Preparing`, `Queueing`, `Processing`; over: `Success`, `Fail` (its own tool says `Failed`). */
const FirstTask = Type.Object({ status: Type.String(), file_id: Type.Optional(Type.Unknown()) });

const Retrieved = Type.Object({ file: Type.Object({ download_url: Type.String({ minLength: 1 }) }) });

const Pictures = Type.Object({
  data: Type.Object({
    image_urls: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
    image_base64: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
  }),
});

/** `queued`, `running`; over: `succeeded`, `failed`, `cancelled`, `expired`. */
const SecondTask = Type.Object({
  task: Type.Object({
    status: Type.String(),
    content: Type.Optional(Type.Union([Type.Null(), Type.Object({ url: Type.Optional(Type.Unknown()) })])),
  }),
});

export const Handle = Type.Object({
  api: Type.Union([Type.Literal('v1'), Type.Literal('v2')]),
  id: Type.String({ minLength: 1 }),
});

const isEnveloped = guard(Enveloped);
const isRefused = guard(Refused);
const isCreated = guard(Created);
const isId = guard(Id);
const isPictures = guard(Pictures);
export const isHandle = guard(Handle);
export const isFirstTask = guard(FirstTask);
export const isRetrieved = guard(Retrieved);
export const isSecondTask = guard(SecondTask);

/** MiniMax's own number for what happened, 0 a success; null where it gave none. */
export function codeOf(body: unknown): number | null {
  if (isEnveloped(body)) return numberOf(body.base_resp.status_code);
  if (isRefused(body)) return numberOf(/\((\d{4,5})\)\s*$/.exec(body.error.message)?.[1]);
  return null;
}

function numberOf(value: unknown): number | null {
  const number = value === undefined || value === '' ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : null;
}

export function createdId(body: unknown): string | null {
  return isCreated(body) ? String(body.task_id) : null;
}

/** The id of a result's file; null where there is none. */
export function fileId(value: unknown): string | null {
  return isId(value) ? String(value) : null;
}

export function picturesOf(body: unknown): {
  readonly links: readonly string[];
  readonly inline: readonly string[];
} {
  if (!isPictures(body)) return { links: [], inline: [] };
  return { links: body.data.image_urls ?? [], inline: body.data.image_base64 ?? [] };
}
