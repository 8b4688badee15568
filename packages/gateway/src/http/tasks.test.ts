import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { auth, OTHER_KEY, openTrial, type Trial, videoResult } from './trial.ts';

let trial: Trial;
beforeEach(async () => {
  trial = await openTrial();
});
afterEach(() => trial.close());

const get = (url: string, headers: Record<string, string> = auth) => trial.app.inject({ url, headers });
const post = (url: string, payload?: object) =>
  trial.app.inject({ method: 'POST', url, headers: auth, ...(payload ? { payload } : {}) });

test('a task shows each state with the fields of the contract and no others of ours', async () => {
  const pending = await trial.admit();
  const first = (await get(`/v1/tasks/${pending.id}`)).json();
  assert.equal(first.object, 'video.generation.task');
  assert.equal(first.status, 'pending');
  assert.equal(first.created, Math.floor(pending.createdAt / 1000));
  assert.deepEqual(first.metadata, { order: '42' });
  assert.deepEqual(first.task_info, { can_cancel: true, estimated_time: 12, video_duration: 5 });
  assert.deepEqual(first.usage, {
    billing_rule: 'per_second',
    credits_reserved: 25,
    credits_used: 0,
    user_group: 'default',
  });
  for (const absent of ['results', 'result_data', 'error', 'duration', 'expires_at', 'params'])
    assert.ok(!(absent in first), absent);

  const started = await trial.start(pending);
  const second = (await get(`/v1/tasks/${pending.id}`)).json();
  assert.equal(second.status, 'processing');
  assert.deepEqual(second.attempts, [
    { number: 1, outcome: 'running', code: null, at: '2026-11-22T09:00:00Z' },
  ]);

  await trial.clock.advance(3200);
  await trial.complete(started, [videoResult(started)]);
  const { body } = await get(`/v1/tasks/${pending.id}`);
  const third = JSON.parse(body);
  assert.equal(third.status, 'completed');
  assert.equal(third.progress, 100);
  assert.equal(third.duration, 3.2);
  assert.equal(third.expires_at, '2026-11-25T09:00:03.200Z');
  assert.equal(third.usage.credits_used, 25);
  assert.match(third.results[0], /^http:\/\/gateway\.test\/r\/task-unified-.*-1\.mp4\?e=\d+&s=/);
  assert.equal(third.result_data[0].video_url, third.results[0]);
  assert.ok(!('image_url' in third.result_data[0]));
  assert.equal(third.result_data[0].expires_at, '2026-11-23T09:00:03Z');
  assert.ok(!('error' in third));
  for (const secret of ['m/0', NODE_NAME, 'studio-adapter', 'fileKey'])
    assert.ok(!body.includes(secret), secret);
});
const NODE_NAME = 'node-trial';

test('a failed task has an error whole, costs nothing and has no results', async () => {
  const task = await trial.fail(await trial.start(await trial.admit()), 'resource_exhausted');
  const view = (await get(`/v1/tasks/${task.id}`)).json();
  assert.equal(view.status, 'failed');
  assert.equal(view.error.code, 'resource_exhausted');
  assert.equal(view.error.request_id, 'req_of_the_submit');
  assert.equal(view.error.docs_url, 'http://gateway.test/docs/errors#resource_exhausted');
  assert.equal(view.usage.credits_used, 0);
  assert.equal(view.task_info.can_cancel, false);
  assert.ok(!('results' in view));
});

test("another account's task is not found, exactly like one that never was", async () => {
  const mine = await trial.admit();
  const theirs = await get(`/v1/tasks/${mine.id}`, { authorization: `Bearer ${OTHER_KEY}` });
  const never = await get('/v1/tasks/task-unified-1772618027-aaaaaaaaaaaa', {
    authorization: `Bearer ${OTHER_KEY}`,
  });
  assert.equal(theirs.statusCode, 404);
  const plain = (body: string) => body.replaceAll(/task-unified-[\w-]+/g, 'ID').replaceAll(/req_\w+/g, 'REQ');
  assert.equal(plain(theirs.body), plain(never.body));
});

test('a task that was removed after its retention says that it expired', async () => {
  const task = await trial.complete(await trial.start(await trial.admit()));
  await trial.store.sweep(trial.clock.now() + 1, trial.clock.now(), 10);
  const { statusCode, body } = await get(`/v1/tasks/${task.id}`);
  assert.equal(statusCode, 404);
  assert.match(JSON.parse(body).error.message, /has expired/);
});

test('an id of another form is a parameter fault, not a missing task', async () => {
  for (const id of ['x', 'task-unified-1-short', 'task-unified-1772618027-CMEISY8H2K4Q', '%00']) {
    const { statusCode, body } = await get(`/v1/tasks/${id}`);
    assert.equal(statusCode, 400, id);
    assert.equal(JSON.parse(body).error.subtype, 'invalid_task_id');
  }
});

