import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { listen } from './testing/socket.ts';
import { auth, KEY, OTHER_KEY, openTrial, type Trial, videoResult } from './trial.ts';

let trial: Trial;
let base: string;
beforeEach(async () => {
  trial = await openTrial();
  base = `http://127.0.0.1:${await listen(trial.app)}`;
});
afterEach(() => trial.close());

test('the lane answers what the route answers, in every state, head and body', async () => {
  const pending = await trial.admit();
  const same = async () => {
    const lane = await fetch(`${base}/v1/tasks/${pending.id}`, { headers: auth });
    const route = await trial.app.inject({ url: `/v1/tasks/${pending.id}`, headers: auth });
    assert.equal(lane.status, route.statusCode);
    assert.equal(await lane.text(), route.body);
    const names = (all: Iterable<string>) => [...all].filter((name) => name !== 'keep-alive').toSorted();
    assert.deepEqual(names(lane.headers.keys()), names(Object.keys(route.headers)));
    assert.equal(lane.headers.get('content-type'), route.headers['content-type']);
    assert.match(lane.headers.get('x-request-id') ?? '', /^req_/);
  };
  await same();
  const started = await trial.start(pending);
  await same();
  await trial.complete(started, [videoResult(started)]);
  await same();
});

test('what is not the plain good case is judged by the route', async () => {
  const { id } = await trial.admit();
  for (const [path, key, status] of [
    [`/v1/tasks/${id}`, 'sk-unknown', 401],
    [`/v1/tasks/${id}`, OTHER_KEY, 404],
    ['/v1/tasks/task-unified-1-aaaaaaaaaaaa', KEY, 404],
    ['/v1/tasks/task-unified-1', KEY, 400],
    [`/v1/tasks/${id}?wait=x`, KEY, 400],
    [`/v1/tasks/${id}?wait=0`, KEY, 200],
  ] as const) {
    const reply = await fetch(base + path, { headers: { authorization: `Bearer ${key}` } });
    assert.equal(reply.status, status, path);
    assert.match(reply.headers.get('x-request-id') ?? '', /^req_/);
    await reply.text();
  }
  await trial.store.disableKey('key-acme', trial.clock.now());
  assert.equal((await fetch(`${base}/v1/tasks/${id}`, { headers: auth })).status, 403);
});

test('a fault in the lane is answered like any other', async () => {
  const { id } = await trial.admit();
  trial.store.lookup = () => Promise.reject(new Error('disk'));
  const reply = await fetch(`${base}/v1/tasks/${id}`, { headers: auth });
  assert.equal(reply.status, 500);
  assert.equal(JSON.parse(await reply.text()).error.code, 'service_error');
});
