import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TaskError } from '@sluice/errors';
import { listen } from './testing/socket.ts';
import { auth, openTrial, type Trial } from './trial.ts';

let trial: Trial;
before(async () => {
  trial = await openTrial();
});
after(() => trial.close());

const ask = (payload: unknown, headers: Record<string, string> = auth) =>
  trial.app.inject({
    method: 'POST',
    url: '/v1/preflight',
    headers: { ...headers, 'content-type': 'application/json' },
    payload: JSON.stringify(payload),
  });

test('what would pass is told its price, whatever its type, and no task is made', async () => {
  for (const type of ['image', 'video', 'audio']) {
    const answer = await ask({ model: `studio-${type}-1`, duration: 5 });
    assert.equal(answer.statusCode, 200);
    assert.deepEqual(answer.json(), {
      ok: true,
      issues: [],
      fixes: [],
      repairs: [],
      estimate: { credits: 25, seconds: 12 },
    });
  }
  assert.equal((await trial.app.inject({ url: '/v1/tasks', headers: auth })).json().total, 0);
  assert.equal((await trial.store.balance('acme'))?.reserved, 0);
});

test('everything that is wrong is in the answer, as whole error objects', async () => {
  const answer = await ask({ model: 'studio-video-1', duration: 900, wat: 1 });
  assert.equal(answer.statusCode, 200);
  const { ok, issues, estimate } = answer.json();
  assert.deepEqual([ok, estimate], [false, null]);
  assert.deepEqual(issues.map((issue: { param: string }) => issue.param).toSorted(), ['duration', 'wat']);
  for (const issue of issues) {
    assert.equal(issue.code, 'invalid_parameters');
    assert.equal(issue.request_id, answer.headers['x-request-id']);
    assert.equal(issue.docs_url, 'http://gateway.test/docs/errors#invalid_parameters');
    assert.ok(issue.message && issue.retry && issue.type);
  }
});

test('a model that is not there, a body that is no object and too few credits are answers too', async () => {
  const codes = async (body: unknown) => {
    const answer = await ask(body);
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.json().ok, false);
    return answer.json().issues.map((issue: { code: string }) => issue.code);
  };
  assert.deepEqual(await codes({ model: 'nope' }), ['model_not_found']);
  assert.deepEqual(await codes([1]), ['invalid_parameters']);
  assert.deepEqual(await codes(undefined), ['invalid_parameters']);
  await trial.store.grant('acme', -9_990_000);
  assert.deepEqual(await codes({ model: 'studio-video-1', duration: 5 }), ['quota_exceeded']);
});

test('what is no answer about the request goes through the door', async () => {
  assert.equal((await ask({ model: 'studio-video-1' }, {})).statusCode, 401);
  assert.equal((await trial.app.inject({ url: '/v1/preflight', headers: auth })).statusCode, 405);
});

test('who leaves is not looked after any more', async () => {
  const begun = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<unknown>();
  const own = await openTrial({
    intake: {
      submit: () => assert.fail('nothing is submitted'),
      preflight: ({ signal }) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => {
            stopped.resolve(signal.reason);
            reject(signal.reason);
          });
          begun.resolve();
        }),
    },
  });
  try {
    const leave = new AbortController();
    const call = fetch(`http://127.0.0.1:${await listen(own.app)}/v1/preflight`, {
      method: 'POST',
      headers: { ...auth, 'content-type': 'application/json' },
      body: '{}',
      signal: leave.signal,
    });
    await begun.promise;
    leave.abort();
    await assert.rejects(call, { name: 'AbortError' });
    assert.ok(TaskError.is(await stopped.promise));
    assert.doesNotMatch(own.log(), /internal fault/);
  } finally {
    await own.close();
  }
});

test('what is asked too much at once is a 429 with Retry-After, in the shape of every refusal', async () => {
  const own = await openTrial({
    intake: {
      submit: () => assert.fail('nothing is submitted'),
      preflight: () =>
        Promise.reject(new TaskError('quota_exceeded', { subtype: 'concurrency_limit', afterSeconds: 2 })),
    },
  });
  const answer = await own.app.inject({ method: 'POST', url: '/v1/preflight', headers: auth, payload: {} });
  assert.equal(answer.statusCode, 429);
  assert.equal(answer.headers['retry-after'], '2');
  assert.deepEqual(answer.json().error.type, 'rate_limit_error');
  await own.close();
});
