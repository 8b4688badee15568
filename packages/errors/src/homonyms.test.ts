import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify } from './classify.ts';

const code = (status: number, body: unknown): string =>
  classify({ provider: 'nobody', phase: 'submit', status, headers: {}, body }).code;

test('an option named after a filter is an option, not a block', () => {
  for (const message of [
    'safety_tolerance must be between 0 and 6',
    'Safety checker must be a boolean',
    "invalid value for moderation: must be 'auto' or 'low'",
    'timeout must be between 1 and 600',
    'max_tokens must be positive',
    'webhook url must be https',
    'This task cannot be cancelled',
    'image_url and image_base64 cannot be used at the same time',
    'prompt and template cannot be set simultaneously',
  ]) {
    assert.equal(code(400, { message }), 'invalid_parameters', message);
  }
});

test('a program that crashed speaks of its own sizes', () => {
  for (const message of [
    'RuntimeError: The size of tensor a (64) must match the size of tensor b (77)',
    'mat1 and mat2 shapes cannot be multiplied (154x2048 and 768x320)',
    "TypeError: run() got an unexpected keyword argument 'scale'",
    "'NoneType' object has no attribute 'shape'",
    "Cannot read properties of undefined (reading 'url')",
  ]) {
    assert.equal(code(500, { error: message }), 'service_error', message);
  }
});

test('a card that is full is no file that is too large', () => {
  const message =
    'CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 14.75 GiB total capacity). Try setting max_split_size_mb to avoid fragmentation.';
  assert.equal(code(200, { status: 'failed', error: message }), 'resource_exhausted');
});

test('what a relay calls everything gives way to the sentence, unless the status says the same', () => {
  const error = { type: 'upstream_error', message: 'start_image parameter is required' };
  assert.equal(code(400, { error }), 'invalid_parameters');
  assert.equal(code(502, { error }), 'service_error');
});

test('a status that only the body names forbids nothing', () => {
  assert.equal(
    code(200, { code: 413, msg: 'Uploaded audio matches an existing song' }),
    'content_policy_violation',
  );
  assert.equal(code(200, { code: 501, msg: 'Internal server error' }), 'service_error');
});

test('the end of a link may be the code: problem+json', () => {
  const body = { type: 'https://example.com/probs/insufficient-credit', title: 'x', status: 403 };
  assert.equal(code(403, body), 'quota_exceeded');
});

test('what stands before a colon is the name of a field', () => {
  const body = {
    error: 'content[2].image_url: invalid param: image size 384x216, expected each side in [256, 5760]',
  };
  const verdict = classify({ provider: 'nobody', phase: 'poll', status: 200, headers: {}, body });
  assert.deepEqual([verdict.code, verdict.subtype], ['invalid_parameters', 'image_dimension']);
});

test('an error that says nothing definite is about what it speaks of', () => {
  const told = (message: string) => code(200, { code: 20404, message });
  assert.equal(told('Facial check unsuccessful'), 'image_processing_error');
  assert.equal(told('Credits!'), 'quota_exceeded');
  assert.equal(
    told('Task failed, credits have been refunded'),
    'service_error',
    'any statement beats a topic',
  );
});
