/**
 * Two real gateways in this process: a client asks the first, whose only route is this adapter; the second renders with the
 * studio. The second's rehearsals fail in every way the contract knows, and the first must say the same to its client.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ErrorObject } from '@sluice/errors';
import type { TaskList, TaskView } from '@sluice/protocol';
import { systemClock } from '../../clock.ts';
import { type Config, loadConfig } from '../../config/config.ts';
import { createGateway, type Gateway } from '../../gateway.ts';
import { sampleImage } from '../../media/sample-media.ts';
import { jobFor } from '../trial.ts';
import { createUnifiedTask } from './adapter.ts';

interface Running {
  readonly gateway: Gateway;
  readonly url: string;
  readonly key: string;
}

const folder = mkdtempSync(join(tmpdir(), 'sluice-chain-'));
let first: Running;
let second: Running;

before(async () => {
  second = await start(configIn('second'));
  const config = configIn('first');
  const other = createUnifiedTask({
    apiKey: second.key,
    baseUrl: second.url,
    folder: join(folder, 'first', 'other'),
  });
  first = await start({ ...config, catalog: toOther(config) }, new Map([['other', other]]));
});
after(async () => {
  await first.gateway.close();
  await second.gateway.close();
  rmSync(folder, { recursive: true, force: true });
});

function configIn(name: string): Config {
  const loaded = loadConfig({ cwd: join(folder, name), env: {} });
  if (loaded.kind !== 'ok') assert.fail(JSON.stringify(loaded.problems));
  const { config } = loaded;
  return {
    ...config,
    server: { ...config.server, port: 0 },
    engine: { ...config.engine, pollIntervalMs: 20, maxAttempts: 1 },
    log: { level: 'silent' },
  };
}

/** The studio's models, made by the other gateway. */
const toOther = ({ catalog }: Config): Config['catalog'] =>
  new Map(
    [...catalog].map(([id, model]) => {
      const route = { id: `${id}/0`, provider: 'other', upstreamModel: id, weight: 1, maxParallel: null };
      return [id, { ...model, routes: [{ ...route, watchHealth: false }] }];
    }),
  );

async function start(
  config: Config,
  adapters?: NonNullable<Parameters<typeof createGateway>[1]>['adapters'],
): Promise<Running> {
  const gateway = await createGateway(config, adapters ? { adapters } : {});
  const { url, firstKey } = await gateway.listen();
  if (firstKey === null) assert.fail('a new gateway makes a first key');
  return { gateway, url, key: firstKey };
}

