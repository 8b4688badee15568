/**
 * After the end: jobs that went on without their task. A deadline passed while the upstream still worked, or an answer was lost
 * and never found. The task stays as it ended and its account pays nothing; but what became of the job is found out, written
 * down for the operator, and a result that was made after all is kept.
 */
import { fileExtension } from '../media/formats.ts';
import { type Recurring, recurring } from '../recurring.ts';
import type { AttemptRecord, LateOutcome, StoredResult, TaskRecord } from '../store/records.ts';
import type { OutputRef } from '../upstream/adapter.ts';
import type { EngineDeps } from './context.ts';
import type { RouteAtHand, Routing } from './routing.ts';

const ROUND_MS = 15_000;
/** A job that nothing was heard of for this long is not asked after any more. */
const PATIENCE_MS = 3_600_000;
const MOST_A_ROUND = 100;

export class Aftermath {
  readonly #deps: EngineDeps;
  readonly #routing: Routing;
  readonly #stopping: AbortSignal;
  #rounds: Recurring | null = null;

  constructor(deps: EngineDeps, routing: Routing, stopping: AbortSignal) {
    this.#deps = deps;
    this.#routing = routing;
    this.#stopping = stopping;
  }

  start(): void {
    const { clock, log } = this.#deps;
    this.#rounds = recurring(
      { clock, everyMs: ROUND_MS },
      () => this.round(),
      (error) => log.error({ err: error }, 'jobs left behind could not be asked after'),
    );
  }

  stop(): void {
    this.#rounds?.stop();
  }

  /** Asks once after every job left behind. */
  async round(): Promise<void> {
    const { store, clock } = this.#deps;
    for (const attempt of await store.leftBehind(clock.now() - PATIENCE_MS, MOST_A_ROUND)) {
      if (this.#stopping.aborted) return;
      const task = await store.task(attempt.taskId);
      const choice = this.#routing.find(attempt.route);
      const late = task && choice ? await this.#whatBecameOf(task, attempt, choice) : null;
      if (late) await this.#writeDown(attempt, late);
    }
  }

  /** Null where nothing is certain yet. */
  async #whatBecameOf(
    task: TaskRecord,
    attempt: AttemptRecord,
    choice: RouteAtHand,
  ): Promise<LateOutcome | null> {
    const { clock, log } = this.#deps;
    const ctx = { clock, signal: this.#stopping };
    const { adapter } = choice;
    try {
      let { handle } = attempt;
      if (handle === null) {
        const found = (await adapter.lookup?.(attempt.idempotencyKey, ctx)) ?? { kind: 'undecided' };
        if (found.kind === 'absent') return { at: clock.now(), outcome: 'failed', results: [] };
        if (found.kind === 'undecided') return null;
        handle = found.handle;
      }
      const polled = await adapter.poll(handle, ctx);
      if (polled.kind === 'failed') return { at: clock.now(), outcome: 'failed', results: [] };
      if (polled.kind !== 'finished') return null;
      const results = await this.#keep(task, polled.outputs, adapter.provider);
      if (results === null) return null;
      await adapter.release?.(handle);
      return { at: clock.now(), outcome: results.length > 0 ? 'completed' : 'failed', results };
    } catch (error) {
      log.warn(
        { err: error, taskId: task.id, route: attempt.route },
        'a job left behind could not be asked after',
      );
      return null;
    }
  }

  /** Null where an output could not be fetched just now. */
  async #keep(
    task: TaskRecord,
    outputs: readonly OutputRef[],
    provider: string,
  ): Promise<StoredResult[] | null> {
    const kept: StoredResult[] = [];
    for (const [index, output] of outputs.entries()) {
      const stem = `${task.id}-late-${index + 1}`;
      const taken = await this.#deps.media.takeOver(output, {
        kind: task.type,
        key: `late/${task.id}/${stem}`,
        provider,
        signal: this.#stopping,
      });
      if (taken.kind === 'unreachable') return null;
      if (taken.kind === 'unusable') continue;
      kept.push({ ...taken, kind: task.type, fileName: `${stem}.${fileExtension(taken.mimeType)}` });
    }
    return kept;
  }

  async #writeDown(attempt: AttemptRecord, late: LateOutcome): Promise<void> {
    const first = await this.#deps.store.recordLate(attempt.taskId, attempt.number, late);
    if (!first || late.outcome === 'failed') return;
    this.#deps.events.emit('alarm', {
      kind: 'late_success',
      taskId: attempt.taskId,
      route: attempt.route,
      message: `A job finished after its task had failed; ${late.results.length} result(s) are kept under late/.`,
    });
  }
}
