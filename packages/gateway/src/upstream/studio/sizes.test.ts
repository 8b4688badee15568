import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  EXACT_VIDEO_SIZES,
  exactSize,
  IMAGE_RATIOS,
  IMAGE_SIDE,
  imageSize,
  VIDEO_RATIOS,
  videoSize,
} from './sizes.ts';

const size = fc.record({
  width: fc.integer({ min: 240, max: 7_680 }),
  height: fc.integer({ min: 240, max: 7_680 }),
});

describe('sizes', () => {
  it('gives the sizes people expect', () => {
    assert.deepEqual(videoSize('16:9', '720p', null), { width: 1280, height: 720 });
    assert.deepEqual(videoSize('9:16', '1080p', null), { width: 1080, height: 1920 });
    assert.deepEqual(videoSize('16:9', '480p', null), { width: 854, height: 480 });
    assert.deepEqual(videoSize('21:9', '720p', null), { width: 1680, height: 720 });
    assert.deepEqual(videoSize('adaptive', '360p', null), { width: 640, height: 360 });
    assert.deepEqual(videoSize('adaptive', '720p', { width: 600, height: 800 }), { width: 720, height: 960 });
    assert.deepEqual(videoSize('720x1280', '360p', null), { width: 720, height: 1280 });
    assert.deepEqual(imageSize('auto', '1K', null), { width: 1024, height: 1024 });
    assert.deepEqual(imageSize('9:16', '2K', null), { width: 1152, height: 2048 });
    assert.deepEqual(imageSize('333x777', '2K', null), { width: 333, height: 777 });
    assert.deepEqual(imageSize('auto', '1K', { width: 7_680, height: 240 }), { width: 1024, height: 439 });
  });

  it('gives clips even sides near the ratio asked for', () => {
    const ratios = fc.constantFrom(...VIDEO_RATIOS, ...EXACT_VIDEO_SIZES, 'adaptive');
    const qualities = fc.constantFrom('360p', '480p', '720p', '1080p');
    fc.assert(
      fc.property(ratios, qualities, fc.option(size), (ratio, quality, first) => {
        const made = videoSize(ratio, quality, first);
        assert.equal(made.width % 2, 0);
        assert.equal(made.height % 2, 0);
        assert.ok(Math.min(made.width, made.height) >= 360);
        assert.ok(Math.max(made.width, made.height) <= 2_520);
        const [, w, h] = /^(\d+)[:x](\d+)$/.exec(ratio) ?? [];
        if (w && h)
          assert.ok(Math.abs(made.width / made.height - Number(w) / Number(h)) < 0.01, `${ratio} ${quality}`);
      }),
    );
  });

  it('keeps pictures within the sides it offers', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('auto', ...IMAGE_RATIOS),
        fc.constantFrom('1K', '2K'),
        fc.option(size),
        (text, k, first) => {
          const made = imageSize(text, k, first);
          assert.equal(Math.max(made.width, made.height), k === '2K' ? 2_048 : 1_024);
          assert.ok(Math.min(made.width, made.height) >= IMAGE_SIDE.min);
        },
      ),
    );
  });

  it('has a pattern that means the range of sides', () => {
    const pattern = new RegExp(`^${IMAGE_SIDE.pattern}$`);
    for (let side = 0; side < 3_000; side++) {
      assert.equal(
        pattern.test(String(side)),
        side >= IMAGE_SIDE.min && side <= IMAGE_SIDE.max,
        String(side),
      );
    }
  });

  it('reads exact sizes and nothing else', () => {
    assert.deepEqual(exactSize('1280x720'), { width: 1280, height: 720 });
    for (const text of ['16:9', 'adaptive', '0x100', '100x', '1280X720', ' 1280x720'])
      assert.equal(exactSize(text), null);
  });
});
