import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TaskError } from '@sluice/errors';
import { Sluice } from './client.ts';
import { startFakeGateway, TASK_ID, unfinished } from './testing/fake-gateway.ts';
import type { Timing } from './transport.ts';

/** Passes every pause at once and remembers how long it would have been. */
function instant(): Timing & { readonly pauses: number[] } {
  const pauses: number[] = [];
  return {
    pauses,
    random: () => 0.5,
    sleep(ms) {
      pauses.push(ms);
      return Promise.resolve();
    },
  };
}

const busy = new TaskError('service_unavailable', { afterSeconds: 7 }).toJSON();

test('a submit carries the key, the request as given, and the wait asked for', async () => {
  await using gateway = await startFakeGateway(() => ({ json: unfinished(0) }));
  const sluice = new Sluice({ baseUrl: `${gateway.url}/`, apiKey: 'secret' });

  const task = await sluice.videos.generate(
    { model: 'studio-video-1', prompt: 'a pan', style_of_this_model: 3 },
    { waitSeconds: 10, idempotencyKey: 'order-17' },
  );

  assert.equal(task.id, TASK_ID);
  const [request] = gateway.requests;
  assert.equal(request?.path, '/v1/videos/generations');
  assert.equal(request?.headers.authorization, 'Bearer secret');
  assert.equal(request?.headers.prefer, 'wait=10');
  assert.equal(request?.headers['idempotency-key'], 'order-17');
  assert.deepEqual(request?.body, { model: 'studio-video-1', prompt: 'a pan', style_of_this_model: 3 });
});

test('a lost answer is asked for again with the same idempotency key, and another submit gets another key', async () => {
  await using gateway = await startFakeGateway((_, count) => (count <= 2 ? 'cut' : { json: unfinished(0) }));
  const timing = instant();
  const sluice = new Sluice({ baseUrl: gateway.url, apiKey: 'k', timing });

  await sluice.images.generate({ model: 'studio-image-1', prompt: 'x' });
  await sluice.images.generate({ model: 'studio-image-1', prompt: 'x' });

  const keys = gateway.requests.map(({ headers }) => headers['idempotency-key']);
  assert.equal(keys.length, 4);
  assert.match(String(keys[0]), /^key-[0-9a-f]{32}$/);
  assert.deepEqual(keys.slice(0, 3), [keys[0], keys[0], keys[0]]);
  assert.notEqual(keys[3], keys[0]);
  assert.deepEqual(timing.pauses, [500, 1000]);
});

test('a 503 is repeated after the seconds it names; one that names more than a minute is passed on', async () => {
  let after = 7;
  await using gateway = await startFakeGateway((_, count) =>
    count % 2 === 1
      ? { status: 503, json: { error: { ...busy, retry: { ...busy.retry, after_seconds: after } } } }
      : { json: unfinished(0) },
  );
  const timing = instant();
  const sluice = new Sluice({ baseUrl: gateway.url, apiKey: 'k', timing });

  await sluice.tasks.get(TASK_ID);
  assert.deepEqual(timing.pauses, [7000]);

  after = 300;
  await assert.rejects(sluice.tasks.get(TASK_ID), { code: 'service_unavailable' });
  assert.equal(gateway.requests.length, 3);
});

test('a refusal is the error of the gateway and is not repeated', async () => {
  const refused = new TaskError('invalid_parameters', {
    param: 'duration',
    because: 'duration is 31.',
    requestId: 'req_9',
  });
  await using gateway = await startFakeGateway(() => ({ status: 400, json: { error: refused.toJSON() } }));
  const sluice = new Sluice({ baseUrl: gateway.url, apiKey: 'k', timing: instant() });

  const error = await sluice.videos.generate({ model: 'm', duration: 31 }).catch((thrown: unknown) => thrown);

  assert.ok(TaskError.is(error));
  assert.deepEqual(error.toJSON(), refused.toJSON());
  assert.equal(gateway.requests.length, 1);
});

