import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tilesOf } from './tiles.ts';

const SHAPES = [
  [1280, 720, 2],
  [720, 1280, 2],
  [1280, 1280, 4],
  [1280, 960, 4],
  [1280, 853, 4],
  [1280, 549, 3],
  [1280, 300, 4],
  [1280, 40, 4],
] as const;

for (const [width, height, count] of SHAPES) {
  test(`${count} tiles of ${width} x ${height} cover it, overlap, and lie inside`, () => {
    const tiles = tilesOf({ width, height });
    assert.equal(tiles.length, count);
    const covering = new Uint8Array(width * height);
    for (const { left, top, width: w, height: h } of tiles) {
      assert.ok(left >= 0 && top >= 0 && left + w <= width && top + h <= height);
      for (let y = top; y < top + h; y++) {
        for (let x = left; x < left + w; x++) covering[y * width + x] = (covering[y * width + x] ?? 0) + 1;
      }
    }
    assert.ok(covering.every((times) => times > 0));
    assert.ok(covering.some((times) => times > 1));
  });
}

test('a picture in which the whole shows every face has no tiles', () => {
  assert.deepEqual(tilesOf({ width: 800, height: 450 }), []);
});
