/** What a repair must not take away: transparency, the subject of a picture, and the place of a mask over it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import { createChecker, type MediaChecker } from './checker.ts';
import type { RepairRequest } from './decode-job.ts';
import { photoHeic } from './sample-rare-images.ts';

const REQUEST: RepairRequest = {
  ops: ['convert', 'crop', 'pad', 'compress'],
  formats: ['jpeg', 'png'],
  maxBytes: null,
  size: { limits: {}, exact: null },
  isMask: false,
  cropTo: 'attention',
};
const TO_SQUARE = { size: { limits: {}, exact: { width: 100, height: 100 } } };

describe('a repaired picture', () => {
  let checker: MediaChecker;
  before(() => {
    checker = createChecker({ workers: 1 });
  });
  after(() => checker.close());

  async function repaired(file: Uint8Array, format: string, request: Partial<RepairRequest>) {
    const outcome = await checker.repair(file, format, { ...REQUEST, ...request });
    assert.ok(outcome.kind === 'repaired', outcome.kind);
    const image = sharp(outcome.data);
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) => [
      ...data.subarray((y * info.width + x) * info.channels, (y * info.width + x + 1) * info.channels),
    ];
    return { format: outcome.format, steps: outcome.steps.map(({ op }) => op), info, at };
  }

  /** A ball of red and yellow rings at the left edge of a grey field. */
  function ball(): Promise<Buffer> {
    const [width, height] = [400, 100];
    const data = Buffer.alloc(width * height * 3, 138);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < 100; x++) {
        const ring = Math.floor(Math.hypot(x - 50, y - 50) / 8);
        if (ring < 5) data.set(ring % 2 === 0 ? [230, 40, 30] : [240, 200, 20], (y * width + x) * 3);
      }
    }
    return sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
  }

  it('is cropped around what draws the eye, and in the middle where a mask lies over it', async () => {
    const isColoured = (rgb: readonly number[]) => Math.max(...rgb) > Math.min(...rgb) + 60;
    const seen = await repaired(await ball(), 'png', { ...TO_SQUARE, ops: ['crop'] });
    assert.deepEqual([seen.steps, isColoured(seen.at(50, 50))], [['crop'], true]);
    const middle = await repaired(await ball(), 'png', { ...TO_SQUARE, ops: ['crop'], cropTo: 'middle' });
    assert.equal(isColoured(middle.at(50, 50)), false);
  });

  it('gets bars of glass only where it is transparent itself', async () => {
    const create = { width: 50, height: 100, channels: 4 as const };
    const glass = await sharp({ create: { ...create, background: '#ff000080' } })
      .png()
      .toBuffer();
    const solid = await sharp({ create: { ...create, background: '#ff0000ff' } })
      .png()
      .toBuffer();
    const padded = (file: Uint8Array, format = 'png') =>
      repaired(file, format, { ...TO_SQUARE, ops: ['pad', 'convert'] });
    assert.deepEqual((await padded(glass)).at(2, 50), [0, 0, 0, 0]);
    assert.deepEqual((await padded(solid)).at(2, 50), [0, 0, 0]);
    const photo = await padded(photoHeic(), 'heic');
    assert.equal(photo.format, 'jpeg', 'what has no transparency to begin with gets none');
    assert.ok(photo.at(50, 2).every((value) => value < 8));
  });

  it('as a mask keeps its edges, and its transparency or nothing', async () => {
    const black = { create: { width: 64, height: 64, channels: 4 as const, background: '#000000ff' } };
    const hole = await sharp({ create: { ...black.create, width: 20, height: 20 } })
      .png()
      .toBuffer();
    const mask = await sharp(black)
      .composite([{ input: hole, blend: 'dest-out', left: 9, top: 9 }])
      .tiff({ compression: 'deflate' })
      .toBuffer();
    const kept = await repaired(mask, 'tiff', { isMask: true });
    assert.deepEqual([kept.format, kept.at(15, 15)[3], kept.at(2, 2)[3]], ['png', 0, 255]);
    assert.equal(
      (await checker.repair(mask, 'tiff', { ...REQUEST, isMask: true, formats: ['jpeg'] })).kind,
      'impossible',
    );
    assert.equal(
      (await repaired(mask, 'tiff', { formats: ['jpeg'] })).format,
      'jpeg',
      'a picture may lie on white',
    );

    const solid = await sharp(mask)
      .flatten({ background: '#fff' })
      .tiff({ compression: 'deflate' })
      .toBuffer();
    const sharpEdged = await repaired(solid, 'tiff', { isMask: true });
    assert.deepEqual(
      [sharpEdged.format, sharpEdged.at(9, 9), sharpEdged.at(8, 8)],
      ['png', [255, 255, 255], [0, 0, 0]],
    );
  });

  it('is never a large AVIF, which would take a gigabyte to write', async () => {
    const create = { width: 4000, height: 3001, channels: 3 as const, background: '#345' };
    const large = await sharp({ create }).png().toBuffer();
    const formats = (names: readonly string[]): RepairRequest => ({
      ...REQUEST,
      ops: ['convert'],
      formats: names,
    });
    assert.equal((await checker.repair(large, 'png', formats(['avif']))).kind, 'impossible');
    const other = await checker.repair(large, 'png', formats(['avif', 'webp']));
    assert.equal(other.kind === 'repaired' && other.format, 'webp');
    const smaller = await repaired(large, 'png', {
      ...formats(['avif']),
      ops: ['convert', 'resize'],
      size: { limits: { maxSide: 100 }, exact: null },
    });
    assert.deepEqual([smaller.format, smaller.info.width], ['avif', 100]);
  });
});
