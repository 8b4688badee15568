/**
 * The engine: carries every task this node leases from step to step until it is final. Read this first, then the steps in
 * their order: prepare, submit, (reconcile,) watch, collect, finish.
 *
 *   take ── prepare ── submit ──────── watch ── collect ── done
 *              work lane  │  ▲  ▲        │ wheel    collect lane
 *                         ▼  │  └────────┘ another attempt
 *                      reconcile  (the answer to a submit was lost)
 *
 * A task is in exactly one of three places: in a lane (waiting for its turn or busy), on the wheel (waiting for a time), or
 * gone. One step of a task runs at a time. A step decides and commits; the engine only moves tasks between the places. All it
 * knows is in the store as well, so a restart takes every task up where it was.
 */
import { TaskError } from '@sluice/errors';
import type { TaskRecord } from '../store/records.ts';
import type { CancelRequestOutcome, TaskChange } from '../store/store.ts';
import { Aftermath } from './aftermath.ts';
import { collect } from './collect.ts';
import type { EngineDeps, StepContext } from './context.ts';
import { expire } from './expire.ts';
import { cancelled } from './finish.ts';
import { Lane } from './lane.ts';
import { Leases } from './leases.ts';
import { prepare } from './prepare.ts';
import { lostByItsDeadline, reconcile } from './reconcile.ts';
import { Routing } from './routing.ts';
import { type After, GONE, Run } from './run.ts';
import { COLLECT_GRACE_MS, storeRetryMs } from './schedule.ts';
import { submit } from './submit.ts';
import { TimerWheel } from './timer-wheel.ts';
import { watch } from './watch.ts';

const TICK_MS = 5;
const PARALLEL_COLLECTS = 16;
/** What a call that was given up has to come back in. */
const ABORT_GRACE_MS = 2_000;

export interface EngineGauges {
  /** Tasks this node holds. */
  readonly held: number;
  /** Waiting for a turn in prepare, submit or reconcile. */
  readonly queued: number;
  /** In a step right now. */
  readonly busy: number;
}

