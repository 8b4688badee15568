import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chooseMove, closest, poseAt } from './camera.ts';

const moves = fc.record({
  seed: fc.nat(),
  prompt: fc.oneof(
    fc.string(),
    fc.constantFrom(
      'zoom in',
      'Zooming out',
      'pan left',
      'pan to the right',
      'tilt up',
      'zoom in, pan left and tilt down',
      '推进',
    ),
  ),
});

test('the camera never looks past the edge of the picture, nor closer than the source is kept', () => {
  fc.assert(
    fc.property(moves, fc.double({ min: 0, max: 1, noNaN: true }), ({ seed, prompt }, part) => {
      const { x, y, zoom } = poseAt(chooseMove(prompt, seed), part);
      const half = 0.5 / zoom;
      const slack = 1e-9;
      assert.ok(x - half >= -slack && x + half <= 1 + slack, `x ${x} at zoom ${zoom}`);
      assert.ok(y - half >= -slack && y + half <= 1 + slack, `y ${y} at zoom ${zoom}`);
      assert.ok(zoom >= 1 && zoom <= closest);
    }),
  );
});

test('the move has no jump: each of 120 frames is a small step from the one before', () => {
  fc.assert(
    fc.property(moves, ({ seed, prompt }) => {
      const move = chooseMove(prompt, seed);
      for (let i = 1; i < 120; i++) {
        const [a, b] = [poseAt(move, (i - 1) / 119), poseAt(move, i / 119)];
        assert.ok(
          Math.abs(a.x - b.x) < 0.004 && Math.abs(a.y - b.y) < 0.004 && Math.abs(a.zoom / b.zoom - 1) < 0.004,
        );
      }
    }),
  );
});

test('words in the prompt decide where it goes', () => {
  for (let seed = 0; seed < 20; seed++) {
    const way = (prompt: string) => {
      const { from, to } = chooseMove(prompt, seed);
      return { x: to.x - from.x, y: to.y - from.y, zoom: to.zoom - from.zoom };
    };
    assert.ok(way('slowly zoom in on her face').zoom > 0.1);
    assert.ok(way('the camera pulls back').zoom < -0.1);
    assert.ok(way('pan left').x < -0.1 && way('pan left').zoom === 0);
    assert.ok(way('slides to the right').x > 0.1);
    assert.ok(way('tilt up').y < -0.1);
    assert.ok(way('镜头向下').y > 0.1);
  }
});
