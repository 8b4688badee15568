import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import type { UpstreamAdapter } from '../upstream/adapter.ts';
import { verifyStandardWebhook } from '../upstream/standard-webhook.ts';
import { createWebhooks, type Webhooks } from '../upstream/webhooks.ts';
import { openTrial, type Trial } from './trial.ts';

const TASK = 'task-unified-1772618027-cmeisy8h2k4q';
const SECRET = `whsec_${Buffer.from('a key of the provider').toString('base64')}`;

let trial: Trial;
let hooks: Webhooks;
let woken: string[] = [];
let adapter: Partial<UpstreamAdapter> | null = null;
before(async () => {
  const clock = { now: () => Date.UTC(2026, 10, 22, 9), after: () => ({ cancel() {} }) };
  hooks = createWebhooks({
    secret: new Uint8Array(32).fill(3),
    publicUrl: 'https://gateway.test/base',
    clock,
    adapterOf: (taskId) => Promise.resolve(taskId === TASK ? (adapter as UpstreamAdapter | null) : null),
    wake: (taskId) => void woken.push(taskId),
  });
  trial = await openTrial({ hooks, clock });
});
after(() => trial.close());
beforeEach(() => {
  woken = [];
  adapter = {
    verifyWebhook: (call, { clock }) => Promise.resolve(verifyStandardWebhook(call, SECRET, clock.now())),
  };
});

const path = () => new URL(hooks.url(TASK) ?? '').pathname.replace('/base', '');

function signed(body: string | Buffer, more: Record<string, string> = {}) {
  const timestamp = String(Date.UTC(2026, 10, 22, 9) / 1000);
  const key = Buffer.from(SECRET.slice(6), 'base64');
  const signature = createHmac('sha256', key).update(`msg.${timestamp}.`).update(body).digest('base64');
  return {
    'webhook-id': 'msg',
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
    'content-type': 'application/json',
    ...more,
  };
}
const call = (url: string, payload: string | Buffer, headers: Record<string, string>) =>
  trial.app.inject({ method: 'POST', url, payload, headers });

test('a signed call wakes its task, whatever its bytes are', async () => {
  for (const body of ['{"status":"succeeded"}', '{ not json', Buffer.from([0, 255, 128, 10])]) {
    const answer = await call(path(), body, signed(body));
    assert.equal(answer.statusCode, 204);
    assert.equal(answer.body, '');
  }
  const other = signed('x', { 'content-type': 'text/weird; charset=latin1' });
  assert.equal((await call(path(), 'x', other)).statusCode, 204);
  assert.deepEqual(woken, [TASK, TASK, TASK, TASK]);
});

test('anything else is an address with nothing behind it, and wakes nobody', async () => {
  const nothing = (await call('/hooks/x', '', {})).json().error;
  const foreign = hooks.url('task-unified-1-aaaaaaaaaaaa')?.split('/').at(-1);
  const big = Buffer.alloc(8 * 1024 * 1024 + 1);
  const cases: [string, string, string | Buffer, Record<string, string>][] = [
    ['a wrong token', `/hooks/${TASK}/${foreign}`, 'a', signed('a')],
    ['a token cut short', path().slice(0, -1), 'a', signed('a')],
    ['no signature', path(), 'a', {}],
    ['another body than the signed one', path(), 'b', signed('a')],
    ['a time long past', path(), 'a', signed('a', { 'webhook-timestamp': '1700000000' })],
    ['too much of it', path(), big, signed(big)],
  ];
  for (const [what, url, body, headers] of cases) {
    const answer = await call(url, body, headers);
    assert.equal(answer.statusCode, 404, what);
    const { message, request_id: _, ...rest } = answer.json().error;
    assert.match(message, /There is no call POST \/hooks\//, what);
    const { message: __, request_id: ___, ...plain } = nothing;
    assert.deepEqual(rest, plain, what);
  }
  assert.equal((await trial.app.inject({ url: path() })).statusCode, 404);
  assert.deepEqual(woken, []);
});

test('an upstream that signs nothing, a route that is gone and a fault of ours are the same 404', async () => {
  for (const now of [{}, null, { verifyWebhook: () => Promise.reject(new Error('keys cannot be had')) }]) {
    adapter = now;
    assert.equal((await call(path(), 'a', signed('a'))).statusCode, 404);
  }
  assert.deepEqual(woken, []);
});

test('no address is given out where the world cannot reach the gateway', () => {
  const clock = trial.clock;
  const world = {
    secret: new Uint8Array(32),
    publicUrl: null,
    clock,
    wake() {},
    adapterOf: () => Promise.resolve(null),
  };
  assert.equal(createWebhooks(world).url(TASK), null);
  assert.match(
    hooks.url(TASK) ?? '',
    /^https:\/\/gateway\.test\/base\/hooks\/task-unified-\d+-\w+\/[\w-]{43}$/,
  );
});
