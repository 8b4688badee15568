import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { distance, nearest, parseFrame, ratioOf, sizeNear } from './frame.ts';

test('ratios and sizes are read, anything else is not', () => {
  assert.deepEqual(parseFrame('16:9'), { width: 16, height: 9, exact: false });
  assert.deepEqual(parseFrame('1280x720'), { width: 1280, height: 720, exact: true });
  for (const other of ['auto', 'adaptive', '16:0', '0x720', '16:9:1', '', 16, null, '-1:2', '123456x1']) {
    assert.equal(parseFrame(other), null, String(other));
  }
});

test('a size has the ratio it is close to, and none that it is not', () => {
  const offered = ['16:9', '9:16', '1:1', '4:3'];
  assert.equal(ratioOf({ width: 1104, height: 832, exact: true }, offered), '4:3');
  assert.equal(ratioOf({ width: 32, height: 18, exact: false }, offered), '16:9');
  assert.equal(ratioOf({ width: 21, height: 9, exact: false }, offered), null);
});

test('of the sizes of one shape the one with the nearest number of pixels is taken', () => {
  const offered = ['864:496', '1280:720', '1920:1080', '720:1280'];
  const wide = { width: 16, height: 9, exact: false };
  assert.equal(sizeNear(wide, 854 * 480, offered), '864:496');
  assert.equal(sizeNear(wide, 1920 * 1080, offered), '1920:1080');
  assert.equal(sizeNear({ width: 1, height: 1, exact: false }, 1, offered), null);
});

test('the nearest is offered, and none is nearer; width and height weigh the same', () => {
  const offered = ['16:9', '9:16', '1:1', '4:3', '3:4', '21:9'];
  const side = fc.integer({ min: 1, max: 9_999 });
  fc.assert(
    fc.property(side, side, (width, height) => {
      const frame = { width, height, exact: true };
      const turned = { width: height, height: width, exact: true };
      const found = parseFrame(nearest(frame, offered));
      assert.ok(found);
      for (const text of offered) {
        const other = parseFrame(text);
        assert.ok(other && distance(frame, found) <= distance(frame, other));
        assert.ok(other && Math.abs(distance(frame, other) - distance(other, frame)) < 1e-12);
      }
      assert.ok(distance(frame, turned) >= 0);
    }),
  );
});
