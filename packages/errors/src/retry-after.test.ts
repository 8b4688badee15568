import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryAfterSeconds } from './retry-after.ts';

const NOON = Date.UTC(2026, 10, 25, 12, 0, 0);

test('seconds, milliseconds and dates', () => {
  assert.equal(retryAfterSeconds({ 'retry-after': '16' }, NOON), 16);
  assert.equal(retryAfterSeconds({ 'retry-after-ms': '467' }, NOON), 1);
  assert.equal(retryAfterSeconds({ 'retry-after': '1', 'retry-after-ms': '0' }, NOON), 1);
  assert.equal(retryAfterSeconds({ 'retry-after': 'Wed, 25 Nov 2026 12:01:30 GMT' }, NOON), 90);
  assert.equal(retryAfterSeconds({ 'retry-after': 'Wed, 25 Nov 2026 11:00:00 GMT' }, NOON), 0);
});

test("without a clock the answer's own date is the clock", () => {
  const headers = { date: 'Wed, 25 Nov 2026 12:00:00 GMT', 'retry-after': 'Wed, 25 Nov 2026 12:00:45 GMT' };
  assert.equal(retryAfterSeconds(headers, null), 45);
  assert.equal(retryAfterSeconds({ 'retry-after': 'Wed, 25 Nov 2026 12:00:45 GMT' }, null), null);
});

test('reset headers count only when asked for, and only of the limit that is used up', () => {
  const headers = {
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '1m30s',
    'x-ratelimit-remaining-tokens': '500',
    'x-ratelimit-reset-tokens': '6h0m0s',
  };
  assert.equal(retryAfterSeconds(headers, NOON), null);
  assert.equal(retryAfterSeconds(headers, NOON, { resets: true }), 90);
  assert.equal(
    retryAfterSeconds({ 'x-ratelimit-reset': String(NOON / 1000 + 30) }, NOON, { resets: true }),
    30,
  );
});

test('nonsense is no wait', () => {
  for (const value of ['soon', '-5', '1e400', '', '99999999999999999']) {
    assert.equal(retryAfterSeconds({ 'retry-after': value }, NOON), null, value);
  }
});
