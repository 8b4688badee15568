/** Which route the next attempt takes: what was tried, what is full, what is cooling down, what an operator took out. */
import type { Catalog, ModelDefinition, Route } from '../catalog/model.ts';
import type { Clock } from '../clock.ts';
import type { AttemptSummary, TaskRecord } from '../store/records.ts';
import { isUnderWay } from '../store/transition.ts';
import type { UpstreamAdapter } from '../upstream/adapter.ts';
import { Breaker, type Health } from './breaker.ts';

/** A route with the adapter that speaks to its upstream. */
export interface RouteAtHand {
  readonly route: Route;
  readonly adapter: UpstreamAdapter;
}

export type RouteChoice =
  | { readonly kind: 'route'; readonly choice: RouteAtHand }
  /** Every route has as many tasks as it may; one may come free any time. */
  | { readonly kind: 'full' }
  /** Every route that is not full is cooling down; the first is back after `afterMs`. */
  | { readonly kind: 'cooling'; readonly afterMs: number }
  /** No route is configured, or an operator drained all of them. */
  | { readonly kind: 'none' };

export interface RouteReport {
  readonly route: Route;
  readonly health: Health;
  readonly inUse: number;
  readonly drained: boolean;
}

interface Lane extends RouteAtHand {
  readonly breaker: Breaker;
  /** Ids of the tasks whose attempt is under way on it. */
  readonly tasks: Set<string>;
  drained: boolean;
}

/** A task that goes on after `invalid_parameters` was refused by that route's own adapter (the retry table's `elsewhere`). */
function refusedBy({ id }: Route, attempts: readonly AttemptSummary[]): boolean {
  return attempts.some(
    ({ route, state, code }) => route === id && state === 'rejected' && code === 'invalid_parameters',
  );
}

export class Routing {
  readonly #lanes = new Map<string, Lane>();
  readonly #laneOf = new Map<string, Lane>();
  readonly #clock: Clock;
  readonly #random: () => number;

