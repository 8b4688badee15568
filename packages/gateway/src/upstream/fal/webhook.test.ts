import assert from 'node:assert/strict';
import { generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, test } from 'node:test';
import { createFal as createFalEmulator } from '@sluice/sandbox';
import { ManualClock } from '../../clock.ts';
import type { UpstreamAdapter, WebhookCall } from '../adapter.ts';
import { jobFor, withProvider } from '../trial.ts';
import { createFal } from './adapter.ts';

const clock = new ManualClock(Date.UTC(2026, 10, 22, 9));
const ctx = { clock, signal: new AbortController().signal };
const BODY = Buffer.from('{"request_id":"r","status":"OK"}');

const pair = () => generateKeyPairSync('ed25519');
const jwk = ({ publicKey }: { publicKey: KeyObject }) => ({
  ...publicKey.export({ format: 'jwk' }),
  use: 'sig',
});

let published: unknown = { keys: [] };
let status = 200;
let asked: (string | undefined)[] = [];
const server = createServer((request, response) => {
  asked.push(request.headers.authorization);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(published));
});
let adapter: UpstreamAdapter;
beforeEach(async () => {
  asked = [];
  status = 200;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const webhookKeysUrl = `http://127.0.0.1:${port}/jwks.json`;
  adapter = createFal({ apiKey: 'fal-secret', baseUrl: 'http://127.0.0.1:9', webhookKeysUrl });
});
afterEach(async () => {
  await adapter.close?.();
  await new Promise((resolve) => server.close(resolve));
});

function signed(key: KeyObject, more: Record<string, string> = {}, body: Buffer = BODY): WebhookCall {
  const timestamp = String(Math.floor(clock.now() / 1000));
  const message = ['req-1', 'user-1', timestamp, hash('sha256', body)].join('\n');
  return {
    headers: {
      'x-fal-webhook-request-id': 'req-1',
      'x-fal-webhook-user-id': 'user-1',
      'x-fal-webhook-timestamp': timestamp,
      'x-fal-webhook-signature': sign(null, Buffer.from(message), key).toString('hex'),
      ...more,
    },
    body,
  };
}
const verified = (call: WebhookCall) => adapter.verifyWebhook?.(call, ctx);

test('a call signed by any of the published keys is believed, and the keys are asked for once a day', async () => {
  const [old, current] = [pair(), pair()];
  published = {
    keys: [{ kty: 'RSA', n: 'x' }, { kty: 'OKP', crv: 'Ed25519', x: '!' }, jwk(old), jwk(current)],
  };
  assert.equal(await verified(signed(old.privateKey)), true);
  assert.equal(await verified(signed(current.privateKey)), true);
  assert.deepEqual(asked, [undefined], 'our own key stays at home');
  await clock.advance(24 * 3_600_000);
  assert.equal(await verified(signed(current.privateKey)), true);
  assert.equal(asked.length, 2);
});

test('a forged, changed, incomplete or old call is not', async () => {
  const [theirs, forger] = [pair(), pair()];
  published = { keys: [jwk(theirs)] };
  const good = signed(theirs.privateKey);
  assert.equal(await verified(good), true);
  assert.equal(await verified(signed(forger.privateKey)), false);
  assert.equal(await verified({ ...good, body: Buffer.from('{}') }), false);
  assert.equal(
    await verified({ ...good, headers: { ...good.headers, 'x-fal-webhook-user-id': 'other' } }),
    false,
  );
  for (const name of Object.keys(good.headers)) {
    const { [name]: _, ...rest } = good.headers;
    assert.equal(await verified({ ...good, headers: rest }), false, name);
  }
  await clock.advance(301_000);
  assert.equal(await verified(good), false);
});

test('a new key is learned at once, but strangers cannot make the gateway ask all the time', async () => {
  const [old, fresh, forger] = [pair(), pair(), pair()];
  published = { keys: [jwk(old)] };
  assert.equal(await verified(signed(old.privateKey)), true);
  await clock.advance(60_000);
  published = { keys: [jwk(old), jwk(fresh)] };
  assert.equal(await verified(signed(fresh.privateKey)), true);
  for (let i = 0; i < 10; i++) assert.equal(await verified(signed(forger.privateKey)), false);
  assert.equal(asked.length, 2);
});

test('while the keys cannot be had, known ones go on being good, and nobody is believed without any', async () => {
  const theirs = pair();
  published = { keys: [jwk(theirs)] };
  status = 503;
  assert.equal(await verified(signed(theirs.privateKey)), false);
  status = 200;
  await clock.advance(60_000);
  assert.equal(await verified(signed(theirs.privateKey)), true);
  status = 500;
  await clock.advance(24 * 3_600_000);
  assert.equal(await verified(signed(theirs.privateKey)), true);
});

test('the address goes along with the submit, where there is one', () =>
  withProvider(
    createFalEmulator(),
    (baseUrl) => createFal({ apiKey: 'fal-secret', baseUrl }),
    async ({ adapter: fal, running, ctx: context }) => {
      const job = jobFor('fal-ai/sandbox/text-to-image');
      const webhookUrl = 'https://gateway.test/hooks/task-1/a_b-c';
      assert.equal((await fal.submit({ ...job, webhookUrl }, context)).kind, 'accepted');
      assert.equal((await fal.submit(job, context)).kind, 'accepted');
      const told = running.calls.map(({ query }) => query.get('fal_webhook'));
      assert.deepEqual(told, [webhookUrl, null]);
    },
  ));
