import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { StoredResult, TaskRecord } from '../store/records.ts';
import { createLinks } from './links.ts';

const DAY = 24 * 3600_000;
const FINISHED = Date.UTC(2026, 0, 1);

const task: TaskRecord = {
  id: 'task-unified-1767225600-abcdefghijkl',
  accountId: 'default',
  keyId: 'key',
  requestId: 'req_1',
  type: 'image',
  model: 'studio-image-1',
  params: {},
  metadata: {},
  status: 'completed',
  step: 'done',
  version: 3,
  owner: null,
  progress: 100,
  createdAt: FINISHED - 5000,
  deadlineAt: FINISHED + DAY,
  startedAt: FINISHED - 4000,
  finishedAt: FINISHED,
  cancelRequestedAt: null,
  estimateSeconds: 1,
  billingRule: 'per_image',
  creditsReserved: 0,
  creditsUsed: 1000,
  attempts: [],
  inputs: [],
  repairs: [],
  handle: null,
  outputs: [],
  reconcileUntil: null,
  results: [],
  error: null,
};
const result: StoredResult = {
  kind: 'image',
  fileKey: 'results/x/1.png',
  fileName: 'x-1.png',
  mimeType: 'image/png',
  bytes: 1,
  sha256: '0',
  width: 1,
  height: 1,
  duration: null,
};

function links(now: () => number, secret = 'a secret') {
  return createLinks({
    secret: new TextEncoder().encode(secret),
    baseUrl: () => 'http://host:1',
    lifeMs: DAY,
    now,
  });
}

function parts(url: string): { expires: string; signature: string } {
  const query = new URL(url).searchParams;
  return { expires: query.get('e') ?? '', signature: query.get('s') ?? '' };
}

describe('result links', () => {
  it('are the same each time a task is read, whatever the hour', () => {
    let now = FINISHED;
    const maker = links(() => now);
    const first = maker.resultUrl(task, result);
    now += 3600_000;
    assert.equal(maker.resultUrl(task, result), first);
    assert.ok(first.startsWith('http://host:1/r/task-unified-1767225600-abcdefghijkl/x-1.png?e='));
  });

  it('hold for the life counted from the end of the task, to the second', () => {
    let now = FINISHED;
    const maker = links(() => now);
    const { expires, signature } = parts(maker.resultUrl(task, result));
    now = FINISHED + DAY;
    assert.equal(maker.verify(task.id, result.fileName, expires, signature), 'valid');
    now += 1;
    assert.equal(maker.verify(task.id, result.fileName, expires, signature), 'expired');
  });

  it('are forged when any part differs, also when the time was pushed back', () => {
    const maker = links(() => FINISHED);
    const { expires, signature } = parts(maker.resultUrl(task, result));
    assert.equal(maker.verify('task-unified-1-other', result.fileName, expires, signature), 'forged');
    assert.equal(maker.verify(task.id, 'x-2.png', expires, signature), 'forged');
    assert.equal(maker.verify(task.id, result.fileName, String(Number(expires) + 1), signature), 'forged');
    assert.equal(
      links(() => FINISHED, 'another').verify(task.id, result.fileName, expires, signature),
      'forged',
    );
  });

  it('never take a signature that was made up', () => {
    const maker = links(() => FINISHED);
    const { expires, signature } = parts(maker.resultUrl(task, result));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (guess) => {
        fc.pre(guess !== signature);
        assert.equal(maker.verify(task.id, result.fileName, expires, guess), 'forged');
      }),
    );
  });
});
