import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { TaskRecord } from '../store/records.ts';
import { auth, openTrial, type Trial } from './trial.ts';

let trial: Trial;
beforeEach(async () => {
  trial = await openTrial();
});
afterEach(() => trial.close());

const body = { model: 'studio-video-1', prompt: 'a heron', duration: 5 };
const submit = (
  headers: Record<string, string> = {},
  payload: object = body,
  url = '/v1/videos/generations',
) => trial.app.inject({ method: 'POST', url, headers: { ...auth, ...headers }, payload });

test('a submit answers 200 with the task, which is then there', async () => {
  const reply = await submit();
  assert.equal(reply.statusCode, 200, reply.body);
  const task = reply.json();
  assert.match(task.id, /^task-unified-\d+-[a-z0-9]{12,}$/);
  assert.equal(task.status, 'pending');
  assert.equal(task.request_id, reply.headers['x-request-id']);
  assert.equal((await trial.app.inject({ url: `/v1/tasks/${task.id}`, headers: auth })).body, reply.body);
});

test('each call takes its own type of model', async () => {
  for (const [url, type] of [
    ['/v1/images/generations', 'image'],
    ['/v1/audios/generations', 'audio'],
  ] as const) {
    const reply = await submit(
      {},
      { model: `studio-${type}-1`, prompt: 'x', ...(type === 'audio' ? { duration: 5 } : {}) },
      url,
    );
    assert.equal(reply.json().object, `${type}.generation.task`, reply.body);
  }
  assert.ok((await submit({}, { model: 'studio-image-1', prompt: 'x' })).statusCode >= 400);
});

test('the same Idempotency-Key gives the same task and says so; with another body it is a conflict', async () => {
  const first = await submit({ 'idempotency-key': 'k-1' });
  const again = await submit({ 'idempotency-key': 'k-1' });
  assert.equal(again.json().id, first.json().id);
  assert.equal(first.headers['idempotency-replayed'], undefined);
  assert.equal(again.headers['idempotency-replayed'], 'true');
  const other = await submit({ 'idempotency-key': 'k-1' }, { ...body, prompt: 'an owl' });
  assert.equal(other.statusCode, 409);
  assert.equal(other.json().error.code, 'idempotency_conflict');
});

test('an Idempotency-Key that is empty, too long or not printable is refused', async () => {
  for (const key of ['', 'x'.repeat(256), 'caf\u00e9']) {
    const { statusCode, body } = await submit({ 'idempotency-key': key });
    assert.equal(statusCode, 400, JSON.stringify(key));
    assert.equal(JSON.parse(body).error.param, 'Idempotency-Key');
  }
  assert.equal((await submit({ 'idempotency-key': 'x'.repeat(255) })).statusCode, 200);
});

test('Prefer: wait=N holds the answer until the task is final, and is named in the answer', async () => {
  const answer = submit({ prefer: 'respond-async, wait=20' });
  let tasks: readonly TaskRecord[] = [];
  while (tasks.length === 0) {
    await trial.clock.advance(1);
    ({ tasks } = await trial.store.list({
      accountId: 'acme',
      statuses: null,
      type: null,
      model: null,
      errorCode: null,
      offset: 0,
      limit: 1,
    }));
  }
  const [task] = tasks;
  assert.ok(task);
  await trial.clock.advance(1000);
  await trial.fail(task);
  const reply = await answer;
  assert.equal(reply.json().status, 'failed');
  assert.equal(reply.headers['preference-applied'], 'wait=20');
});

test('a wait longer than allowed is cut to 60 s; one that makes no sense is ignored', async () => {
  const from = trial.clock.now();
  let answered = false;
  const late = submit({ prefer: 'wait=600' }).finally(() => {
    answered = true;
  });
  while (!answered) await trial.clock.advance(1000);
  assert.equal((await late).headers['preference-applied'], 'wait=60');
  assert.ok(trial.clock.now() - from >= 60_000);
  for (const prefer of ['wait', 'wait=soon', 'wait=-1', 'await=3']) {
    const reply = await submit({ prefer });
    assert.equal(reply.statusCode, 200);
    assert.equal(reply.headers['preference-applied'], undefined, prefer);
  }
});

test('while draining no task is taken, and the answer says when to come back', async () => {
  trial.draining = true;
  const { statusCode, headers, body } = await submit();
  assert.equal(statusCode, 503);
  assert.equal(headers['retry-after'], '5');
  assert.equal(JSON.parse(body).error.code, 'service_unavailable');
  assert.equal((await trial.app.inject({ url: '/v1/tasks', headers: auth })).json().total, 0);
});

test('a body that is no object is refused with a clear word', async () => {
  for (const payload of ['[]', '"x"', 'null', '']) {
    const reply = await trial.app.inject({
      method: 'POST',
      url: '/v1/videos/generations',
      headers: { ...auth, 'content-type': 'application/json' },
      payload,
    });
    assert.equal(reply.statusCode, 400, payload);
    assert.equal(reply.json().error.code, 'invalid_parameters');
  }
});
