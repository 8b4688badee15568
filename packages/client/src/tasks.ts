import { TaskError } from '@sluice/errors';
import type { BatchAnswer, CompletedTaskView, TaskList, TaskView } from '@sluice/protocol';
import { followTask } from './events.ts';
import type { Timing, Transport } from './transport.ts';

export interface TaskFilter {
  /** `processing` includes pending; `cancelled` means failed with `request_cancelled`. */
  readonly status?: TaskView['status'] | 'cancelled';
  readonly type?: TaskView['type'];
  readonly model?: string;
  readonly error_code?: string;
  /** From 1. */
  readonly page?: number;
  /** At most 100; default 20. */
  readonly page_size?: number;
}

export interface WaitOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds. The task itself goes on; `wait` may be called again. */
  readonly timeoutMs?: number;
  /** Called with each new state, the final one included. */
  readonly onUpdate?: (task: TaskView) => void;
}

export class Tasks {
  readonly #transport: Transport;
  readonly #timing: Timing;

  constructor(transport: Transport, timing: Timing) {
    this.#transport = transport;
    this.#timing = timing;
  }

  get(id: string): Promise<TaskView> {
    return this.#transport.json({ method: 'GET', path: pathOf(id), repeatable: true });
  }

  /** Newest first. */
  list(filter: TaskFilter = {}): Promise<TaskList> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(filter))
      if (value !== undefined) query.set(name, String(value));
    return this.#transport.json({ method: 'GET', path: `/v1/tasks?${query}`, repeatable: true });
  }

  /** At most 50 ids; unknown ones are absent from the answer. */
  async batch(ids: readonly string[]): Promise<readonly TaskView[]> {
    const call = {
      method: 'POST',
      path: '/v1/tasks/batch',
      body: { task_ids: ids },
      repeatable: true,
    } as const;
    return (await this.#transport.json<BatchAnswer>(call)).data;
  }

  /** Rejects with `task_not_cancellable` when the task is over already. Not repeated by itself: the second answer would differ. */
  cancel(id: string): Promise<TaskView> {
    return this.#transport.json({ method: 'POST', path: `${pathOf(id)}/cancel`, repeatable: false });
  }

  /**
   * Each state of the task, the present one first, the final one last. Survives lost connections and a restart of the gateway;
   * where event streams do not get through (some proxies hold them back) it asks instead.
   */
  events(
    id: string,
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<TaskView, void, undefined> {
    return followTask(this.#transport, this.#timing, id, options.signal);
  }

  /**
   * Resolves with the completed task. Rejects with the task's own error when it failed, with a `TimeoutError` when `timeoutMs`
   * passed, with the signal's reason when it was aborted.
   */
  async wait(id: string, options: WaitOptions = {}): Promise<CompletedTaskView> {
    const stop = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
    const done = new AbortController();
    if (options.timeoutMs !== undefined) {
      const message = `Task ${id} was not over after ${options.timeoutMs / 1000} s. It goes on; wait for it again to see its end.`;
      this.#timing.sleep(options.timeoutMs, done.signal).then(
        () => stop.abort(new DOMException(message, 'TimeoutError')),
        () => {}, // The end of the task came first.
      );
    }
    try {
      for await (const task of this.events(id, { signal })) {
        options.onUpdate?.(task);
        if (task.status === 'completed') return task;
        if (task.status === 'failed') throw TaskError.fromJSON(task.error);
      }
      throw new Error(`the events of task ${id} ended before the task did`);
    } finally {
      done.abort();
    }
  }
}

function pathOf(id: string): string {
  return `/v1/tasks/${encodeURIComponent(id)}`;
}
