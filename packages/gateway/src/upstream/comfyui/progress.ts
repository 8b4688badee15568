/**
 * How far prompts are, from the server's websocket. Only ever a hint: polls ask the queue and the history and work without it. One
 * connection for all prompts of this adapter, opened when there is one to follow; what is lost with it is a number.
 *
 * Of the events, `progress_state` (newer servers) tells of all nodes of a prompt at once, `progress` of the one that runs.
 */
import { isEvent } from './wire.ts';

/** The part of a WebSocket that is used here. */
export interface Socket {
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close' | 'error', listener: () => void): void;
  close(): void;
}
export type SocketOpener = (url: string) => Socket;

export interface Progress {
  /** Listens from now on, if it does not yet. Never throws. */
  follow(): void;
  /** 0 to 99, null where nothing was heard of the prompt. */
  of(prompt: string, nodes: number): number | null;
  forget(prompt: string): void;
  close(): void;
}

/** Nodes that are done, and what part of it the running one has made. */
interface Heard {
  readonly done: ReadonlySet<string>;
  readonly running: number;
}

/** Prompts of others on the same server are heard of, too. */
const MOST_PROMPTS = 1_000;

export function openProgress(
  baseUrl: string,
  clientId: string,
  openSocket: SocketOpener = (url) => new WebSocket(url),
): Progress {
  const heard = new Map<string, Heard>();
  let socket: Socket | null = null;
  const lost = () => {
    socket = null;
  };
  return {
    follow() {
      if (socket) return;
      try {
        socket = openSocket(`${baseUrl.replace(/^http/, 'ws')}/ws?clientId=${clientId}`);
      } catch {
        return;
      }
      socket.addEventListener('message', ({ data }) => listen(heard, data));
      socket.addEventListener('close', lost);
      socket.addEventListener('error', lost);
    },
    of(prompt, nodes) {
      const known = heard.get(prompt);
      if (!known) return null;
      return Math.min(99, Math.floor((100 * (known.done.size + known.running)) / nodes));
    },
    forget: (prompt) => void heard.delete(prompt),
    close() {
      socket?.close();
      heard.clear();
    },
  };
}

/** Binary frames are previews; texts that cannot be read are passed over. */
function listen(heard: Map<string, Heard>, data: unknown): void {
  const event = typeof data === 'string' ? parsed(data) : null;
  if (!isEvent(event) || typeof event.data.prompt_id !== 'string') return;
  const { prompt_id: prompt } = event.data;
  const next = after(heard.get(prompt) ?? { done: new Set(), running: 0 }, event.type, event.data);
  if (!heard.has(prompt) && heard.size >= MOST_PROMPTS) return;
  heard.set(prompt, next);
}

function after(before: Heard, type: string, data: Readonly<Record<string, unknown>>): Heard {
  switch (type) {
    case 'execution_cached':
      return { done: new Set([...before.done, ...texts(data.nodes)]), running: 0 };
    case 'executed':
      return { done: new Set([...before.done, ...texts([data.node])]), running: 0 };
    case 'progress':
      return { ...before, running: share(data) };
    case 'progress_state':
      return stateOf(before, data.nodes);
    default:
      return before;
  }
}

function stateOf({ done }: Heard, nodes: unknown): Heard {
  const states = Object.entries(isRecord(nodes) ? nodes : {});
  const finished = states.filter(([, node]) => isRecord(node) && node.state === 'finished');
  const running = states.filter(([, node]) => isRecord(node) && node.state === 'running');
  return {
    done: new Set([...done, ...finished.map(([id]) => id)]),
    running: running.reduce((sum, [, node]) => sum + (isRecord(node) ? share(node) : 0), 0),
  };
}

function share({ value, max }: Readonly<Record<string, unknown>>): number {
  if (typeof value !== 'number' || typeof max !== 'number' || !(max > 0)) return 0;
  return Math.min(1, Math.max(0, value / max));
}

const texts = (list: unknown): string[] =>
  Array.isArray(list) ? list.filter((item: unknown) => typeof item === 'string') : [];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
