import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createCanvas } from './canvas.ts';
import { createChance } from './chance.ts';
import { createNoise } from './noise.ts';
import { buildScene } from './scene.ts';
import { places } from './words.ts';

test('every scene covers the whole frame at any shape, with numbers that are colours', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...places, ''),
      fc.constantFrom('', 'rain', 'snow', 'aurora', 'fog', 'neon', 'pastel red'),
      fc.constantFrom('', 'dawn', 'noon', 'sunset', 'dusk', 'night'),
      fc.nat(),
      fc.constantFrom([40, 24], [24, 40], [30, 30], [64, 16]),
      (place, weather, time, seed, [width = 0, height = 0]) => {
        const scene = buildScene(`${place} ${weather} ${time}`, seed, width / height);
        const canvas = createCanvas(width, height);
        if (scene.kind === 'flow') scene.paint(canvas, 0);
        else for (const layer of scene.layers) if (layer.kind === 'painted') layer.paint(canvas, canvas);
        for (const [i, value] of canvas.pixels.entries()) {
          if (i % 4 === 3) assert.ok(value > 0.999, 'covered');
          else assert.ok(value >= -1e-4 && value <= 1.0001, `colour ${value}`);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('lights stay lights at any time', () => {
  for (const prompt of ['night snow in the forest', 'rain over the city', 'space', 'flowers']) {
    const scene = buildScene(prompt, 3, 1.5);
    assert.equal(scene.kind, 'layers');
    if (scene.kind !== 'layers') return;
    for (const layer of scene.layers) {
      if (layer.kind !== 'lights') continue;
      for (const seconds of [0, 0.5, 29.9]) {
        layer.emit(seconds, (x, y, radius, colour, strength) => {
          assert.ok([x, y, radius, strength, ...colour].every(Number.isFinite));
          assert.ok(
            radius > 0 && radius < 0.05 && strength >= -0.001 && strength <= 1,
            `${radius} ${strength}`,
          );
        });
      }
    }
  }
});

test('noise is smooth, bounded, and the same for the same chance', () => {
  const [a, b] = [createNoise(createChance('x', 1)), createNoise(createChance('x', 1))];
  for (let i = 0; i < 2000; i++) {
    const [x, y] = [i * 0.37 - 300, i * 0.61];
    assert.equal(a.at(x, y), b.at(x, y));
    assert.ok(Math.abs(a.at(x, y)) <= 1.5 && Math.abs(a.at(x, y) - a.at(x + 0.001, y)) < 0.02);
  }
  assert.notEqual(createChance('x', 1).next(), createChance('x', 2).next());
});
