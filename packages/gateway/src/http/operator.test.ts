import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { classify, type Evidence, TaskError, toClient } from '@sluice/errors';
import { OPERATOR_ROUTES } from '@sluice/protocol';
import type { TaskRecord } from '../store/records.ts';
import { asOperator, auth, KEY, OPERATOR_KEY, openTrial, type Trial } from './trial.ts';

let trial: Trial;
before(async () => {
  trial = await openTrial();
});
after(() => trial.close());

const get = (url: string, headers: Record<string, string> = asOperator) => trial.app.inject({ url, headers });
const drain = (payload: object, headers: Record<string, string> = asOperator) =>
  trial.app.inject({ method: 'POST', url: '/operator/v1/routes', headers, payload });

const OVERLOADED: Evidence = {
  provider: 'studio',
  phase: 'submit',
  status: 503,
  headers: { 'retry-after': '3', server: 'gpu-7.internal' },
  body: { error: { code: 'overloaded', message: 'gpu-7 is busy' } },
};

/** One attempt that ended with `evidence`; the task goes on, or fails with it. */
async function attempt(task: TaskRecord, number: number, route: string, evidence: Evidence, last = false) {
  const at = trial.clock.now();
  const idempotencyKey = `${task.id}-${number}`;
  const begun = await trial.change(task, { kind: 'attempt_begun', number, route, idempotencyKey, at });
  const verdict = classify(evidence);
  const end = { number, state: 'rejected', code: verdict.code, evidence, verdict, at } as const;
  return last
    ? trial.change(begun, { kind: 'failed', error: toClient(verdict).toJSON(), at, end })
    : trial.change(begun, { kind: 'attempt_over', end });
}

async function prepared(): Promise<TaskRecord> {
  const task = await trial.admit();
  return trial.change(task, { kind: 'prepared', params: task.params, inputs: [], repairs: [] });
}

test('without the operator key every call answers as an address with nothing behind it', async () => {
  const nothing = (await get('/operator/v1/nowhere', {})).json().error;
  for (const row of OPERATOR_ROUTES) {
    const url = row.path.replace('{id}', 'task-unified-1-aaaaaaaaaaaa');
    for (const authorization of [
      undefined,
      `Bearer ${KEY}`,
      'Bearer ',
      `Basic ${OPERATOR_KEY}`,
      `Bearer ${OPERATOR_KEY}x`,
    ]) {
      const headers = authorization === undefined ? {} : { authorization };
      const answer = await trial.app.inject({
        method: row.method,
        url,
        headers,
        payload: row.method === 'POST' ? '{' : '',
      });
      const { error } = answer.json();
      assert.equal(answer.statusCode, 404, `${row.id} ${authorization}`);
      const expected = nothing.message.replace('/operator/v1/nowhere', url).replace('GET', row.method);
      assert.deepEqual(
        { ...error, message: expected },
        { ...nothing, message: error.message, request_id: error.request_id },
      );
      assert.equal(error.message, expected);
    }
  }
  const closed = await openTrial({ operatorKeyHash: null });
  assert.equal(
    (await closed.app.inject({ url: '/operator/v1/routes', headers: asOperator })).statusCode,
    404,
  );
  await closed.close();
});