test('cancel is sent once only, whatever becomes of its answer', async () => {
  await using gateway = await startFakeGateway(() => 'cut');
  const sluice = new Sluice({ baseUrl: gateway.url, apiKey: 'k', timing: instant() });
  await assert.rejects(sluice.tasks.cancel(TASK_ID), { code: 'service_unavailable' });
  assert.equal(gateway.requests.length, 1);
});

test('an unreachable gateway is said to be just that, with its address and the reason', async () => {
  const gone = await startFakeGateway(() => 'cut');
  await gone[Symbol.asyncDispose]();
  const sluice = new Sluice({ baseUrl: gone.url, apiKey: 'k', timing: instant(), retries: 1 });
  const error = await sluice.credits().catch((thrown: unknown) => thrown);
  assert.ok(TaskError.is(error));
  assert.equal(error.details.unreachable, true);
  assert.ok(error.message.includes(gone.url));
  assert.match(error.message, /ECONNREFUSED/);
});

test('an answer that is no error object still becomes one that helps', async () => {
  await using gateway = await startFakeGateway(() => ({ status: 404, text: '<html>nginx</html>' }));
  const sluice = new Sluice({ baseUrl: gateway.url, apiKey: 'k', timing: instant() });
  const error = await sluice.models.list().catch((thrown: unknown) => thrown);
  assert.ok(TaskError.is(error));
  assert.match(error.message, /answered 404 without an error object/);
  assert.deepEqual(error.details, { http_status: 404 });
});

test('an abort stops the call and the pauses between its repetitions', async () => {
  await using gateway = await startFakeGateway(() => 'cut');
  const stop = new AbortController();
  const sluice = new Sluice({
    baseUrl: gateway.url,
    apiKey: 'k',
    timing: {
      random: () => 0,
      sleep: (_, signal) => {
        stop.abort(new Error('enough'));
        return Promise.reject(signal?.reason);
      },
    },
  });
  await assert.rejects(sluice.images.generate({ model: 'm' }, { signal: stop.signal }), /enough/);
  assert.equal(gateway.requests.length, 1);
});

test('a preflight goes out as it is, and what is wrong is an answer', async () => {
  const answer = { ok: false, issues: [], fixes: [], repairs: [], estimate: null };
  await using gateway = await startFakeGateway(() => ({ json: answer }));
  const sluice = new Sluice({ baseUrl: gateway.url, apiKey: 'k' });
  const request = { model: 'm', prompt: 'a heron', duration: 900 };
  assert.deepEqual(await sluice.preflight(request), answer);
  const [sent] = gateway.requests;
  assert.deepEqual([sent?.method, sent?.path, sent?.body], ['POST', '/v1/preflight', request]);
  assert.equal(sent?.headers['idempotency-key'], undefined);
});

test('lists, batches and the dictionaries come unwrapped', async () => {
  await using gateway = await startFakeGateway(({ path }) => {
    if (path.startsWith('/v1/tasks?'))
      return { json: { data: [unfinished(0)], total: 1, page: 2, page_size: 5 } };
    if (path === '/v1/credits')
      return { json: { success: true, message: '', data: { token: {}, user: { used_credits: 3 } } } };
    if (path === '/v1/errors/a%2Fb') return { json: { code: 'x' } };
    return { json: { object: 'list', data: [unfinished(0)] } };
  });
  const sluice = new Sluice({ baseUrl: gateway.url, apiKey: 'k' });

  assert.equal((await sluice.tasks.list({ status: 'cancelled', page: 2, page_size: 5 })).total, 1);
  assert.equal((await sluice.tasks.batch([TASK_ID])).length, 1);
  assert.equal((await sluice.models.list()).length, 1);
  assert.equal((await sluice.errors.list()).length, 1);
  assert.equal((await sluice.credits()).user.used_credits, 3);
  await sluice.errors.get('a/b');

  assert.equal(gateway.requests[0]?.path, '/v1/tasks?status=cancelled&page=2&page_size=5');
  assert.deepEqual(gateway.requests[1]?.body, { task_ids: [TASK_ID] });
});
