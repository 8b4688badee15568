/** What the engine's tests share: a real store and file store in a temporary folder, and an upstream that each test scripts. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import type { Catalog, ModelDefinition } from '../catalog/model.ts';
import { ManualClock } from '../clock.ts';
import { openLocalFiles } from '../files/local.ts';
import type { TaskRecord } from '../store/records.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import type { Admission, Store } from '../store/store.ts';
import type { UpstreamAdapter } from '../upstream/adapter.ts';
import type { EngineSettings, MediaDoor, ModerationDoor } from './context.ts';
import { Engine } from './engine.ts';
import { type EngineEvents, EventHub } from './events.ts';
import { LEASE_MS } from './schedule.ts';

const SETTINGS: EngineSettings = {
  parallelSubmits: 4,
  reconcileWindowMs: 60_000,
  pollIntervalMs: 1_000,
  drainMs: 1_000,
  maxAttempts: 3,
};

export const ACCOUNT = 'acme';
const TIMEOUT_MS = 600_000;
/** Real time, for a machine that is busy with other things; tests take a fraction of it. */
const PATIENCE_MS = 20_000;

export function model(id: string, routes: readonly string[]): ModelDefinition {
  return {
    id,
    type: 'image',
    description: '',
    parameters: { type: 'object', properties: {} },
    unknownParameters: 'refuse',
    inputs: {},
    pricing: { rule: 'per_call', milliCredits: 1_000 },
    timeoutMs: TIMEOUT_MS,
    estimateSeconds: 1,
    routes: routes.map((provider, index) => ({
      id: `${id}/${index}`,
      provider,
      upstreamModel: id,
      priority: index,
      weight: 1,
      watchHealth: true,
      maxParallel: null,
    })),
  };
}

/** Takes bytes as they come: media checks have tests of their own. */
const media: MediaDoor = {
  prepare: (task) => Promise.resolve({ inputs: [], params: task.params, repairs: [] }),
  async takeOver(source, { kind, key }) {
    if (source.kind === 'url') {
      const evidence = { provider: 'test', phase: 'download', status: 503, headers: {}, body: null } as const;
      return { kind: 'unreachable', evidence };
    }
    const data = source.kind === 'bytes' ? source.data : new Uint8Array(1);
    if (data.length === 0) return { kind: 'unusable', why: 'it is empty' };
    const facts = {
      mimeType: `${kind}/png`,
      bytes: data.length,
      sha256: '00',
      width: 1,
      height: 1,
      duration: null,
    };
    return { kind: 'stored', fileKey: key, ...facts };
  },
};

export interface World {
  readonly clock: ManualClock;
  readonly store: Store;
  readonly engine: Engine;
  readonly alarms: EngineEvents['alarm'][];
  readonly changes: TaskRecord[];
  admit(options?: {
    id?: string;
    account?: string;
    model?: string;
    params?: TaskRecord['params'];
  }): Promise<TaskRecord>;
  /** Lets time pass until the task is final (or `done` says so), advancing the clock only while the engine is idle. */
  settle(taskId: string, done?: (task: TaskRecord) => boolean): Promise<TaskRecord>;
  /** The process dies and another one starts on the same store, with the given upstreams. */
  restart(adapters?: Record<string, UpstreamAdapter>): Promise<World>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly settings?: Partial<EngineSettings>;
  readonly media?: Partial<MediaDoor>;
  readonly moderation?: Partial<ModerationDoor>;
}

export async function openWorld(
  adapters: Record<string, UpstreamAdapter>,
  options: WorldOptions = {},
): Promise<World> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-engine-'));
  const store = await openSqliteStore({ path: path.join(folder, 'sluice.db') });
  await store.ensureAccount(ACCOUNT, 1_000_000);
  await store.ensureAccount('other', 1_000_000);
  for (const account of [ACCOUNT, 'other']) {
    await store.createKey({
      id: `key-${account}`,
      accountId: account,
      name: 'test',
      secretHash: account,
      createdAt: 0,
      expiresAt: null,
      creditLimit: null,
    });
  }
  return build(folder, store, new ManualClock(), adapters, options, 1);
}

