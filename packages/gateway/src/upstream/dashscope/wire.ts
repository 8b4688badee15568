/** What DashScope (Alibaba Model Studio) sends. Read leniently: which fields are there depends on the model. */
import { type Static, Type } from 'typebox';
import { guard } from '../../guard.ts';

/** An answer about a task, also the first one. Status 200 says nothing: see `task_status`. */
export const Task = Type.Object({
  output: Type.Object({
    /** `PENDING`, `RUNNING`, `SUSPENDED`; over: `SUCCEEDED`, `FAILED`, `CANCELED`, and `UNKNOWN` for a task that is not there. */
    task_status: Type.String({ minLength: 1 }),
  }),
});

const Created = Type.Object({ output: Type.Object({ task_id: Type.String({ minLength: 1 }) }) });
export type Created = Static<typeof Created>;

/** A refusal; met with status 200 too. */
const Refusal = Type.Object({ code: Type.String({ minLength: 1 }) });

const Output = Type.Object({ output: Type.Record(Type.String(), Type.Unknown()) });

/** Where a file may be put: a form that the store accepts for a while, in our name. Facts: "upload a local file for a temporary URL". */
export const UploadPolicy = Type.Object({
  data: Type.Object({
    upload_host: Type.String({ minLength: 1 }),
    upload_dir: Type.String({ minLength: 1 }),
    policy: Type.String(),
    signature: Type.String(),
    oss_access_key_id: Type.String(),
    x_oss_object_acl: Type.String(),
    x_oss_forbid_overwrite: Type.String(),
  }),
});

export const Handle = Type.Object({
  id: Type.String({ minLength: 1 }),
  /** Clips take minutes, pictures seconds. */
  makes: Type.Union([Type.Literal('video'), Type.Literal('image')]),
});

export const isTask = guard(Task);
export const isCreated = guard(Created);
export const isRefusal = guard(Refusal);
export const isUploadPolicy = guard(UploadPolicy);
export const isHandle = guard(Handle);
const isOutput = guard(Output);

/** Whether an answer is a result at all, with outputs or without. */
export function hasOutput(body: unknown): boolean {
  return isOutput(body);
}

/**
 * The links of a result: `video_url` (some models have it below `results`), one `url` for each of `results`, or the pictures in the
 * messages of `choices`. In a batch some items have a `code` instead.
 */
export function linksIn(body: unknown): readonly string[] {
  if (!isOutput(body)) return [];
  const { video_url, results, choices } = body.output;
  const below = isRecord(results) ? [results.video_url] : [];
  const items = Array.isArray(results) ? results.map((item) => (isRecord(item) ? item.url : null)) : [];
  const pictures = Array.isArray(choices) ? choices.flatMap(picturesOf) : [];
  return [video_url, ...below, ...items, ...pictures].filter(
    (link): link is string => typeof link === 'string' && /^https?:\/\//.test(link),
  );
}

function picturesOf(choice: unknown): unknown[] {
  const message = isRecord(choice) ? choice.message : null;
  const content = isRecord(message) ? message.content : null;
  return Array.isArray(content) ? content.map((part) => (isRecord(part) ? part.image : null)) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