  constructor(
    catalog: Catalog,
    adapters: ReadonlyMap<string, UpstreamAdapter>,
    clock: Clock,
    random: () => number,
  ) {
    this.#clock = clock;
    this.#random = random;
    for (const model of catalog.values()) {
      for (const route of model.routes) {
        const adapter = adapters.get(route.provider);
        if (adapter) {
          this.#lanes.set(route.id, {
            route,
            adapter,
            breaker: new Breaker(),
            tasks: new Set(),
            drained: false,
          });
        }
      }
    }
  }

  /**
   * Untried routes before tried ones, then the smallest priority number, then by weight. When all were tried, the one tried
   * longest ago. A route that cannot take the request at all is not asked again.
   */
  choose(model: ModelDefinition, attempts: readonly AttemptSummary[]): RouteChoice {
    const now = this.#clock.now();
    const lanes = this.#usable(model).filter(({ route }) => !refusedBy(route, attempts));
    if (lanes.length === 0) return { kind: 'none' };
    const roomy = lanes.filter((lane) => !this.#isFull(lane));
    if (roomy.length === 0) return { kind: 'full' };
    const open = roomy.filter((lane) => lane.route.watchHealth === false || lane.breaker.admits(now));
    if (open.length === 0) {
      const waits = roomy.map((lane) => {
        const health = lane.breaker.health(now);
        return health.state === 'open' ? health.until - now : 1_000;
      });
      return { kind: 'cooling', afterMs: Math.min(...waits) };
    }
    const lastTried = (lane: Lane) => attempts.findLastIndex((attempt) => attempt.route === lane.route.id);
    const rank = (lane: Lane) => lastTried(lane) * 1_000_000 + (lane.route.priority ?? 0);
    const best = Math.min(...open.map(rank));
    return { kind: 'route', choice: this.#byWeight(open.filter((lane) => rank(lane) === best)) };
  }

  /** Whether a route is left that this task has not tried and that could be used now. */
  hasUntried(model: ModelDefinition, attempts: readonly AttemptSummary[]): boolean {
    const untried = model.routes.filter((route) => !attempts.some((attempt) => attempt.route === route.id));
    return untried.length > 0 && this.choose({ ...model, routes: untried }, attempts).kind === 'route';
  }

  /** Whether a route is left besides the one just tried that may be able to take the request, full or cooling down as it may be. */
  hasOther(model: ModelDefinition, attempts: readonly AttemptSummary[]): boolean {
    const last = attempts.at(-1);
    return this.#usable(model).some(({ route }) => route.id !== last?.route && !refusedBy(route, attempts));
  }

  find(routeId: string): RouteAtHand | null {
    return this.#lanes.get(routeId) ?? null;
  }

  /** A place on the route is this task's from now on, before its attempt is written: no two tasks take the last one. */
  take(taskId: string, routeId: string): void {
    this.#move(taskId, this.#lanes.get(routeId));
  }

  /** Keeps the books of who uses which route; called with every state a task is seen in. */
  note(task: TaskRecord): void {
    const attempt = task.attempts.at(-1);
    const usesRoute = task.step !== 'done' && attempt !== undefined && isUnderWay(attempt.state);
    this.#move(task.id, usesRoute ? this.#lanes.get(attempt.route) : undefined);
  }

  /** The task is no longer this node's business. */
  leave(taskId: string): void {
    this.#move(taskId, undefined);
  }

  #move(taskId: string, lane: Lane | undefined): void {
    const before = this.#laneOf.get(taskId);
    if (before === lane) return;
    before?.tasks.delete(taskId);
    this.#laneOf.delete(taskId);
    if (!lane) return;
    lane.tasks.add(taskId);
    lane.breaker.taken(this.#clock.now());
    this.#laneOf.set(taskId, lane);
  }

  succeeded(routeId: string): void {
    this.#lanes.get(routeId)?.breaker.succeeded(this.#clock.now());
  }

  /** @param counts what the retry table says of it. */
  failed(routeId: string, counts: boolean, askedMs: number | null): void {
    const breaker = this.#lanes.get(routeId)?.breaker;
    if (counts) breaker?.failed(this.#clock.now(), askedMs);
    else breaker?.undecided();
  }

  /** A drained route gets no new attempts; what is under way on it goes on. False where there is no such route. */
  setDrained(routeId: string, drained: boolean): boolean {
    const lane = this.#lanes.get(routeId);
    if (lane) lane.drained = drained;
    return lane !== undefined;
  }

  report(): readonly RouteReport[] {
    const now = this.#clock.now();
    return [...this.#lanes.values()].map(({ route, breaker, tasks, drained }) => ({
      route,
      health: breaker.health(now),
      inUse: tasks.size,
      drained,
    }));
  }

  #usable(model: ModelDefinition): Lane[] {
    return model.routes.flatMap((route) => this.#lanes.get(route.id) ?? []).filter((lane) => !lane.drained);
  }

  /** By its own bound, or by that of the credential it shares with other routes. */
  #isFull({ route, tasks }: Lane): boolean {
    if (route.maxParallel !== null && tasks.size >= route.maxParallel) return true;
    if (route.providerMaxParallel === undefined) return false;
    let inUse = 0;
    for (const lane of this.#lanes.values()) {
      if (lane.route.provider === route.provider) inUse += lane.tasks.size;
    }
    return inUse >= route.providerMaxParallel;
  }

  #byWeight(lanes: readonly Lane[]): Lane {
    const total = lanes.reduce((sum, lane) => sum + lane.route.weight, 0);
    let mark = this.#random() * total;
    for (const lane of lanes) {
      mark -= lane.route.weight;
      if (mark < 0) return lane;
    }
    const last = lanes.at(-1);
    if (!last) throw new Error('a choice among no routes');
    return last;
  }
}
