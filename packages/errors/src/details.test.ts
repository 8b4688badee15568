import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify } from './classify.ts';
import type { Evidence } from './evidence.ts';
import type { Verdict } from './verdict.ts';

const said = (status: number | null, body: unknown, extra: Partial<Evidence> = {}): Verdict =>
  classify({ provider: 'nobody', phase: 'submit', status, headers: {}, body, ...extra });

test('numbers and names are taken from the evidence', () => {
  const dimension = said(400, {
    error: { message: 'image 2: dimensions must be between 240 and 7680 pixels' },
  });
  assert.equal(dimension.param, 'image_urls[1]');
  assert.deepEqual(dimension.details, { min_side: 240, max_side: 7680 });
  assert.deepEqual(said(400, { error: 'File size exceeds 10MB' }).details, { max_bytes: 10_000_000 });
  assert.deepEqual(
    said(422, {
      detail: [
        {
          loc: ['body', 'video_url'],
          msg: 'Video duration too long',
          ctx: { max_duration: 60, provided_duration: 120 },
        },
      ],
    }).details,
    {
      max_seconds: 60,
      actual_seconds: 120,
    },
  );
  assert.deepEqual(
    said(400, { error: 'Inpaint image must match the requested size 1280x720, got 720x1280' }).details,
    {
      expected: '1280x720',
      actual: '720x1280',
    },
  );
  const long = said(400, {
    error: { message: 'Prompt is too long: at most 2000 characters', param: 'prompt' },
  });
  assert.deepEqual([long.subtype, long.param, long.details.max_chars], ['prompt_too_long', 'prompt', 2000]);
});

test('the wait comes from headers or from the body', () => {
  assert.equal(said(429, {}, { headers: { 'retry-after': '12' } }).retry.after_seconds, 12);
  assert.equal(said(429, { error: 'Rate limit. Please try again in 467ms.' }).retry.after_seconds, 1);
  assert.equal(said(429, { error: 'Rate limit. Retry after 2 minutes' }).retry.after_seconds, 120);
  assert.equal(said(429, { error: 'slow down', retry_after: 30 }).retry.after_seconds, 30);
  assert.equal(said(503, {}).retry.after_seconds, 60);
  assert.equal(said(503, {}).asked_seconds, null, 'the figure of the table was not asked for');
  assert.equal(said(429, { error: 'Rate limit. Retry after 2 minutes' }).asked_seconds, 120);
  const date = { 'retry-after': 'Sun, 22 Nov 2026 09:00:30 GMT' };
  const evidence = { provider: 'nobody', phase: 'submit', status: 503, headers: date, body: {} } as const;
  assert.equal(classify(evidence, { nowMs: Date.UTC(2026, 10, 22, 9) }).asked_seconds, 30);
  assert.equal(classify(evidence).asked_seconds, null);
  assert.equal(said(400, { error: 'try again in 5s' }).retry.after_seconds, null);
});

test('the studio says its limits and its stage', () => {
  const verdict = said(
    400,
    {
      error: {
        code: 'invalid_request',
        reason: 'image_dimension',
        message: 'x',
        param: 'image_urls[1]',
        limits: { min_side: 240, max_side: 7680 },
        stage: 'input',
      },
    },
    { provider: 'studio' },
  );
  assert.equal(verdict.param, 'image_urls[1]');
  assert.deepEqual(verdict.details, { min_side: 240, max_side: 7680 });
  const blocked = said(
    200,
    {
      error: {
        code: 'moderation_blocked',
        reason: 'adult',
        message: 'x',
        param: null,
        limits: null,
        stage: 'output',
      },
    },
    { provider: 'studio', phase: 'poll' },
  );
  assert.equal(blocked.stage, 'output');
});

test('limits that an upstream names as we do are taken as they are, sizes included', () => {
  const verdict = said(
    400,
    {
      error: {
        code: 'size_mismatch',
        message: 'x',
        param: 'image_urls[0]',
        limits: { expected: '1280x720', actual: '720x1280' },
      },
    },
    { provider: 'studio' },
  );
  assert.equal(verdict.code, 'image_dimension_mismatch');
  assert.deepEqual(verdict.details, { expected: '1280x720', actual: '720x1280' });
});
