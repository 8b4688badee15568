import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCanvas, lay } from '../scene/canvas.ts';
import type { Rgb } from '../scene/colour.ts';
import { createCompositor, type Placed, toPlaneLayer } from './layers.ts';
import { createFrame, createSampler, toPlanes } from './planes.ts';

const [width, height] = [16, 12];

function layer(colour: Rgb, cover: (x: number, y: number) => number): Placed {
  const canvas = createCanvas(width, height);
  for (let i = 0; i < width * height; i++) {
    lay(canvas.pixels, i * 4, ...colour, cover(i % width, Math.floor(i / width)));
  }
  return { layer: toPlaneLayer(canvas), view: { left: 0, top: 0, step: 1 }, waver: null };
}

function compose(layers: Placed[]) {
  const frame = createFrame(width, height);
  createCompositor(createSampler()).compose(layers, frame);
  return frame;
}

/** The same colour, converted on its own. */
function expected(colour: Rgb): [number, number, number] {
  const planes = toPlanes(
    Uint8Array.from({ length: 12 }, (_, i) => Math.round((colour[i % 3] ?? 0) * 255)),
    2,
    2,
    3,
  );
  return [planes.y[0] ?? 0, planes.u[0] ?? 0, planes.v[0] ?? 0];
}

function assertColour(frame: ReturnType<typeof compose>, x: number, y: number, colour: Rgb): void {
  const half = (y >> 1) * (width / 2) + (x >> 1);
  const seen = [frame.y[y * width + x] ?? 0, frame.u[half] ?? 0, frame.v[half] ?? 0];
  for (const [i, value] of expected(colour).entries()) {
    assert.ok(Math.abs((seen[i] ?? 0) - value) <= 2, `at ${x},${y}: ${seen} instead of ${expected(colour)}`);
  }
}

const sky: Rgb = [0.2, 0.4, 0.9];
const hill: Rgb = [0.1, 0.5, 0.2];
const mist: Rgb = [1, 0.9, 0.8];

test('a layer hides what is behind where it covers, and only there', () => {
  const frame = compose([layer(sky, () => 1), layer(hill, (_, y) => (y >= 6 ? 1 : 0))]);
  assertColour(frame, 3, 1, sky);
  assertColour(frame, 3, 9, hill);
});

test('half a cover shows half of both', () => {
  const frame = compose([layer(sky, () => 1), layer(mist, () => 0.5)]);
  assertColour(frame, 5, 5, [0.6, 0.65, 0.85]);
});

test('rows hidden by a nearer layer come out the same as if everything were drawn', () => {
  const leaky = (x: number, y: number) => (y >= 6 && x !== 0 ? 1 : 0);
  const layers = (cover: typeof leaky) => [layer(sky, () => 1), layer(mist, () => 0.3), layer(hill, cover)];
  const quick = compose(layers((_, y) => (y >= 6 ? 1 : 0)));
  const slow = compose(layers(leaky));
  for (let y = 0; y < height; y++) {
    for (let x = 4; x < width; x++) assert.equal(quick.y[y * width + x], slow.y[y * width + x], `${x},${y}`);
  }
});

test('a frame keeps what no layer covers', () => {
  const frame = createFrame(width, height).data.fill(77);
  const whole = { ...createFrame(width, height) };
  whole.data.set(frame);
  createCompositor(createSampler()).compose([layer(hill, (_, y) => (y >= 6 ? 1 : 0))], whole);
  assert.equal(whole.y[0], 77);
  assert.equal(whole.u[0], 77);
});
