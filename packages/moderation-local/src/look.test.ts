/** How a picture is searched for faces, with models that see only red. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import type { Face, FaceModels } from './faces.ts';
import { look, type Models } from './look.ts';
import type { Rgb } from './picture.ts';

const scores = { drawing: 0, hentai: 0, neutral: 1, porn: 0, sexy: 0 };

/** One face where there is red, if it is `least` pixels wide in what the model is shown. */
function redFaces(least: number, score: number): FaceModels {
  return {
    async find({ width, height, data }: Rgb) {
      const reds = [...Array(width * height).keys()].filter(
        (at) => (data[at * 3] ?? 0) > 150 && (data[at * 3 + 1] ?? 0) < 100,
      );
      const columns = reds.map((at) => at % width);
      const rows = reds.map((at) => Math.floor(at / width));
      const [left, right] = [Math.min(...columns), Math.max(...columns) + 1];
      const [top, bottom] = [Math.min(...rows), Math.max(...rows) + 1];
      if (!(right - left >= least)) return [];
      const at = (x: number, y: number) => ({ x: x / width, y: y / height });
      const middle = at((left + right) / 2, (top + bottom) / 2);
      const size = { width: (right - left) / width, height: (bottom - top) / height };
      return [{ ...middle, ...size, score, eyes: [at(left, top), at(right, top)] }];
    },
  };
}

interface Place {
  readonly left: number;
  readonly top: number;
  readonly size: number;
}
const WIDE = { width: 1280, height: 720 };

async function searched({ left, top, size }: Place, least: number, { score = 0.9, canvas = WIDE } = {}) {
  const red = { create: { width: size, height: size, channels: 3, background: '#e00' } } as const;
  const bytes = await sharp({ create: { ...canvas, channels: 3, background: '#dfd' } })
    .composite([{ input: await sharp(red).png().toBuffer(), left, top }])
    .png()
    .toBuffer();
  const described: Face[] = [];
  const models: Models = {
    nudity: { classify: async () => [scores, scores] },
    faces: redFaces(least, score),
    likeness: {
      async describe(_, face) {
        described.push(face);
        return Float32Array.of(1);
      },
    },
  };
  const { faces } = await look(models, bytes);
  return { faces, described };
}

function assertAt(face: Face | undefined, { left, top, size }: Place, { width, height } = WIDE) {
  assert.ok(face);
  const place = [face.x * width, face.y * height, face.width * width, face.height * height];
  const expected = [left + size / 2, top + size / 2, size, size];
  for (const [at, value] of expected.entries())
    assert.ok(Math.abs((place[at] ?? 0) - value) < 8, `${place} is not ${expected}`);
  const [one, other] = face.eyes;
  assert.ok(Math.abs(one.x * width - left) < 8 && Math.abs(other.y * height - top) < 8);
}

test('a face that the whole and tiles show is one face', async () => {
  const place = { left: 600, top: 300, size: 100 };
  const { faces, described } = await searched(place, 5);
  assert.equal(faces.count, 1);
  assertAt(described[0], place);
});

test('a face that only a tile shows is where it is in the picture', async () => {
  const shapes = [WIDE, { width: 720, height: 1280 }, { width: 1200, height: 1200 }];
  for (const canvas of shapes) {
    const place = { left: canvas.width - 160, top: canvas.height - 160, size: 60 };
    const { faces, described } = await searched(place, 15, { canvas });
    assert.equal(faces.count, 1);
    assertAt(described[0], place, canvas);
  }
});

test('what a tile is less sure of does not count, what the whole is does', async () => {
  assert.equal((await searched({ left: 1100, top: 500, size: 60 }, 15, { score: 0.5 })).faces.count, 0);
  assert.equal((await searched({ left: 600, top: 300, size: 100 }, 5, { score: 0.5 })).faces.count, 1);
});
