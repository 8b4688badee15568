/** What became of a prompt, read from the queue and the history. */
import type { TaskType } from '../../catalog/model.ts';
import type { JsonObject } from '../../json.ts';
import {
  type Entry,
  type Handle,
  isGraph,
  isMarked,
  isMessage,
  isQueue,
  isSavedFile,
  type SavedFile,
} from './wire.ts';

export type Ending =
  | { readonly kind: 'success'; readonly files: readonly SavedFile[] }
  | { readonly kind: 'error' }
  | { readonly kind: 'unrecognized'; readonly state: string };

export function endingOf(entry: Entry, wanted: TaskType): Ending {
  const state = entry.status?.status_str.toLowerCase() ?? 'success';
  switch (state) {
    case 'success':
      return { kind: 'success', files: filesOf(entry, wanted) };
    case 'error':
      return { kind: 'error' };
    default:
      return { kind: 'unrecognized', state };
  }
}

const ENDINGS: Readonly<Record<TaskType, RegExp>> = {
  image: /\.(png|jpe?g|webp|gif|avif|tiff?|bmp|exr)$/i,
  video: /\.(mp4|webm|mov|mkv|m4v|avi|gif|webp)$/i,
  audio: /\.(mp3|wav|flac|ogg|opus|m4a|aac)$/i,
};

/**
 * Files are listed by node, under `images`, `gifs` (videos of a common extension), `audio` and other names. What was saved goes
 * before previews (`temp`), and what has the ending of the wanted kind before what has not.
 */
function filesOf(entry: Entry, wanted: TaskType): readonly SavedFile[] {
  const all = Object.values(entry.outputs)
    .flatMap((node) => (typeof node === 'object' && node !== null ? Object.values(node) : []))
    .flatMap((list: unknown) => (Array.isArray(list) ? list : []))
    .filter((item: unknown) => isSavedFile(item));
  const fitting = orAll(all, ({ filename }) => ENDINGS[wanted].test(filename));
  return orAll(fitting, ({ type }) => type !== 'temp');
}

function orAll<T>(list: readonly T[], keep: (item: T) => boolean): readonly T[] {
  const kept = list.filter(keep);
  return kept.length > 0 ? kept : list;
}

export type Place = 'running' | 'pending' | 'absent';

/** Where a prompt is in `GET /queue`; null where the answer cannot be read. */
export function placeIn(body: unknown, id: string): Place | null {
  if (!isQueue(body)) return null;
  if (body.queue_running.some((item) => item[1] === id)) return 'running';
  return body.queue_pending.some((item) => item[1] === id) ? 'pending' : 'absent';
}

/** What we write into a prompt's extra data; servers that choose ids themselves keep it all the same. */
export const MARK = 'sluice';

/** The prompt that carries our mark, among items of the queue and the history: `[number, id, graph, extra_data, ...]`. */
export function markedIn(items: readonly unknown[], mark: string): Handle | null {
  for (const item of items) {
    if (!Array.isArray(item)) continue;
    const [, id, graph, extra]: readonly unknown[] = item;
    const held = isMarked(extra) ? extra[MARK] : null;
    if (held?.id !== mark || typeof id !== 'string') continue;
    return { id, type: held.type, nodes: isGraph(graph) ? Object.keys(graph).length : 1 };
  }
  return null;
}

/**
 * An ending as evidence: what the server said of it, without the graph (it holds the prompt), the values at hand and the paths
 * of the traceback.
 */
export function saidOf(entry: Entry): JsonObject {
  const messages = (entry.status?.messages ?? []).flatMap((message) => {
    if (!isMessage(message)) return [];
    const [event, { exception_type, exception_message, node_id, node_type }] = message;
    const kept = { node_id, node_type, exception_type, exception_message };
    const texts = Object.entries(kept).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string',
    );
    return [[event, Object.fromEntries(texts)]];
  });
  return {
    outputs: {},
    status: entry.status ? { status_str: entry.status.status_str, messages } : null,
  };
}
