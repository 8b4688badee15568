import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorOf, type Problem } from './problem.ts';

const network: Problem = {
  code: 'image_processing_error',
  subtype: 'network',
  param: 'a',
  because: 'x',
  details: {},
};
const corrupted: Problem = { ...network, subtype: 'corrupted', param: 'b' };
const tooLarge: Problem = {
  code: 'invalid_parameters',
  subtype: 'file_too_large',
  param: 'c',
  because: 'c is too large.',
  details: { max_bytes: 10_000_000, actual_bytes: 20_000_000 },
  fixes: [{ op: 'compress', param: 'c', to: '10000000 bytes' }],
};
const mismatch: Problem = {
  ...tooLarge,
  code: 'image_dimension_mismatch',
  subtype: null,
  param: 'd',
  fixes: [],
};

describe('many problems as one error', () => {
  it('one alone has no issues', () => {
    const error = errorOf([tooLarge]);
    assert.deepEqual(error.issues, []);
    assert.deepEqual(error.fixes, tooLarge.fixes);
    assert.match(error.message, /^File size exceeds 10MB\nc is too large\.\n/);
  });

  it('several are all listed, in the order of the inputs, below the most useful', () => {
    const error = errorOf([network, mismatch, tooLarge, corrupted]);
    assert.equal(error.param, 'b');
    assert.deepEqual(
      error.issues.map((issue) => issue.param),
      ['a', 'd', 'c', 'b'],
    );
    assert.match(error.message, /There are 3 more problems: see `issues`\./);
    assert.doesNotMatch(error.issues[3]?.message ?? '', /more problem/);
    assert.match(errorOf([network, mismatch]).message, /There is one more problem: see `issues`\./);
    assert.deepEqual(error.fixes, tooLarge.fixes);
  });

  it('never looks retryable while one of them is not', () => {
    assert.equal(errorOf([network, mismatch]).retry.retryable, false);
    assert.equal(errorOf([network, { ...network, param: 'z' }]).retry.retryable, true);
  });
});
