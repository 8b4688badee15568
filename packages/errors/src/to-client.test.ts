import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { classify } from './classify.ts';
import type { Evidence } from './evidence.ts';
import { PROVIDERS } from './rules/index.ts';
import { toClient } from './to-client.ts';

const evidence = (status: number, body: unknown, extra: Partial<Evidence> = {}): Evidence => ({
  provider: 'nobody',
  phase: 'submit',
  status,
  headers: {},
  body,
  ...extra,
});
const told = (status: number, body: unknown, extra: Partial<Evidence> = {}) =>
  toClient(classify(evidence(status, body, extra)));

test("our upstream account is not the client's", () => {
  const limited = told(429, { error: { message: 'Rate limit reached. Please try again in 20s.' } });
  assert.equal(limited.code, 'resource_exhausted');
  assert.equal(limited.retry.after_seconds, 20);
  assert.equal(told(402, { error: 'Insufficient credits' }).code, 'resource_exhausted');
  assert.equal(told(401, { error: 'Invalid API key sk-123' }).code, 'service_unavailable');
  assert.equal(told(404, { error: 'task not found' }, { phase: 'poll' }).code, 'service_error');
  assert.equal(told(404, { error: 'task has expired' }, { phase: 'poll' }).code, 'resource_not_found');
});

test("a limit of the client's own goes through as one, and only a rule of the studio can say that it is", () => {
  const said = (code: string, reason: string, headers = {}) =>
    told(429, { error: { code, reason, message: 'x', whose: 'client' } }, { provider: 'studio', headers });
  const own = said('client_limit', 'concurrency', { 'retry-after': '7' });
  assert.deepEqual([own.code, own.subtype], ['quota_exceeded', 'concurrency_limit']);
  assert.deepEqual(own.retry, { retryable: true, action: 'reduce_frequency', after_seconds: 7 });
  assert.equal(said('client_limit', 'balance').retry.retryable, false);
  assert.deepEqual(own.details, {});
  assert.equal(said('rate_limited', 'rate').code, 'resource_exhausted');
  for (const { provider } of PROVIDERS.filter((rules) => rules.provider !== 'studio')) {
    const error = { code: 'client_limit', reason: 'rate', whose: 'client', message: 'rate limit exceeded' };
    const body = { error, whose: 'client', details: { whose: 'client' } };
    assert.notEqual(told(429, body, { provider }).code, 'quota_exceeded', provider);
  }
});

test("the client's own faults go through with their numbers", () => {
  const error = told(400, {
    error: { message: 'image dimensions must be between 256 and 5760 pixels', param: 'image_url' },
  });
  assert.equal(error.subtype, 'image_dimension');
  assert.equal(error.param, 'image_urls[0]');
  assert.match(error.message, /^Image dimensions must be between 256 and 5760\n/);
});

test('a parameter only the upstream knows is kept from the client', () => {
  assert.equal(told(400, { error: { message: 'Invalid value', param: 'secret_knob' } }).param, null);
});

test('details under names that are not ours stay with the operator', () => {
  const verdict = classify(evidence(400, { error: { message: 'image dimensions must be between 1 and 2' } }));
  const details = { max_side: 2, port: 8443, expected: 'gpu-7.internal', actual: '12x34', never_left: true };
  assert.deepEqual(toClient({ ...verdict, details }).details, { max_side: 2, actual: '12x34' });
});

test('nothing an upstream wrote reaches the client', () => {
  const secret = 'zqx';
  const word = fc
    .string({ minLength: 1, maxLength: 12, unit: 'grapheme-ascii' })
    .map((text) => `${secret}${text.replace(/\s/g, '_')}${secret}`);
  const sentence = fc.oneof(
    word,
    fc
      .tuple(
        word,
        fc.constantFrom(
          'image dimensions must be between 1 and 2',
          'content policy',
          'param',
          'expired',
          'rate limit',
        ),
        word,
      )
      .map((parts) => parts.join(' ')),
  );
  const keys = fc.constantFrom(
    'error',
    'code',
    'message',
    'type',
    'param',
    'detail',
    'loc',
    'status',
    'reason',
    'ctx',
    'data',
    'url',
    'name',
  );
  const { body } = fc.letrec<{ body: unknown; leaf: unknown }>((tie) => ({
    leaf: fc.oneof(sentence, fc.integer(), fc.boolean(), fc.constant(null)),
    body: fc.oneof(
      { depthSize: 'small' },
      tie('leaf'),
      fc.array(tie('body'), { maxLength: 3 }),
      fc.dictionary(fc.oneof(keys, word), tie('body'), { maxKeys: 5 }),
    ),
  }));
  fc.assert(
    fc.property(
      fc.constantFrom('nobody', ...PROVIDERS.map((rules) => rules.provider)),
      fc.constantFrom(200, 400, 401, 404, 422, 429, 500, 503),
      fc.dictionary(word, sentence, { maxKeys: 2 }),
      body,
      (provider, status, headers, said) => {
        const error = told(status, said, { provider, headers });
        assert.ok(!JSON.stringify(error).includes(secret), JSON.stringify(error));
      },
    ),
    { numRuns: 400 },
  );
});
