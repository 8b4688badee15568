import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ERROR_CODES,
  errorTypeOf,
  headlineOf,
  httpStatusOf,
  isErrorCode,
  isTaskCode,
  REQUEST_CODES,
  RETRY_ACTIONS,
  retryAdvice,
  rowOf,
  subtypeRowOf,
  subtypesOf,
  TASK_CODES,
} from './codes.ts';
import { dictionary } from './dictionary.ts';
import { renderErrorsPage } from './docs.ts';

test('the specification has thirteen task codes, and a request can meet six more', () => {
  assert.equal(TASK_CODES.length, 13);
  assert.equal(REQUEST_CODES.length, 6);
  for (const code of TASK_CODES) assert.equal(rowOf(code).scope, 'task');
  for (const code of REQUEST_CODES) assert.equal(rowOf(code).scope, 'request');
});

test('dictionary and table hold the same codes and sub-types, both ways', () => {
  const entries = dictionary();
  assert.deepEqual(
    entries.map((entry) => entry.code),
    [...ERROR_CODES],
  );
  for (const entry of entries) {
    assert.deepEqual(
      entry.subtypes.map((row) => row.subtype),
      subtypesOf(entry.code),
    );
    assert.ok(entry.causes.length > 0 && entry.solutions.length > 0, entry.code);
    assert.ok(RETRY_ACTIONS.includes(entry.retry.action));
    for (const row of entry.subtypes)
      assert.doesNotMatch(row.example, /[{}]/, `${entry.code}/${row.subtype}`);
    assert.doesNotMatch(entry.example, /[{}]/, entry.code);
  }
});

test('the docs page has a section for every code and a row for every sub-type, and no others', () => {
  const page = renderErrorsPage();
  const sections = [...page.matchAll(/^## ([a-z_]+)$/gm)].map((found) => found[1]);
  assert.deepEqual(sections, [...ERROR_CODES]);
  for (const code of ERROR_CODES) {
    const section = page.slice(page.indexOf(`\n## ${code}\n`)).split('\n## ')[1] ?? '';
    const rows = [...section.matchAll(/^\| `([a-z_]+)` \|/gm)].map((found) => found[1]);
    assert.deepEqual(rows, subtypesOf(code), code);
  }
});

test('the examples are the wording of the specification', () => {
  const example = (code: string, subtype: string): string | undefined =>
    dictionary()
      .find((entry) => entry.code === code)
      ?.subtypes.find((row) => row.subtype === subtype)?.example;
  assert.equal(
    example('content_policy_violation', 'photorealistic_people'),
    'Content policy violation: photorealistic people detected.',
  );
  assert.equal(example('invalid_parameters', 'prompt_too_long'), 'Prompt is too long');
  assert.equal(
    example('invalid_parameters', 'image_dimension'),
    'Image dimensions must be between 240 and 7680',
  );
  assert.equal(example('invalid_parameters', 'file_too_large'), 'File size exceeds 10MB');
  assert.equal(example('invalid_parameters', 'unsupported_format'), 'Unsupported file type');
  assert.equal(
    example('invalid_parameters', 'video_duration'),
    'Video duration must be between 1-30 seconds',
  );
});

test('a headline quotes the numbers of the case, or none', () => {
  assert.equal(
    headlineOf('invalid_parameters', 'image_dimension', { min_side: 300, max_side: 6000 }),
    'Image dimensions must be between 300 and 6000',
  );
  assert.equal(
    headlineOf('invalid_parameters', 'image_dimension', { max_side: 8000 }),
    'Image dimensions must be at most 8000',
  );
  assert.equal(headlineOf('invalid_parameters', 'image_dimension'), 'Image dimensions are out of range');
  assert.equal(
    headlineOf('invalid_parameters', 'image_dimension', { min_side: Number.NaN }),
    'Image dimensions are out of range',
  );
  assert.equal(
    headlineOf('invalid_parameters', 'file_too_large', { max_bytes: 10 * 1024 * 1024 }),
    'File size exceeds 10MB',
  );
  assert.equal(
    headlineOf('invalid_parameters', 'file_too_large', { max_bytes: 1_234_567 }),
    'File size exceeds 1.2MB',
  );
});

test('retry advice follows the contract, with the exceptions of single sub-types', () => {
  assert.deepEqual(retryAdvice('image_processing_error', 'network', 7), {
    retryable: true,
    action: 'retry_later',
    after_seconds: 7,
  });
  assert.equal(retryAdvice('image_processing_error', 'corrupted', 7).retryable, false);
  assert.equal(retryAdvice('image_processing_error', 'corrupted', 7).after_seconds, null);
  assert.equal(retryAdvice('quota_exceeded', 'account_quota').retryable, false);
  assert.deepEqual(retryAdvice('quota_exceeded', 'account_quota', 3600), {
    retryable: true,
    action: 'reduce_frequency',
    after_seconds: 3600,
  });
  assert.equal(retryAdvice('generation_timeout').after_seconds, 60);
  assert.equal(retryAdvice('request_cancelled').retryable, false);
});

test('status and type of a refusal depend on the sub-type where the contract says so', () => {
  assert.equal(httpStatusOf('quota_exceeded', 'account_quota'), 402);
  assert.equal(httpStatusOf('quota_exceeded', 'rate_limit'), 429);
  assert.equal(httpStatusOf('invalid_parameters', 'unsupported_media_type'), 415);
  assert.equal(httpStatusOf('invalid_parameters', 'general'), 400);
  assert.equal(errorTypeOf('quota_exceeded', 'account_quota'), 'insufficient_quota_error');
  assert.equal(errorTypeOf('request_too_large'), 'request_too_large_error');
});

test('names that every object has are not codes', () => {
  assert.equal(isErrorCode('constructor'), false);
  assert.equal(isTaskCode('unauthorized'), false);
  assert.equal(subtypeRowOf('service_error', 'toString'), null);
});

test('what can be tried again is what the specification says, code by code', () => {
  const later = new Set([
    'generation_failed_no_content',
    'service_error',
    'generation_timeout',
    'resource_exhausted',
    'quota_exceeded',
    'service_unavailable',
  ]);
  for (const code of TASK_CODES) assert.equal(retryAdvice(code).retryable, later.has(code), code);
});
