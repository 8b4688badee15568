import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFrame, createSampler, dissolve, resample, toPlanes } from './planes.ts';

const plain = (width: number, height: number, [r, g, b]: readonly number[]) =>
  toPlanes(
    Uint8Array.from({ length: width * height * 3 }, (_, i) => [r, g, b][i % 3] ?? 0),
    width,
    height,
    3,
  );

test('colours become what BT.709 in studio range says', () => {
  // From ITU-R BT.709-6, 8 bit: white 235, black 16, and the three primaries.
  const expected: [number[], number[]][] = [
    [
      [255, 255, 255],
      [235, 128, 128],
    ],
    [
      [0, 0, 0],
      [16, 128, 128],
    ],
    [
      [255, 0, 0],
      [63, 102, 240],
    ],
    [
      [0, 255, 0],
      [173, 42, 26],
    ],
    [
      [0, 0, 255],
      [32, 240, 118],
    ],
  ];
  for (const [colour, [y, u, v]] of expected) {
    const planes = plain(4, 2, colour);
    assert.ok(Math.abs((planes.y[3] ?? 0) - (y ?? 0)) <= 1, `${colour}: y ${planes.y[3]}`);
    assert.ok(Math.abs((planes.u[1] ?? 0) - (u ?? 0)) <= 1, `${colour}: u ${planes.u[1]}`);
    assert.ok(Math.abs((planes.v[1] ?? 0) - (v ?? 0)) <= 1, `${colour}: v ${planes.v[1]}`);
  }
});

/** Brightness rises by 10 per pixel to the right and by 4 per pixel down. */
function ramp(width: number, height: number) {
  const frame = createFrame(width, height);
  for (let i = 0; i < frame.y.length; i++) frame.y[i] = 20 + 10 * (i % width) + 4 * Math.floor(i / width);
  return frame;
}

test('seen whole and at its own size, a source comes out as it is', () => {
  const source = ramp(12, 8);
  const frame = createFrame(12, 8);
  resample(source, { left: 0, top: 0, step: 1 }, frame, createSampler());
  assert.deepEqual(frame.data, source.data);
});

test('a move by a part of a pixel moves by that part', () => {
  const frame = createFrame(4, 4);
  resample(ramp(12, 8), { left: 2.5, top: 1.25, step: 1 }, frame, createSampler());
  assert.equal(frame.y[0], 20 + 25 + 5);
  assert.equal(frame.y[5], 20 + 35 + 9);
});

test('a dissolve is the weighted mean', () => {
  const frame = plain(4, 2, [0, 0, 0]);
  dissolve(frame, plain(4, 2, [255, 255, 255]), 0.25);
  assert.ok(Math.abs((frame.y[0] ?? 0) - (16 + 219 / 4)) <= 1);
});
