import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { afterEach, beforeEach, test } from 'node:test';
import { KEY, openTrial, type Trial } from './trial.ts';

let trial: Trial;
beforeEach(async () => {
  trial = await openTrial();
});
afterEach(() => trial.close());

const credits = (authorization?: string) =>
  trial.app.inject({ url: '/v1/credits', headers: authorization === undefined ? {} : { authorization } });

test('a valid key opens, whatever the case of the scheme', async () => {
  assert.equal((await credits(`Bearer ${KEY}`)).statusCode, 200);
  assert.equal((await credits(`bearer  ${KEY}`)).statusCode, 200);
});

test('no key, another scheme and an unknown key are 401, each with its reason', async () => {
  for (const [header, subtype] of [
    [undefined, 'missing_key'],
    ['', 'missing_key'],
    ['Bearer ', 'missing_key'],
    [`Basic ${KEY}`, 'missing_key'],
    [`Bearer ${'x'.repeat(600)}`, 'missing_key'],
    ['Bearer sk-unknown', 'invalid_key'],
  ] as const) {
    const reply = await credits(header);
    assert.equal(reply.statusCode, 401, header);
    assert.equal(reply.headers['www-authenticate'], 'Bearer');
    assert.equal(reply.json().error.subtype, subtype, header);
    assert.ok(!reply.body.includes('sk-unknown'));
  }
});

test('a disabled key is 403 from the next request on, an expired one from its hour on', async () => {
  assert.equal((await credits(`Bearer ${KEY}`)).statusCode, 200);
  await trial.store.disableKey('key-acme', trial.clock.now());
  assert.equal((await credits(`Bearer ${KEY}`)).json().error.subtype, 'key_disabled');

  const expiresAt = trial.clock.now() + 1000;
  const key = {
    id: 'key-brief',
    accountId: 'acme',
    name: 'brief',
    createdAt: 0,
    expiresAt,
    creditLimit: null,
  };
  await trial.store.createKey({ ...key, secretHash: hash('sha256', 'sk-brief') });
  assert.equal((await credits('Bearer sk-brief')).statusCode, 200);
  await trial.clock.advance(1000);
  const late = await credits('Bearer sk-brief');
  assert.equal(late.statusCode, 403);
  assert.equal(late.json().error.subtype, 'key_expired');
});