test('nor does an endless path, another method, or what the gateway says of itself, give them away', async () => {
  const long = 'x'.repeat(400);
  for (const url of [`/operator/v1/tasks/${long}`, `/hooks/${long}/y`, `/nowhere/${long}`]) {
    const { message } = (await get(url, {})).json().error;
    assert.match(message, /^.*\nThere is no call GET \//, url);
  }
  assert.equal((await trial.app.inject({ method: 'DELETE', url: '/operator/v1/routes' })).statusCode, 404);
  for (const url of ['/openapi.json', '/docs', '/docs/errors']) {
    assert.ok(!/\/operator\/|\/hooks\//.test((await get(url, {})).body), url);
  }
});

test('the operator key opens nothing of a client', async () => {
  assert.equal((await get('/v1/credits')).statusCode, 401);
});

test('the timeline has every attempt with what came back, the rule, and what followed', async () => {
  let task = await attempt(await prepared(), 1, 'studio-video-1/0', OVERLOADED);
  await trial.clock.advance(2_500);
  const unclear: Evidence = { ...OVERLOADED, status: 409, body: { error: { code: 'moon_in_the_way' } } };
  task = await attempt(task, 2, 'gone/0', unclear, true);

  const { statusCode, body } = await get(`/operator/v1/tasks/${task.id}`);
  assert.equal(statusCode, 200);
  const view = JSON.parse(body);
  assert.equal(view.account_id, 'acme');
  assert.equal(view.status, 'failed');
  assert.deepEqual(view.params, { prompt: 'a heron', duration: 5 });
  assert.equal(view.error.code, 'unknown_error');
  const [first, second] = view.attempts;
  assert.equal(first.provider, 'studio');
  assert.equal(first.upstream_model, 'secret-name');
  assert.deepEqual(first.evidence, OVERLOADED);
  assert.equal(first.verdict.matched_rule, classify(OVERLOADED).matched_rule);
  assert.deepEqual(first.decision, { next: 'other_route', counts_against_route: true, alarm: false });
  assert.deepEqual(first.followed_by, { kind: 'attempt', number: 2, route: 'gone/0' });
  assert.equal(second.provider, null, 'the route is no longer configured');
  assert.deepEqual(second.followed_by, { kind: 'end', status: 'failed', code: 'unknown_error' });
  assert.equal(Date.parse(second.started_at) - Date.parse(first.started_at), 2_500);

  const client = (await get(`/v1/tasks/${task.id}`, auth)).body;
  for (const secret of ['gpu-7', 'moon', 'secret-name', 'studio-video-1/0', 'matched_rule']) {
    assert.ok(body.includes(secret) && !client.includes(secret), secret);
  }
});

test('a late success and a task under way are shown as what they are', async () => {
  const task = await trial.start(await trial.admit());
  const error = new TaskError('service_error').toJSON();
  const at = trial.clock.now();
  const end = { number: 1, state: 'abandoned', code: null, evidence: null, verdict: null, at } as const;
  assert.equal((await get(`/operator/v1/tasks/${task.id}`)).json().attempts[0].followed_by.kind, 'under_way');
  await trial.change(task, { kind: 'failed', error, at, end });
  await trial.store.recordLate(task.id, 1, { at: at + 1000, outcome: 'completed', results: [] });
  const [attempt] = (await get(`/operator/v1/tasks/${task.id}`)).json().attempts;
  assert.deepEqual(attempt.late, { at: '2026-11-22T09:00:03.500Z', outcome: 'completed', files: [] });
  assert.equal(attempt.decision, null);
});

test('a task that is not there, and an id that is none', async () => {
  const missing = await get('/operator/v1/tasks/task-unified-1-aaaaaaaaaaaa');
  assert.equal(missing.statusCode, 404);
  assert.equal(missing.json().error.param, 'id');
  assert.equal((await get('/operator/v1/tasks/42')).json().error.subtype, 'invalid_task_id');
});

test('unknown evidence is grouped by who said it and in what form', async () => {
  const say = (code: string, message: string): Evidence => ({
    ...OVERLOADED,
    status: 418,
    body: { error: { code, message } },
  });
  for (const [code, message] of [
    ['tea', 'a1'],
    ['tea', 'b2'],
    ['coffee', 'c3'],
  ] as const) {
    await attempt(await prepared(), 1, 'studio-video-1/0', say(code, message), true);
  }
  const { data, attempts } = (await get('/operator/v1/unknowns')).json();
  const [tea] = data;
  assert.equal(tea.count, 2);
  assert.equal(tea.shape, '{error:{code="tea",message:text}}');
  assert.equal(tea.sample.body.error.message, 'b2');
  assert.equal(tea.task_ids.length, 2);
  assert.equal(tea.verdict_now.code, 'unknown_error');
  assert.deepEqual(tea.routes, ['studio-video-1/0']);
  assert.ok(attempts >= 3 && data.some(({ shape }: { shape: string }) => shape.includes('coffee')));
  assert.equal((await get('/operator/v1/unknowns?limit=1')).json().attempts, 1);
  assert.equal((await get('/operator/v1/unknowns?limit=0')).statusCode, 400);
});

test('routes are drained and put back, and a mistyped one is told its neighbour', async () => {
  const { data } = (await get('/operator/v1/routes')).json();
  assert.deepEqual(data[1], {
    route: 'studio-video-1/0',
    provider: 'studio',
    upstream_model: 'secret-name',
    weight: 1,
    priority: 0,
    max_parallel: null,
    in_use: 0,
    drained: false,
    health: 'closed',
    open_until: null,
  });
  const drained = await drain({ route: 'studio-video-1/0', drained: true });
  assert.equal(drained.json().drained, true);
  const states = (await get('/operator/v1/routes'))
    .json()
    .data.map((row: { drained: boolean }) => row.drained);
  assert.deepEqual(states, [false, true, false]);
  assert.equal((await drain({ route: 'studio-video-1/0', drained: false })).json().drained, false);

  const wrong = await drain({ route: 'studio-vidoe-1/0', drained: true });
  assert.equal(wrong.statusCode, 404);
  assert.match(wrong.json().error.message, /Did you mean `studio-video-1\/0`/);
  assert.equal((await drain({ route: 'x' })).json().error.code, 'invalid_parameters');
  assert.equal(
    (await drain({ route: 'x', drained: true, why: 1 })).json().error.subtype,
    'unknown_parameter',
  );
});