async function call<Answer = TaskView>(
  at: Running,
  path: string,
  body?: unknown,
  prefer = 'wait=60',
): Promise<Answer> {
  const answer = await fetch(at.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${at.key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json', prefer }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return JSON.parse(text);
}

const image = (prompt: string, more = {}) =>
  call(first, '/v1/images/generations', { model: 'studio-image-1', prompt, size: '256x256', ...more });

async function failure(prompt: string, more = {}): Promise<ErrorObject> {
  const task = await image(prompt, more);
  if (task.status !== 'failed') assert.fail(`${prompt}: ${task.status}`);
  return task.error;
}

test('a picture asked of one gateway is made by another, and can be fetched from the first', async () => {
  const bytes = await sampleImage('png', 320, 240);
  const photo = `data:image/png;base64,${bytes.toString('base64')}`;
  const task = await image('a harbour at dusk', { n: 2, seed: 7, image_urls: [photo] });
  if (task.status !== 'completed') assert.fail(JSON.stringify(task));
  assert.deepEqual(
    task.result_data.map(({ width, height, mime_type }) => [width, height, mime_type]),
    [
      [256, 256, 'image/png'],
      [256, 256, 'image/png'],
    ],
  );
  for (const link of task.results) {
    assert.ok(link.startsWith(first.url));
    assert.equal((await fetch(link)).status, 200);
  }
});

/** Words of the second gateway's studio, and what a client of the first must read. */
const CHAINED = [
  ['content_policy_violation/adult', 'content_policy_violation', 'adult'],
  ['content_policy_violation/celebrity_likeness', 'content_policy_violation', 'celebrity_likeness'],
  ['invalid_parameters/prompt_too_long', 'invalid_parameters', 'prompt_too_long'],
  ['image_processing_error/corrupted', 'image_processing_error', 'corrupted'],
  ['image_dimension_mismatch', 'image_dimension_mismatch', null],
  ['request_cancelled', 'request_cancelled', null],
  ['generation_failed_no_content/poor_prompt', 'generation_failed_no_content', 'poor_prompt'],
  ['generation_timeout', 'generation_timeout', null],
  ['service_error', 'service_error', null],
  ['resource_exhausted', 'resource_exhausted', null],
  ['service_unavailable', 'service_unavailable', null],
  ['upstream/out_of_credit', 'resource_exhausted', null],
  ['resource_not_found', 'resource_not_found', null],
  ['unknown_error', 'unknown_error', null],
] as const;

test('every failure keeps its code and sub-type over two gateways, and nothing of the second shows', async () => {
  await Promise.all(
    CHAINED.map(async ([words, code, subtype]) => {
      const error = await failure(`a harbour rehearse:${words}`);
      assert.deepEqual([error.code, error.subtype], [code, subtype], words);
      assert.ok(!JSON.stringify(error).includes(second.url));
    }),
  );
});

test('what the second gateway refuses at its door is refused the same by the first, its limits included', async () => {
  const error = await failure('a harbour rehearse:invalid_parameters/prompt_too_long');
  assert.equal(error.param, 'prompt');
  assert.deepEqual(error.details, { max_chars: 2000, actual_chars: 2311 });
});

test('an answer that was lost between two gateways costs no second task', async () => {
  let losing = true;
  const proxy = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { authorization = '', 'idempotency-key': key } = request.headers;
    const answer = await fetch(`${second.url}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { authorization, 'content-type': 'application/json', 'idempotency-key': String(key) },
      body: Buffer.concat(chunks),
    });
    const text = await answer.text();
    if (losing) response.destroy();
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
    losing = false;
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  if (typeof address !== 'object' || address === null) assert.fail('a proxy has a port');
  const adapter = createUnifiedTask({
    apiKey: second.key,
    baseUrl: `http://127.0.0.1:${address.port}`,
    folder: join(folder, 'lost'),
  });
  try {
    const ctx = { clock: systemClock, signal: new AbortController().signal };
    const before = await call<TaskList>(second, '/v1/tasks');
    const job = jobFor('studio-image-1', { size: '256x256' }, { type: 'image' });
    assert.equal((await adapter.submit(job, ctx)).kind, 'unknown');
    const found = await adapter.lookup?.(job.idempotencyKey, ctx);
    if (found?.kind !== 'found') assert.fail(String(found?.kind));
    const after = await call<TaskList>(second, '/v1/tasks');
    assert.equal(after.total, before.total + 1);
    assert.deepEqual(found.handle, { id: after.data[0]?.id, key: job.idempotencyKey });
  } finally {
    await adapter.close?.();
    proxy.close();
    proxy.closeAllConnections();
  }
});

test('a cancel travels down the chain', async () => {
  const submit = { model: 'studio-image-1', prompt: 'a harbour rehearse:slow/3600s' };
  let task = await call(first, '/v1/images/generations', submit, 'wait=0');
  while (task.status === 'pending') task = await call(first, `/v1/tasks/${task.id}`);
  await call(first, `/v1/tasks/${task.id}/cancel`, {});
  task = await call(first, `/v1/tasks/${task.id}?wait=60`);
  if (task.status !== 'failed') assert.fail(task.status);
  assert.equal(task.error.code, 'request_cancelled');
  const { total } = await call<TaskList>(second, '/v1/tasks?status=cancelled');
  assert.ok(total > 0, 'the second gateway stopped it, too');
});
