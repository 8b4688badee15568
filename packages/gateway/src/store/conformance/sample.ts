/** Ready-made admissions, changes and errors for tests and benches of the store. */
import { randomUUID } from 'node:crypto';
import type { Evidence, TaskCode, Verdict } from '@sluice/errors';
import { TaskError } from '@sluice/errors';
import type { StoredResult, TaskRecord } from '../records.ts';
import type { Admission, AttemptEnd, CommitOutcome, Fence, Store, TaskChange } from '../store.ts';

export const NOW = Date.UTC(2026, 0, 1);

let count = 0;

/** Task ids as the gateway makes them, in ascending order. */
export function taskId(createdAt = NOW): string {
  return `task-unified-${Math.floor(createdAt / 1000)}-${(count++).toString(36).padStart(12, '0')}`;
}

export interface Customer {
  readonly accountId: string;
  readonly keyId: string;
  readonly secretHash: string;
}

/** A new account with one key. */
export async function customer(
  store: Store,
  grant = 1_000_000,
  creditLimit: number | null = null,
): Promise<Customer> {
  const accountId = `account-${randomUUID()}`;
  await store.ensureAccount(accountId, grant);
  return { accountId, ...(await anotherKey(store, accountId, creditLimit)) };
}

export async function anotherKey(store: Store, accountId: string, creditLimit: number | null = null) {
  const keyId = `key-${randomUUID()}`;
  const secretHash = randomUUID().replaceAll('-', '').repeat(2);
  await store.createKey({
    id: keyId,
    accountId,
    name: 'test',
    secretHash,
    createdAt: NOW,
    expiresAt: null,
    creditLimit,
  });
  return { keyId, secretHash };
}

export function admission(by: Customer, changes: Partial<Admission> = {}): Admission {
  const createdAt = changes.createdAt ?? NOW;
  return {
    id: taskId(createdAt),
    accountId: by.accountId,
    keyId: by.keyId,
    requestId: 'req_sample',
    type: 'video',
    model: 'studio-video-1',
    params: { prompt: 'A lighthouse in the evening, seen from the sea', duration: 5, aspect_ratio: '16:9' },
    metadata: { order: '1042' },
    createdAt,
    deadlineAt: createdAt + 600_000,
    estimateSeconds: 12.5,
    billingRule: 'per_second',
    creditsReserved: 5000,
    owner: 'node-a',
    idempotency: null,
    ...changes,
  };
}

export function withKey(
  key: string,
  fingerprint = 'f'.repeat(64),
  expiresAt = NOW + 86_400_000,
): Partial<Admission> {
  return { idempotency: { key, fingerprint, expiresAt } };
}

/** Admits and insists on a new task. */
export async function admitOne(
  store: Store,
  by: Customer,
  changes: Partial<Admission> = {},
): Promise<TaskRecord> {
  const outcome = await store.admit(admission(by, changes));
  if (outcome.kind !== 'created') throw new Error(`expected a new task and got "${outcome.kind}"`);
  return outcome.task;
}

/** The fence of whoever holds this record. */
export function fence(task: TaskRecord): Fence {
  return { taskId: task.id, owner: task.owner ?? 'nobody', version: task.version };
}

/** Commits and insists that the fence held. */
export async function step(store: Store, task: TaskRecord, change: TaskChange): Promise<TaskRecord> {
  const outcome: CommitOutcome = await store.commit(fence(task), change);
  if (outcome.kind !== 'committed') throw new Error(`the fence of ${task.id} did not hold`);
  return outcome.task;
}

export function begun(number = 1): TaskChange {
  return {
    kind: 'attempt_begun',
    number,
    route: 'studio-video-1/0',
    idempotencyKey: randomUUID(),
    at: NOW + 1000,
  };
}

export const prepared: TaskChange = {
  kind: 'prepared',
  params: { prompt: 'prepared' },
  inputs: [],
  repairs: [],
};

export function accepted(number = 1): TaskChange {
  return { kind: 'attempt_accepted', number, handle: { job: 'job-7', nested: [1, null, 'x'] } };
}

export const evidence: Evidence = {
  provider: 'studio',
  phase: 'poll',
  status: 503,
  headers: { 'retry-after': '30' },
  body: { error: 'overloaded' },
};

export const verdict: Verdict = {
  code: 'resource_exhausted',
  subtype: null,
  retry: { retryable: true, action: 'retry_later', after_seconds: 30 },
  asked_seconds: 30,
  param: null,
  stage: 'unknown',
  details: {},
  matched_rule: 'http/503',
  confidence: 0.9,
  alternatives: [],
};

export function end(state: AttemptEnd['state'], number = 1, code: TaskCode | null = null): AttemptEnd {
  return { number, state, code, evidence, verdict, at: NOW + 5000 };
}

export function failure(code: TaskCode = 'service_error') {
  return new TaskError(code).toJSON();
}

export const result: StoredResult = {
  kind: 'video',
  fileKey: 'results/one.mp4',
  fileName: 'one.mp4',
  mimeType: 'video/mp4',
  bytes: 812_345,
  sha256: 'a'.repeat(64),
  width: 1280,
  height: 720,
  duration: 5,
};

export function completed(creditsUsed = 5000, number = 1): TaskChange {
  return { kind: 'completed', results: [result], creditsUsed, end: end('succeeded', number) };
}

export function failed(
  ended: AttemptEnd | null = null,
  code: TaskCode = 'service_error',
  at = NOW + 6000,
): TaskChange {
  return { kind: 'failed', error: failure(code), at, end: ended };
}

/** Brings a new task to where it watches its first attempt. */
export async function watching(
  store: Store,
  by: Customer,
  changes: Partial<Admission> = {},
): Promise<TaskRecord> {
  const submitting = await step(store, await admitOne(store, by, changes), prepared);
  return step(store, await step(store, submitting, begun()), accepted());
}
