import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify } from './classify.ts';

const asked = (body: unknown, headers: Record<string, string> = {}, nowMs?: number): number | null =>
  classify(
    { provider: 'nobody', phase: 'submit', status: 429, headers, body },
    nowMs === undefined ? {} : { nowMs },
  ).asked_seconds;

test('sentences: seconds, and spans of several units', () => {
  const cases: readonly (readonly [string, number | null])[] = [
    ['Please try again in 20s.', 20],
    ['Please retry in 26.283451829s.', 27],
    ['Please try again in 1m30s.', 90],
    ['Please try again in 6m0s.', 360],
    ['Rate limited. Try again in 2 minutes and 30 seconds.', 150],
    ['Your rate limit resets in ~30s', 30],
    ['Wait 1 hour, then try again', 3600],
    ['Please wait a minute before retrying', 60],
    ['请求过于频繁，请 30 秒后重试', 30],
    ['请等待2分钟', 120],
    ['You have exceeded your GPU quota. Try again in 0:45:12', 2712],
    ['Limit: 60 requests per minute', null],
    ['Too many requests from model v2', null],
  ];
  for (const [sentence, seconds] of cases) assert.equal(asked({ error: sentence }), seconds, sentence);
});

test('fields: by their names, in the units of their names', () => {
  const cases: readonly (readonly [Record<string, unknown>, number | null])[] = [
    [{ retry_after: 30 }, 30],
    [{ retry_after: '30' }, 30],
    [{ retryAfterMs: 1500 }, 2],
    [{ retry_delay: { seconds: 7, nanos: 0 } }, 7],
    [{ details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' }] }, 7],
    [{ retry_in: 'PT1M30S' }, 90],
    [{ retry_after: 'soon' }, null],
    [{ retry_after: -3 }, null],
    [{ retry_after: 1e8 }, null],
  ];
  for (const [fields, seconds] of cases)
    assert.equal(
      asked({ error: { message: 'Too many requests', ...fields } }),
      seconds,
      JSON.stringify(fields),
    );
});

test('a cold model says when it is ready', () => {
  const body = { error: 'Model x is currently loading', estimated_time: 20.5 };
  const verdict = classify({ provider: 'nobody', phase: 'submit', status: 503, headers: {}, body });
  assert.deepEqual([verdict.code, verdict.asked_seconds], ['service_unavailable', 21]);
});

test('a date needs a clock: the caller’s, or the date of the answer', () => {
  const body = { error: 'Rate limited', resets_at: '2026-11-22T09:00:30Z' };
  assert.equal(asked(body), null);
  assert.equal(asked(body, {}, Date.UTC(2026, 10, 22, 9)), 30);
  assert.equal(asked(body, { date: 'Sun, 22 Nov 2026 09:00:10 GMT' }), 20);
  assert.equal(
    asked(
      { error: 'Rate limited', reset_time: Date.UTC(2026, 10, 22, 9) / 1000 },
      {},
      Date.UTC(2026, 10, 22, 8, 59),
    ),
    60,
  );
});

test('no answer is so long or so strange that reading it takes long', () => {
  const started = process.cpuUsage();
  asked({ error: `retry ${'1m '.repeat(1500)}x` });
  asked({ error: `retry ${'9'.repeat(4000)}` });
  asked({ error: 'retry '.repeat(700) });
  const { user, system } = process.cpuUsage(started);
  assert.ok(user + system < 200_000, `${user + system} microseconds`);
});
