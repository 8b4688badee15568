/**
 * What the tests of this room share: the app on a real store and real files in a temporary folder, with a clock that moves only
 * when told to. The engine is played by the test: it says what becomes of a task.
 */
import { hash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type ErrorCode, TaskError } from '@sluice/errors';
import type { FastifyInstance } from 'fastify';
import type { ModelDefinition, TaskType } from '../catalog/model.ts';
import { ManualClock } from '../clock.ts';
import { EventHub } from '../engine/events.ts';
import { Routing } from '../engine/routing.ts';
import { createLinks } from '../files/links.ts';
import { openLocalFiles } from '../files/local.ts';
import { createIntake } from '../intake/intake.ts';
import { createChecker } from '../media/checker.ts';
import { storeDecisions } from '../moderation/decisions.ts';
import { createLog } from '../observe/log.ts';
import { createMetrics } from '../observe/metrics.ts';
import type { StoredResult, TaskRecord } from '../store/records.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import type { Admission, Store, TaskChange } from '../store/store.ts';
import { createUploadLinks } from '../uploads/links.ts';
import { createUploads } from '../uploads/uploads.ts';
import type { UpstreamAdapter } from '../upstream/adapter.ts';
import { createApp, DEFAULT_LIMITS, type HttpDeps } from './app.ts';

export const KEY = 'sk-trial-0123456789';
export const OTHER_KEY = 'sk-other-0123456789';
export const OPERATOR_KEY = 'op-trial-0123456789';
export const NODE = 'node-trial';
const PUBLIC_URL = 'http://gateway.test';
const HOUR = 3_600_000;

export interface Trial {
  readonly app: FastifyInstance;
  readonly deps: HttpDeps;
  readonly store: Store;
  readonly clock: ManualClock;
  readonly log: () => string;
  draining: boolean;
  admit(more?: Partial<Admission>): Promise<TaskRecord>;
  /** Commits a change and tells the listeners, as the engine does. */
  change(task: TaskRecord, change: TaskChange): Promise<TaskRecord>;
  start(task: TaskRecord): Promise<TaskRecord>;
  complete(task: TaskRecord, results?: readonly StoredResult[]): Promise<TaskRecord>;
  fail(task: TaskRecord, code?: ErrorCode): Promise<TaskRecord>;
  close(): Promise<void>;
}

