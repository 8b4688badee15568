/** What an operator counts, in one registry that `/metrics` prints. Names begin with `sluice_`; labels have few values. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { EventHub } from '../engine/events.ts';
import type { Store } from '../store/store.ts';
import { RequestTimes } from './request-times.ts';

export interface EngineGauges {
  /** Unfinished tasks this node holds. */
  readonly held: number;
  /** Of them, those waiting for a place in prepare or submit. */
  readonly queued: number;
  /** Steps being worked on at this moment. */
  readonly busy: number;
}

export interface Metrics {
  readonly contentType: string;
  /** Everything, as a scrape gets it. */
  text(): Promise<string>;
  /** One answered request; `route` is a row's id, or `unknown`. */
  request(route: string, status: number, seconds: number): void;
}

export interface MetricsSources {
  readonly events: EventHub;
  /** Asked at each scrape. */
  readonly gauges: () => EngineGauges;
  readonly store: Pick<Store, 'counts' | 'ping'>;
}

export function createMetrics({ events, gauges, store }: MetricsSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  // Process, heap, garbage collection and event-loop delay, under their customary names.
  collectDefaultMetrics({ register: registry });

  const requests = new RequestTimes();
  const tasks = new Counter({
    name: 'sluice_tasks_finished_total',
    help: 'Tasks that became final; code is "none" where they completed.',
    labelNames: ['model', 'status', 'code'],
    registers,
  });
  const taskSeconds = new Histogram({
    name: 'sluice_task_seconds',
    help: 'Time from acceptance to the final state.',
    labelNames: ['model', 'status'],
    buckets: [0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600, 1800],
    registers,
  });
  const attempts = new Counter({
    name: 'sluice_attempts_total',
    help: 'What upstreams answered, by route; `next` is what the engine then did.',
    labelNames: ['route', 'outcome', 'code', 'next'],
    registers,
  });
  const alarms = new Counter({
    name: 'sluice_alarms_total',
    help: 'Things a person should look at; the log says more.',
    labelNames: ['kind'],
    registers,
  });
  new Gauge({
    name: 'sluice_engine_tasks',
    help: 'This node: unfinished tasks it holds, those of them queued for a submit, and steps being worked on.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(gauges())) this.set({ state }, count);
    },
  });
  new Gauge({
    name: 'sluice_tasks_unfinished',
    help: 'Unfinished tasks in the store, of all nodes.',
    labelNames: ['status'],
    registers,
    async collect() {
      const { pending, processing } = await store.counts();
      this.set({ status: 'pending' }, pending);
      this.set({ status: 'processing' }, processing);
    },
  });
  new Gauge({
    name: 'sluice_store_ping_seconds',
    help: 'Time of one write and read of the store, measured at this scrape; -1 when it failed.',
    registers,
    async collect() {
      const start = performance.now();
      const up = await store.ping().then(
        () => true,
        () => false,
      );
      this.set(up ? (performance.now() - start) / 1000 : -1);
    },
  });

  events.on('changed', ({ task }) => {
    if (task.finishedAt === null) return;
    const { model, status } = task;
    tasks.inc({ model, status, code: task.error?.code ?? 'none' });
    taskSeconds.observe({ model, status }, (task.finishedAt - task.createdAt) / 1000);
    const last = task.attempts.at(-1);
    if (status === 'completed' && last) {
      attempts.inc({ route: last.route, outcome: 'succeeded', code: 'none', next: 'none' });
    }
  });
  events.on('judged', ({ route, verdict, next }) => {
    attempts.inc({ route, outcome: 'failed', code: verdict.code, next });
  });
  events.on('alarm', ({ kind }) => alarms.inc({ kind }));

  return {
    contentType: registry.contentType,
    request: (route, status, seconds) => requests.record(route, status, seconds),
    async text() {
      return `${await registry.metrics()}\n${requests.text()}`;
    },
  };
}
