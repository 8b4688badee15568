/** What happens to tasks, for whoever listens: SSE, waiting requests, logs, metrics. Listeners can never disturb the engine. */
import type { Evidence, Verdict } from '@sluice/errors';
import type { TaskRecord } from '../store/records.ts';

export interface EngineEvents {
  /** A committed change. Emitted after the commit, once each. */
  readonly changed: { readonly task: TaskRecord };
  /** Evidence was judged; `route` and `evidence` are for the operator only. */
  readonly judged: {
    readonly task: TaskRecord;
    readonly route: string;
    readonly evidence: Evidence;
    readonly verdict: Verdict;
    readonly next: string;
  };
  /** Something a person should look at. */
  readonly alarm: {
    readonly kind:
      | 'unknown_state'
      | 'unknown_submit'
      | 'unclassified'
      | 'credentials'
      | 'late_success'
      | 'internal';
    readonly taskId: string;
    readonly route: string | null;
    readonly message: string;
  };
}

export type EngineEventName = keyof EngineEvents;
type Listener<T> = (event: T) => void;

export class EventHub {
  readonly #listeners: { [K in EngineEventName]: Set<Listener<EngineEvents[K]>> } = {
    changed: new Set(),
    judged: new Set(),
    alarm: new Set(),
  };
  readonly #byTask = new Map<string, Set<Listener<TaskRecord>>>();
  readonly #onListenerError: (error: unknown) => void;

  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError;
  }

  on<K extends EngineEventName>(name: K, listener: Listener<EngineEvents[K]>): () => void {
    this.#listeners[name].add(listener);
    return () => void this.#listeners[name].delete(listener);
  }

  /** Calls `listener` with each new state of one task until the returned function is called. */
  onTask(taskId: string, listener: Listener<TaskRecord>): () => void {
    const set = this.#byTask.get(taskId) ?? new Set();
    this.#byTask.set(taskId, set);
    set.add(listener);
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.#byTask.get(taskId) === set) this.#byTask.delete(taskId);
    };
  }

  emit<K extends EngineEventName>(name: K, event: EngineEvents[K]): void {
    for (const listener of this.#listeners[name]) this.#call(listener, event);
    if (name === 'changed') {
      const { task } = event as EngineEvents['changed'];
      const listeners = this.#byTask.get(task.id);
      if (listeners) for (const listener of [...listeners]) this.#call(listener, task);
    }
  }

  #call<T>(listener: Listener<T>, event: T): void {
    try {
      listener(event);
    } catch (error) {
      this.#onListenerError(error);
    }
  }
}