export async function openTrial(more: Partial<HttpDeps> = {}): Promise<Trial> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-http-'));
  const clock = new ManualClock(Date.UTC(2026, 10, 22, 9));
  const store = more.store ?? (await openSqliteStore({ path: join(folder, 'store.db') }));
  const files = await openLocalFiles(join(folder, 'files'));
  const events = new EventHub((error) => {
    throw error;
  });
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  for (const [account, secret] of [
    ['acme', KEY],
    ['other', OTHER_KEY],
  ] as const) {
    await store.ensureAccount(account, 10_000_000);
    await store.createKey({
      id: `key-${account}`,
      accountId: account,
      name: account,
      secretHash: hash('sha256', secret),
      createdAt: clock.now(),
      expiresAt: null,
      creditLimit: null,
    });
  }

  let count = 0;
  let ids = 0;
  const randomId = () => `trial${String(ids++).padStart(11, '0')}`;
  const catalog = new Map(MODELS.map((model) => [model.id, model]));
  const play: Omit<Trial, 'app' | 'deps'> = {
    store,
    clock,
    log: () => lines.join(''),
    draining: false,

    async admit(more = {}) {
      const outcome = await store.admit(admission(more));
      if (outcome.kind !== 'created') throw new Error(`not admitted: ${outcome.kind}`);
      return outcome.task;
    },

    async change(task, change) {
      const outcome = await store.commit({ taskId: task.id, owner: NODE, version: task.version }, change);
      if (outcome.kind !== 'committed') throw new Error('the trial lost its lease');
      events.emit('changed', { task: outcome.task });
      return outcome.task;
    },

    async start(task) {
      const prepared = await this.change(task, {
        kind: 'prepared',
        params: task.params,
        inputs: [],
        repairs: [],
      });
      const at = clock.now();
      return this.change(prepared, {
        kind: 'attempt_begun',
        number: 1,
        route: 'm/0',
        idempotencyKey: `${task.id}:1`,
        at,
      });
    },

    async complete(task, results = []) {
      const end = {
        number: 1,
        state: 'succeeded',
        code: null,
        evidence: null,
        verdict: null,
        at: clock.now(),
      } as const;
      return this.change(task, { kind: 'completed', results, creditsUsed: task.creditsReserved, end });
    },

    async fail(task, code = 'service_error') {
      const error = new TaskError(code).toJSON();
      return this.change(task, { kind: 'failed', error, at: clock.now(), end: null });
    },

    async close() {
      await app.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };

  const admission = (more: Partial<Admission>): Admission => {
    count += 1;
    return {
      id: `task-unified-${Math.floor(clock.now() / 1000)}-${String(count).padStart(12, '0')}`,
      accountId: 'acme',
      keyId: more.accountId === 'other' ? 'key-other' : 'key-acme',
      requestId: 'req_of_the_submit',
      type: 'video',
      model: 'studio-video-1',
      params: { prompt: 'a heron', duration: 5 },
      metadata: { order: '42' },
      createdAt: clock.now(),
      deadlineAt: clock.now() + HOUR,
      estimateSeconds: 12,
      billingRule: 'per_second',
      creditsReserved: 25_000,
      owner: NODE,
      idempotency: null,
      ...more,
    };
  };

  const deps: HttpDeps = {
    store,
    files,
    uploads: createUploads({
      store,
      files,
      clock,
      randomId,
      // Its threads start with the first file to look into.
      checker: createChecker({ workers: 1, clock }),
      fetcher: { fetchMedia: () => Promise.reject(new Error('no downloads in this room')) },
      links: createUploadLinks({ secret: new Uint8Array(32).fill(7), baseUrl: () => PUBLIC_URL }),
      scratch: join(folder, 'scratch'),
      settings: { maxFiles: 100, maxBytes: 100_000_000, lifeMs: 72 * HOUR },
    }),
    events,
    clock,
    intake: createIntake({
      catalog,
      store,
      files,
      clock,
      node: NODE,
      randomId,
      config: {
        inputs: { allowHttpLoopback: false, maxBytes: 10_000_000 },
        retention: { idempotencyMs: 24 * HOUR },
      },
      look: () => Promise.resolve({ issues: [], repairs: [] }),
      noRoute: () => null,
      onAdmitted: () => {},
    }),
    operatorKeyHash: hash('sha256', OPERATOR_KEY),
    decisions: storeDecisions(store),
    sight: { detectors: [], videos: { kind: 'unwatched', reason: 'no detector looks at pictures' } },
    hooks: { genuine: () => false, accept: () => Promise.resolve(false) },
    engine: {
      routing: new Routing(catalog, new Map([['studio', IDLE]]), clock, () => 0),
      async cancel(accountId, taskId) {
        const outcome = await store.requestCancel(
          accountId,
          taskId,
          new TaskError('request_cancelled').toJSON(),
          clock.now(),
        );
        if (outcome.kind === 'cancelled') events.emit('changed', { task: outcome.task });
        return outcome;
      },
    },
    catalog,
    links: createLinks({
      secret: new Uint8Array(32).fill(7),
      baseUrl: () => PUBLIC_URL,
      lifeMs: 24 * HOUR,
      now: () => clock.now(),
    }),
    log: createLog({ level: 'debug' }, sink),
    metrics: createMetrics({ events, store, gauges: () => ({ held: 0, queued: 0, busy: 0 }) }),
    rehearsals: [
      {
        words: 'rehearse:generation_timeout',
        stage: 'running',
        ends_in: { code: 'generation_timeout', subtype: null },
        description: 'The job never finishes.',
      },
      {
        words: 'rehearse:flaky/1',
        stage: 'submit',
        ends_in: 'completed',
        description: 'The first try is refused.',
      },
    ],
    publicUrl: () => PUBLIC_URL,
    draining: () => play.draining,
    randomId,
    retention: { linksMs: 24 * HOUR, tasksMs: 72 * HOUR },
    limits: { ...DEFAULT_LIMITS, bodyBytes: 100_000 },
    ...more,
  };
  const app = createApp(deps);
  return Object.assign(play, { deps, app });
}

/** The engine is played by the test, so its upstream is never asked anything. */
const IDLE: UpstreamAdapter = {
  provider: 'studio',
  submit: () => Promise.reject(new Error('no submit in this room')),
  poll: () => Promise.reject(new Error('no poll in this room')),
  cancel: () => Promise.resolve({ kind: 'not_possible' }),
};

export const asOperator = { authorization: `Bearer ${OPERATOR_KEY}` };
export const auth = { authorization: `Bearer ${KEY}` };

export function videoResult(task: TaskRecord, more: Partial<StoredResult> = {}): StoredResult {
  return {
    kind: 'video',
    fileKey: `results/${task.id}/1.mp4`,
    fileName: `${task.id}-1.mp4`,
    mimeType: 'video/mp4',
    bytes: 10,
    sha256: hash('sha256', '0123456789'),
    width: 1280,
    height: 720,
    duration: 5,
    ...more,
  };
}

const MODELS = (['image', 'video', 'audio'] as const satisfies readonly TaskType[]).map(
  (type): ModelDefinition => ({
    id: `studio-${type}-1`,
    type,
    description: `Makes ${type}.`,
    parameters: { type: 'object', properties: { duration: { type: 'integer', minimum: 1, maximum: 30 } } },
    unknownParameters: 'refuse',
    inputs:
      type === 'video'
        ? { image_urls: { max: 2, formats: ['jpeg', 'png'], maxBytes: 10_000_000, minSide: 240 } }
        : {},
    pricing: { rule: 'per_second', milliCredits: 5_000 },
    timeoutMs: 600_000,
    estimateSeconds: 12,
    routes: [
      {
        id: `studio-${type}-1/0`,
        provider: 'studio',
        upstreamModel: 'secret-name',
        weight: 1,
        maxParallel: null,
      },
    ],
  }),
);