export class Engine {
  /** The routes' use and health; operators look at it and drain routes. */
  readonly routing: Routing;
  readonly #deps: EngineDeps;
  readonly #ctx: StepContext;
  readonly #runs = new Map<string, Run>();
  readonly #wheel: TimerWheel<Run>;
  readonly #work: Lane<Run>;
  readonly #collecting: Lane<Run>;
  readonly #stopping = new AbortController();
  readonly #aftermath: Aftermath;
  #closed = false;
  readonly #leases: Leases;
  #busy = 0;
  #idle: (() => void) | null = null;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
    const { catalog, adapters, clock, random } = deps;
    this.routing = new Routing(catalog, adapters, clock, random);
    this.#leases = new Leases(deps, (task) => this.#takeUp(task));
    this.#aftermath = new Aftermath(deps, this.routing, this.#stopping.signal);
    this.#wheel = new TimerWheel(deps.clock, TICK_MS, (run) => this.#enqueue(run));
    this.#work = new Lane(deps.settings.parallelSubmits, (run) => this.#carryOut(run));
    this.#collecting = new Lane(PARALLEL_COLLECTS, (run) => this.#carryOut(run));
    this.#ctx = {
      ...deps,
      stopping: this.#stopping.signal,
      commit: (run, change) => this.#commit(run, change),
      routing: this.routing,
      routeOf: (run) => this.routing.find(run.route),
    };
  }

  /** Announces this node and takes up every task no living node holds. Resolves when all of them have a next step. */
  async start(): Promise<void> {
    await this.#leases.start();
    this.#aftermath.start();
  }

  /** Takes a task this node leases; called by intake for a new one. */
  take(task: TaskRecord): void {
    if (task.step === 'done' || this.#closed) return;
    this.#enqueue(this.#hold(task));
  }

  async cancel(accountId: string, taskId: string): Promise<CancelRequestOutcome> {
    const { store, clock, events } = this.#deps;
    const outcome = await store.requestCancel(accountId, taskId, cancelled().toJSON(), clock.now());
    const run = this.#runs.get(taskId);
    if (outcome.kind === 'cancelled') {
      if (run) this.#forget(run);
      events.emit('changed', { task: outcome.task });
    } else if (outcome.kind === 'requested' && run) {
      run.cancelRequested = true;
      if (!run.busy) this.#wake(run);
    }
    return outcome;
  }

  /** Something changed at the task's upstream, says a webhook: it is polled now. Harmless where there is nothing to poll. */
  wake(taskId: string): void {
    const run = this.#runs.get(taskId);
    if (run?.step === 'watch' && !run.busy) this.#wake(run);
  }

  gauges(): EngineGauges {
    return { held: this.#runs.size, queued: this.#work.waiting, busy: this.#busy };
  }

  /** Lets calls under way finish for the drain time, then gives them up, and hands the leases back. No task is lost by it. */
  async stop(): Promise<void> {
    const { clock, settings, store, node } = this.#deps;
    this.#closed = true;
    this.#leases.stop();
    this.#aftermath.stop();
    this.#wheel.stop();
    this.#work.close();
    this.#collecting.close();
    const allIdle = new Promise<void>((resolve) => {
      this.#idle = resolve;
      if (this.#busy === 0) resolve();
    });
    const giveUp = clock.after(settings.drainMs, () => this.#stopping.abort());
    const letGo = clock.after(settings.drainMs + ABORT_GRACE_MS, () => this.#idle?.());
    await allIdle;
    giveUp.cancel();
    letGo.cancel();
    this.#stopping.abort();
    this.#runs.clear();
    await store.retire(node);
  }

  /** After a restart the first polls are spread over one interval, so that they do not all come at once. */
  #takeUp(task: TaskRecord): void {
    const run = this.#hold(task);
    if (task.step === 'watch') this.#wait(run, this.#deps.random() * this.#deps.settings.pollIntervalMs);
    else this.#enqueue(run);
  }

  #hold(task: TaskRecord): Run {
    const run = new Run(task);
    this.#runs.set(task.id, run);
    this.routing.note(task);
    return run;
  }

  #enqueue(run: Run): void {
    if (run.queued || run.busy || this.#closed) return;
    switch (run.step) {
      case 'prepare':
      case 'submit':
        run.queued = true;
        this.#work.push(run.accountId, run);
        return;
      case 'watch':
      case 'reconcile':
        void this.#carryOut(run);
        return;
      case 'collect':
        run.queued = true;
        this.#collecting.push(run.accountId, run);
        return;
      case 'done':
        this.#forget(run);
        return;
      default:
        run.step satisfies never;
    }
  }

  /** One step of one task, and then its next place. Never rejects. */
  async #carryOut(run: Run): Promise<void> {
    run.queued = false;
    if (this.#runs.get(run.id) !== run || run.busy) return;
    run.busy = true;
    this.#busy++;
    let after: After;
    try {
      after = await this.#step(run);
    } catch (error) {
      after = this.#fault(run, error);
    }
    run.busy = false;
    this.#busy--;
    if (this.#busy === 0) this.#idle?.();
    this.#place(run, after);
  }

  async #step(run: Run): Promise<After> {
    if (run.step === 'watch') {
      return this.#deps.clock.now() >= run.deadlineAt ? expire(this.#ctx, run) : watch(this.#ctx, run);
    }
    const task = await this.#deps.store.task(run.id);
    if (!task || task.owner !== this.#deps.node || task.step === 'done') return GONE;
    run.adopt(task);
    switch (task.step) {
      case 'prepare':
        return this.#late(run) ? expire(this.#ctx, run) : prepare(this.#ctx, run, task);
      case 'submit':
        return this.#late(run) ? expire(this.#ctx, run) : submit(this.#ctx, run, task);
      case 'reconcile':
        return this.#late(run) && lostByItsDeadline(task)
          ? expire(this.#ctx, run)
          : reconcile(this.#ctx, run, task);
      case 'watch':
        return { kind: 'step', task };
      case 'collect':
        return this.#late(run, COLLECT_GRACE_MS) ? expire(this.#ctx, run) : collect(this.#ctx, run, task);
      default: {
        const never: never = task.step;
        return never;
      }
    }
  }

  #late(run: Run, graceMs = 0): boolean {
    return this.#deps.clock.now() >= run.deadlineAt + graceMs;
  }

  #place(run: Run, after: After): void {
    if (this.#runs.get(run.id) !== run) return;
    switch (after.kind) {
      case 'gone':
        this.#forget(run);
        return;
      case 'step':
        run.adopt(after.task);
        if (run.step === 'watch' && !run.cancelRequested) this.#wait(run, after.pollAfterMs ?? 0);
        else this.#enqueue(run);
        return;
      case 'again':
        if (run.cancelRequested && !run.cancelAsked) this.#wake(run);
        else this.#wait(run, after.afterMs);
        return;
      default:
        after satisfies never;
    }
  }

  #wait(run: Run, ms: number): void {
    if (this.#closed) return;
    const at = this.#deps.clock.now() + ms;
    this.#wheel.schedule(run, run.step === 'collect' ? at : Math.min(at, run.deadlineAt));
  }

  #wake(run: Run): void {
    this.#wheel.cancel(run);
    this.#enqueue(run);
  }

  #forget(run: Run): void {
    this.#wheel.cancel(run);
    if (run.queued) {
      this.#work.remove(run.accountId, run);
      this.#collecting.remove(run.accountId, run);
    }
    if (this.#runs.get(run.id) === run) this.#runs.delete(run.id);
    this.routing.leave(run.id);
    run.abort?.abort();
  }

  /** A fault of ours, not of anybody's request: the task stays as the store has it, and the step is tried again. */
  #fault(run: Run, error: unknown): After {
    const { events, log, random } = this.#deps;
    // Not a fault: the work was aborted because the time was up, or somebody cancelled, or the engine stops.
    if (this.#late(run) || run.cancelRequested || this.#stopping.signal.aborted)
      return { kind: 'again', afterMs: 0 };
    log.error({ err: error, taskId: run.id, step: run.step }, 'a step of a task threw; it is tried again');
    events.emit('alarm', {
      kind: 'internal',
      taskId: run.id,
      route: run.route || null,
      message: `The step ${run.step} failed inside the gateway.`,
    });
    return { kind: 'again', afterMs: storeRetryMs(run.failures++ + 3, random) };
  }

  async #commit(run: Run, change: TaskChange): Promise<TaskRecord | null> {
    const { store, node, events, random, clock, log } = this.#deps;
    for (let failures = 0; ; failures++) {
      try {
        const outcome = await store.commit({ taskId: run.id, owner: node, version: run.version }, change);
        if (outcome.kind === 'fenced') return null;
        run.adopt(outcome.task);
        this.routing.note(outcome.task);
        events.emit('changed', { task: outcome.task });
        return outcome.task;
      } catch (error) {
        // Only a store that cannot write just now gets better by itself; a change it refuses is a fault.
        const passing = TaskError.is(error) && error.code === 'service_unavailable';
        if (!passing || this.#stopping.signal.aborted) throw error;
        log.error(
          { err: error, taskId: run.id, change: change.kind },
          'the store could not write; trying again',
        );
        await new Promise<void>((resolve) => clock.after(storeRetryMs(failures, random), resolve));
      }
    }
  }
}
