import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { dictionary } from '@sluice/errors';
import { auth, openTrial, type Trial } from './trial.ts';

let trial: Trial;
before(async () => {
  trial = await openTrial();
});
after(() => trial.close());

const get = (url: string, headers: Record<string, string> = auth) => trial.app.inject({ url, headers });

test('models: what each takes, without a word of its routes', async () => {
  const { body } = await get('/v1/models');
  const { object, data } = JSON.parse(body);
  assert.equal(object, 'list');
  assert.deepEqual(
    data.map(({ id }: { id: string }) => id),
    ['studio-image-1', 'studio-video-1', 'studio-audio-1'],
  );
  assert.ok(!body.includes('secret-name') && !body.includes('provider'));
  const { data: one } = { data: JSON.parse((await get('/v1/models/studio-video-1')).body) };
  assert.deepEqual(one, data[1]);
  assert.equal(one.parameters.properties.duration.maximum, 30);
  assert.deepEqual(one.pricing, { rule: 'per_second', credits: 5, unit: 'second' });
  assert.deepEqual(one.limits.inputs.image_urls, {
    max: 2,
    formats: ['jpeg', 'png'],
    max_bytes: 10_000_000,
    min_side: 240,
  });
  const missing = await get('/v1/models/studio-vidoe-1');
  assert.equal(missing.statusCode, 404);
  assert.match(missing.json().error.message, /Did you mean `studio-video-1`/);
});

test('credits: the shape existing clients read; a key with a budget sees what it can really spend', async () => {
  assert.deepEqual((await get('/v1/credits')).json(), {
    success: true,
    message: '',
    data: {
      token: { remaining_credits: 10_000, unlimited_credits: true, used_credits: 0 },
      user: { remaining_credits: 10_000, used_credits: 0 },
    },
  });
  const limited = {
    id: 'key-small',
    accountId: 'acme',
    name: 'small',
    createdAt: 0,
    expiresAt: null,
    creditLimit: 2500,
  };
  await trial.store.createKey({ ...limited, secretHash: hash('sha256', 'sk-small') });
  const { token } = (await get('/v1/credits', { authorization: 'Bearer sk-small' })).json().data;
  assert.deepEqual(token, { remaining_credits: 2.5, unlimited_credits: false, used_credits: 0 });
});

test('errors: the dictionary as the package has it, with its rehearsals, and no key needed', async () => {
  const { data, rehearsals } = (await get('/v1/errors', {})).json();
  const plain = data.map(
    ({ rehearsals: _, docs_url, ...entry }: { rehearsals: unknown; docs_url: string }) => ({
      ...entry,
      docs_url: docs_url.replace('http://gateway.test', ''),
    }),
  );
  assert.deepEqual(plain, JSON.parse(JSON.stringify(dictionary())));
  assert.equal(rehearsals.length, 2);
  const one = (await get('/v1/errors/generation_timeout', {})).json();
  assert.deepEqual(
    one.rehearsals.map(({ words }: { words: string }) => words),
    ['rehearse:generation_timeout'],
  );
  assert.equal((await get('/v1/errors/generation_timeot', {})).json().error.code, 'resource_not_found');
});

test('health: alive always, ready only with a store and while not draining', async () => {
  assert.equal((await get('/readyz', {})).statusCode, 200);
  trial.draining = true;
  assert.equal((await get('/readyz', {})).statusCode, 503);
  assert.equal((await get('/healthz', {})).statusCode, 200);
  trial.draining = false;
  const { ping } = trial.store;
  trial.store.ping = () => new Promise(() => {});
  const hanging = get('/readyz', {});
  await trial.clock.advance(2000);
  assert.match((await hanging).json().error.message, /cannot reach its store/);
  trial.store.ping = ping;
});

test('metrics: requests by route and status, tasks by code', async () => {
  const task = await trial.fail(await trial.start(await trial.admit()), 'resource_exhausted');
  await get('/v1/models');
  await get('/nowhere');
  const { body, headers } = await get('/metrics', {});
  assert.match(String(headers['content-type']), /^text\/plain/);
  assert.match(body, /sluice_http_request_seconds_count\{route="listModels",status="2xx"\} [1-9]/);
  assert.match(body, /sluice_http_request_seconds_count\{route="unknown",status="4xx"\} [1-9]/);
  assert.match(
    body,
    /sluice_tasks_finished_total\{model="studio-video-1",status="failed",code="resource_exhausted"\} 1/,
  );
  assert.match(body, /nodejs_eventloop_lag_p99_seconds/);
  assert.ok(!body.includes(task.id));
});

test('the docs are whole pages that need nothing from the network and hold every anchor that errors point to', async () => {
  for (const url of ['/docs', '/docs/errors']) {
    const { body, headers } = await get(url, {});
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.match(body, /^<!doctype html>/);
    assert.ok(!/(?:src|href)="https?:/.test(body) && !body.includes('@import') && !body.includes('<script'));
    const ids = new Set([...body.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]));
    for (const [, target] of body.matchAll(/href="#([^"]+)"/g))
      assert.ok(ids.has(target), `${url}#${target}`);
  }
  const { body } = await get('/docs/errors', {});
  for (const { docs_url } of dictionary())
    assert.ok(body.includes(`id="${docs_url.split('#')[1]}"`), docs_url);
  assert.equal((await get('/openapi.json', {})).json().servers[0].url, 'http://gateway.test');
});
