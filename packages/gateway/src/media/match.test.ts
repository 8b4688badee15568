import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exactSize, sizeMismatch } from './match.ts';

const size = (text: string) => {
  const read = exactSize(text);
  assert.ok(read, text);
  return read;
};
const mismatch = (expected: string, actual: string) =>
  sizeMismatch('aspect_ratio', size(expected), { ...size(actual), param: 'image_urls[0]', kind: 'image' });

describe('an exact size', () => {
  it('is WxH and nothing else', () => {
    assert.deepEqual(exactSize('1280x720'), { width: 1280, height: 720 });
    for (const value of [
      '16:9',
      'auto',
      'adaptive',
      '1280x',
      '0x10',
      '-1x5',
      '1e3x5',
      '',
      1280,
      null,
      undefined,
      ['1x1'],
    ]) {
      assert.equal(exactSize(value), null, String(value));
    }
  });

  it('is met by exactly that size', () => {
    assert.equal(mismatch('1280x720', '1280x720'), null);
    assert.notEqual(mismatch('1280x720', '1280x721'), null);
  });

  it('names sizes and orientations as the specification does', () => {
    const problem = mismatch('1280x720', '720x1280');
    assert.equal(
      problem?.because,
      'aspect_ratio=1280x720(16:9) requires a 1280x720 landscape image; yours (image_urls[0]) is 720x1280 portrait.',
    );
    assert.deepEqual(problem?.details, {
      required_by: 'aspect_ratio',
      expected: '1280x720',
      actual: '720x1280',
      expected_orientation: 'landscape',
      actual_orientation: 'portrait',
    });
    assert.match(
      mismatch('720x1280', '512x512')?.because ?? '',
      /\(9:16\) requires a 720x1280 portrait image; .* 512x512 square\.$/,
    );
    assert.match(
      mismatch('1001x777', '10x20')?.because ?? '',
      /^aspect_ratio=1001x777 requires a 1001x777 landscape image/,
    );
    assert.match(
      mismatch('512x512', '10x20')?.because ?? '',
      /^aspect_ratio=512x512\(1:1\) requires a 512x512 square image/,
    );
  });
});
