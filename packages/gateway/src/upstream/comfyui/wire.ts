/** What a ComfyUI server takes and sends. Read leniently: unknown fields pass, missing ones are absent. */
import { type Static, Type } from 'typebox';
import { guard } from '../../guard.ts';
import type { JsonObject } from '../../json.ts';

/** A workflow in the API format: node id to what the node is and gets. */
const Graph = Type.Unsafe<JsonObject>({
  type: 'object',
  minProperties: 1,
  additionalProperties: {
    type: 'object',
    required: ['class_type', 'inputs'],
    properties: { class_type: { type: 'string' }, inputs: { type: 'object' } },
  },
});

/** `node_errors` is an object by node id; in older versions an empty list where there are none. */
export const Queued = Type.Object({
  prompt_id: Type.String({ minLength: 1 }),
  node_errors: Type.Optional(Type.Unknown()),
});

export const Handle = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 200 }),
  /** What the task asked for: a graph may save other things beside it. */
  type: Type.Enum(['image', 'video', 'audio']),
  /** Nodes of the graph, for the progress. */
  nodes: Type.Integer({ minimum: 1 }),
  /** The outputs that the server dropped when it accepted the rest, as it said it. */
  nodeErrors: Type.Optional(Type.Unsafe<JsonObject>({ type: 'object' })),
});
export type Handle = Static<typeof Handle>;

/** Extra data of a prompt of ours. */
const Marked = Type.Object({ sluice: Type.Pick(Handle, ['id', 'type']) });

const Item = Type.Unsafe<readonly unknown[]>({ type: 'array', minItems: 2 });
/** Each item is `[number, prompt_id, graph, extra_data, outputs]`. */
export const Queue = Type.Object({ queue_running: Type.Array(Item), queue_pending: Type.Array(Item) });

const Message = Type.Tuple([Type.String(), Type.Record(Type.String(), Type.Unknown())]);

/** Absent or null in entries of old servers. */
const Status = Type.Object({
  status_str: Type.String(),
  completed: Type.Optional(Type.Unknown()),
  messages: Type.Optional(Type.Array(Type.Unknown())),
});

export const Entry = Type.Object({
  prompt: Type.Optional(Type.Unknown()),
  outputs: Type.Record(Type.String(), Type.Unknown()),
  status: Type.Optional(Type.Union([Status, Type.Null()])),
});
export type Entry = Static<typeof Entry>;

export const History = Type.Record(Type.String(), Entry);

const SavedFile = Type.Object({
  filename: Type.String({ minLength: 1 }),
  subfolder: Type.Optional(Type.String()),
  type: Type.Optional(Type.String()),
});
export type SavedFile = Static<typeof SavedFile>;

export const Uploaded = Type.Object({
  name: Type.String({ minLength: 1 }),
  subfolder: Type.Optional(Type.String()),
});

/** An event of the websocket. */
export const Event = Type.Object({
  type: Type.String(),
  data: Type.Record(Type.String(), Type.Unknown()),
});

export const isGraph = guard(Graph);
export const isQueued = guard(Queued);
export const isHandle = guard(Handle);
export const isMarked = guard(Marked);
export const isQueue = guard(Queue);
export const isHistory = guard(History);
export const isMessage = guard(Message);
export const isSavedFile = guard(SavedFile);
export const isUploaded = guard(Uploaded);
export const isEvent = guard(Event);
