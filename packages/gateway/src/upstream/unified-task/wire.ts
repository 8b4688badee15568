/**
 * What a gateway of our own kind sends: the contract of `packages/protocol`, read leniently. The public interface that others
 * offer has the same shapes with fewer fields, and two editions of errors (`code` a text, or the status as a number).
 */
import { TASK_STATUSES } from '@sluice/protocol';
import { type Static, Type } from 'typebox';
import { guard } from '../../guard.ts';

export const Task = Type.Object({
  id: Type.String({ minLength: 1 }),
  status: Type.String(),
  progress: Type.Optional(Type.Unknown()),
  results: Type.Optional(Type.Unknown()),
  result_data: Type.Optional(Type.Unknown()),
  error: Type.Optional(Type.Unknown()),
});
export type Task = Static<typeof Task>;

/** Why a task failed; the advice is of our own contract. */
const TaskFailure = Type.Object({
  retry: Type.Optional(Type.Object({ after_seconds: Type.Optional(Type.Unknown()) })),
});

export const Refusal = Type.Object({
  error: Type.Object({ code: Type.Optional(Type.Union([Type.String(), Type.Number()])) }),
});

export const Handle = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 200 }),
  /** Of the attempt: its draft goes when the handle is released. */
  key: Type.String({ minLength: 1, maxLength: 255 }),
});
export type Handle = Static<typeof Handle>;

/** An upload's answer; a refusal comes with `success: false`, under whatever status. */
export const Upload = Type.Object({
  success: Type.Literal(true),
  data: Type.Object({ file_url: Type.String({ minLength: 1 }) }),
});

const ResultData = Type.Object({
  image_url: Type.Optional(Type.String()),
  video_url: Type.Optional(Type.String()),
  audio_url: Type.Optional(Type.String()),
  mime_type: Type.Optional(Type.String()),
});

export const isTask = guard(Task);
export const isError = guard(TaskFailure);
export const isRefusal = guard(Refusal);
export const isHandle = guard(Handle);
export const isUpload = guard(Upload);
const isResultData = guard(ResultData);

export type TaskStatus = (typeof TASK_STATUSES)[number];

/** Null for a status that the contract does not have. */
export function statusOf({ status }: Task): TaskStatus | null {
  const folded = status.toLowerCase();
  return TASK_STATUSES.find((known) => known === folded) ?? null;
}

export interface Result {
  readonly url: string;
  readonly mimeType: string | null;
}

/** The links of a completed task: `results`, or what `result_data` has of them. */
export function resultsOf({ results, result_data }: Task): readonly Result[] {
  const data = Array.isArray(result_data) ? result_data.filter((item: unknown) => isResultData(item)) : [];
  const described = data.flatMap(({ image_url, video_url, audio_url, mime_type }) => {
    const url = video_url ?? audio_url ?? image_url;
    return url === undefined ? [] : [{ url, mimeType: mime_type ?? null }];
  });
  const links = Array.isArray(results) ? results.filter((item: unknown) => typeof item === 'string') : [];
  if (links.length === 0) return described;
  return links.map((url) => ({
    url,
    mimeType: described.find((item) => item.url === url)?.mimeType ?? null,
  }));
}
