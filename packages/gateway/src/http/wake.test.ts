/** A whole gateway whose polls are an hour apart: only a provider's webhooks can bring its task to an end. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, hash, sign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFal as createFalEmulator, startEmulator } from '@sluice/sandbox';
import { readConfig } from '../config/config.ts';
import { createGateway } from '../gateway.ts';
import { createFal } from '../upstream/fal/adapter.ts';

const CONFIG = [
  'server: { port: 0, public_url: "https://gateway.example.com" }',
  'log: { level: silent }',
  'inputs: { allow_http_loopback: true }',
  'engine: { poll_interval: 10m }',
].join('\n');

test('a task is carried to its end by webhooks that fal signed, and by no others', async () => {
  await using world = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-wake-'));
  world.defer(() => rm(folder, { recursive: true, force: true }));
  const emulator = await startEmulator(createFalEmulator());
  world.defer(() => emulator.close());
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const keys = createServer((_, response) =>
    response.end(JSON.stringify({ keys: [publicKey.export({ format: 'jwk' })] })),
  );
  await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
  world.defer(() => void keys.close());

  const read = readConfig(CONFIG, folder, {});
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.problems));
  const studio = read.config.catalog.get('studio-image-1');
  assert.ok(studio);
  const webhookKeysUrl = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/jwks.json`;
  const route = { id: 'picture/0', provider: 'fal', weight: 1, maxParallel: null };
  const routes = [{ ...route, upstreamModel: 'fal-ai/sandbox/image' }];
  const gateway = await createGateway(
    { ...read.config, catalog: new Map([['picture', { ...studio, id: 'picture', routes }]]) },
    { adapters: new Map([['fal', createFal({ apiKey: 'k', baseUrl: emulator.url, webhookKeysUrl })]]) },
  );
  world.defer(() => gateway.close());
  const { firstKey } = await gateway.listen();
  const authorization = `Bearer ${firstKey}`;
  const { app } = gateway;

  const payload = { model: 'picture', prompt: 'a heron' };
  const submitted = await app.inject({
    method: 'POST',
    url: '/v1/images/generations',
    headers: { authorization },
    payload,
  });
  const { id } = submitted.json();
  const task = async () => (await app.inject({ url: `/v1/tasks/${id}`, headers: { authorization } })).json();
  while (emulator.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const hook = new URL(emulator.calls[0]?.query.get('fal_webhook') ?? '');
  assert.equal(hook.origin, 'https://gateway.example.com');

  const call = (key = privateKey) => {
    const body = '{"status":"OK"}';
    const timestamp = String(Math.floor(Date.now() / 1000));
    const message = ['r', 'u', timestamp, hash('sha256', body)].join('\n');
    return app.inject({
      method: 'POST',
      url: hook.pathname,
      payload: body,
      headers: {
        'content-type': 'application/json',
        'x-fal-webhook-request-id': 'r',
        'x-fal-webhook-user-id': 'u',
        'x-fal-webhook-timestamp': timestamp,
        'x-fal-webhook-signature': sign(null, Buffer.from(message), key).toString('hex'),
      },
    });
  };
  const polls = () => emulator.calls.filter(({ path }) => path.endsWith('/status')).length;
  const forger = generateKeyPairSync('ed25519').privateKey;
  assert.equal((await call(forger)).statusCode, 404);
  assert.equal(polls(), 0, 'nobody polls for a stranger');

  // The emulated job moves on with each poll: queued, running, over.
  for (const seen of [1, 2, 3]) {
    do {
      assert.equal((await call()).statusCode, 204);
      await new Promise((resolve) => setImmediate(resolve));
    } while (polls() < seen);
  }
  const ended = await app.inject({ url: `/v1/tasks/${id}?wait=20`, headers: { authorization } });
  assert.equal(ended.json().status, 'completed', ended.body);
  assert.equal((await call()).statusCode, 204, 'a late call is thanked for, and changes nothing');
  assert.equal((await task()).status, 'completed');
});