test('wait holds the answer until the task is final', async () => {
  const task = await trial.start(await trial.admit());
  const answer = get(`/v1/tasks/${task.id}?wait=30`);
  await trial.clock.advance(1000);
  await trial.fail(task);
  assert.equal((await answer).json().status, 'failed');
});

test('wait answers with the task as it stands when the seconds are over', async () => {
  const task = await trial.start(await trial.admit());
  let answered = false;
  const answer = get(`/v1/tasks/${task.id}?wait=30`).then((reply) => {
    answered = true;
    return reply;
  });
  await trial.clock.advance(29_999);
  assert.equal(answered, false);
  await trial.clock.advance(1);
  assert.equal((await answer).json().status, 'processing');
});

test('the list filters as the contract says, newest first, in pages', async () => {
  const pending = await trial.admit();
  await trial.clock.advance(1000);
  const processing = await trial.start(await trial.admit({ type: 'image', model: 'studio-image-1' }));
  await trial.clock.advance(1000);
  const completed = await trial.complete(await trial.start(await trial.admit()));
  await trial.clock.advance(1000);
  const failed = await trial.fail(await trial.admit(), 'service_error');
  await trial.clock.advance(1000);
  const cancelled = await trial.fail(await trial.admit(), 'request_cancelled');
  await trial.admit({ accountId: 'other' });
  const ids = async (query: string) =>
    (await get(`/v1/tasks${query}`)).json().data.map((task: { id: string }) => task.id);

  assert.deepEqual(
    await ids(''),
    [cancelled, failed, completed, processing, pending].map(({ id }) => id),
  );
  assert.deepEqual(await ids('?status=processing'), [processing.id, pending.id]);
  assert.deepEqual(await ids('?status=pending'), [pending.id]);
  assert.deepEqual(await ids('?status=cancelled'), [cancelled.id]);
  assert.deepEqual(await ids('?status=cancelled&error_code=service_error'), []);
  assert.deepEqual(await ids('?status=failed'), [cancelled.id, failed.id]);
  assert.deepEqual(await ids('?error_code=service_error'), [failed.id]);
  assert.deepEqual(await ids('?type=image'), [processing.id]);
  assert.deepEqual(await ids('?model=studio-image-1'), [processing.id]);
  const page = (await get('/v1/tasks?page=2&page_size=2')).json();
  assert.deepEqual(
    page.data.map((task: { id: string }) => task.id),
    [completed.id, processing.id],
  );
  assert.deepEqual([page.total, page.page, page.page_size], [5, 2, 2]);
});

test('a bad query names every field at fault and what it may be', async () => {
  const { statusCode, body } = await get('/v1/tasks?page_size=500&stauts=failed&type=film');
  assert.equal(statusCode, 400);
  const { issues } = JSON.parse(body).error;
  assert.deepEqual(issues.map((issue: { param: string }) => issue.param).toSorted(), [
    'page_size',
    'stauts',
    'type',
  ]);
  assert.match(body, /between 1 and 100|at most 100/);
  assert.match(body, /Did you mean `status`/);
});

test('a batch gives the known tasks in the order asked for; foreign and unknown ids are absent', async () => {
  const [a, b] = [await trial.admit(), await trial.admit()];
  const foreign = await trial.admit({ accountId: 'other' });
  const { data } = (
    await post('/v1/tasks/batch', { task_ids: [b.id, foreign.id, 'nonsense', a.id, b.id] })
  ).json();
  assert.deepEqual(
    data.map((task: { id: string }) => task.id),
    [b.id, a.id],
  );
  for (const payload of [
    {},
    { task_ids: [] },
    { task_ids: 'x' },
    { task_ids: [1] },
    { task_ids: Array(51).fill('x') },
  ]) {
    assert.equal(
      (await post('/v1/tasks/batch', payload)).statusCode,
      400,
      JSON.stringify(payload).slice(0, 60),
    );
  }
});

test('cancelling: at once while pending, asked while processing, refused when final', async () => {
  const pending = await trial.admit();
  const gone = (await post(`/v1/tasks/${pending.id}/cancel`)).json();
  assert.equal(gone.status, 'failed');
  assert.equal(gone.error.code, 'request_cancelled');

  const processing = await trial.start(await trial.admit());
  const asked = (await post(`/v1/tasks/${processing.id}/cancel`, {})).json();
  assert.equal(asked.status, 'processing');
  assert.equal(asked.task_info.can_cancel, false);

  const late = await post(`/v1/tasks/${pending.id}/cancel`);
  assert.equal(late.statusCode, 409);
  assert.equal(late.json().error.code, 'task_not_cancellable');
  assert.equal((await post('/v1/tasks/task-unified-1-aaaaaaaaaaaa/cancel')).statusCode, 404);
});