async function build(
  folder: string,
  store: Store,
  clock: ManualClock,
  adapters: Record<string, UpstreamAdapter>,
  options: WorldOptions,
  life: number,
): Promise<World> {
  const node = `node-${life}`;
  const events = new EventHub((error) => {
    throw error;
  });
  const alarms: EngineEvents['alarm'][] = [];
  const changes: TaskRecord[] = [];
  events.on('alarm', (alarm) => alarms.push(alarm));
  events.on('changed', ({ task }) => changes.push(task));
  const names = Object.keys(adapters);
  const narrow = model('narrow', names.slice(0, 1));
  const catalog: Catalog = new Map([
    ['one', model('one', names.slice(0, 1))],
    ['all', model('all', names)],
    ['narrow', { ...narrow, routes: narrow.routes.map((route) => ({ ...route, maxParallel: 2 })) }],
  ]);
  const engine = new Engine({
    node,
    store,
    files: await openLocalFiles(path.join(folder, 'files')),
    media: { ...media, ...options.media },
    moderation: { checkInput: async () => null, checkOutput: async () => null, ...options.moderation },
    catalog,
    adapters: new Map(Object.entries(adapters)),
    events,
    clock,
    random: () => 0.5,
    webhookUrl: () => null,
    log: pino({ level: 'silent' }),
    settings: { ...SETTINGS, ...options.settings },
  });
  await engine.start();
  let admitted = 0;
  let successor: World | null = null;

  const world: World = {
    clock,
    store,
    engine,
    alarms,
    changes,
    async admit({
      id = `task-unified-1-${life}-${++admitted}`,
      account = ACCOUNT,
      model: name = 'one',
      params = {},
    } = {}) {
      const admission: Admission = {
        id,
        accountId: account,
        keyId: `key-${account}`,
        requestId: 'req_1',
        type: 'image',
        model: name,
        params,
        metadata: {},
        createdAt: clock.now(),
        deadlineAt: clock.now() + TIMEOUT_MS,
        estimateSeconds: 1,
        billingRule: 'per_call',
        creditsReserved: 1_000,
        owner: node,
        idempotency: null,
      };
      const outcome = await store.admit(admission);
      if (outcome.kind !== 'created') throw new Error(outcome.kind);
      engine.take(outcome.task);
      return outcome.task;
    },
    async settle(taskId, done = (task) => task.step === 'done') {
      for (const until = performance.now() + PATIENCE_MS; performance.now() < until; ) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        const task = await store.task(taskId);
        if (task && done(task)) return task;
        const { busy, queued } = engine.gauges();
        if (busy === 0 && queued === 0) await clock.advance(50);
      }
      throw new Error(
        `${taskId} did not come to the expected state: ${JSON.stringify(await store.task(taskId))}`,
      );
    },
    async restart(next = adapters) {
      // Like a killed process the old engine is not stopped: its clock stands still for ever, and its lease runs out.
      const later = new ManualClock(clock.now() + LEASE_MS + 1);
      successor = await build(folder, store, later, next, options, life + 1);
      return successor;
    },
    async close() {
      if (successor) return successor.close();
      const stopped = engine.stop();
      await clock.advance(60_000);
      await stopped;
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return world;
}

/** An upstream that accepts, runs for two polls and delivers one picture, where a test says nothing else. */
export function upstream(
  script: Partial<UpstreamAdapter> = {},
): UpstreamAdapter & { readonly submits: string[] } {
  const submits: string[] = [];
  const polls = new Map<string, number>();
  return {
    provider: 'studio',
    submits,
    async submit(job, ctx) {
      submits.push(job.idempotencyKey);
      return script.submit
        ? script.submit(job, ctx)
        : { kind: 'accepted', handle: { job: job.idempotencyKey } };
    },
    async poll(handle, ctx) {
      if (script.poll) return script.poll(handle, ctx);
      const key = JSON.stringify(handle);
      const count = (polls.get(key) ?? 0) + 1;
      polls.set(key, count);
      if (count < 3) return { kind: 'running', progress: count * 40 };
      return { kind: 'finished', outputs: [{ kind: 'file', path: '/dev/null', mimeType: 'image/png' }] };
    },
    cancel: script.cancel ?? (() => Promise.resolve({ kind: 'not_possible' })),
    ...(script.lookup ? { lookup: script.lookup } : {}),
    ...(script.release ? { release: script.release } : {}),
  };
}

/** What the studio would say, in its own wire format. */
export function says(status: number, code: string, headers: Record<string, string> = {}) {
  const body = { error: { code, reason: null, message: code, param: null, limits: null, stage: null } };
  return { provider: 'studio', api: 'render', phase: 'submit', status, headers, body } as const;
}
