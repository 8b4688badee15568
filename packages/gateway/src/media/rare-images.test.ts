/** Pictures that libvips does not read, and animated PNG: looked at, and found cut, through the checker and its processes. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import { createChecker, type MediaChecker } from './checker.ts';
import type { RepairRequest } from './decode-job.ts';
import { claimingPng, sampleImage } from './sample-media.ts';
import { photoHeic, sampleApng, sampleBmp, sampleIco } from './sample-rare-images.ts';

const TO_PNG: RepairRequest = {
  ops: ['convert'],
  formats: ['png'],
  maxBytes: null,
  size: { limits: {}, exact: null },
  isMask: false,
  cropTo: 'attention',
};

describe('pictures that libvips does not read', () => {
  let checker: MediaChecker;
  before(() => {
    checker = createChecker({ workers: 1 });
  });
  after(() => checker.close());

  async function facts(file: Uint8Array) {
    const seen = await checker.inspect(file);
    assert.ok(seen.kind === 'image', JSON.stringify(seen));
    return [seen.format, seen.width, seen.height, seen.frames, seen.decoded];
  }

  async function why(file: Uint8Array): Promise<string> {
    const seen = await checker.inspect(file);
    return seen.kind === 'corrupt' ? seen.why : seen.kind;
  }

  async function converted(file: Uint8Array, format: string) {
    const outcome = await checker.repair(file, format, TO_PNG);
    assert.ok(outcome.kind === 'repaired', outcome.kind);
    assert.deepEqual(
      await checker.repair(outcome.data, 'png', TO_PNG),
      { kind: 'unchanged' },
      'once is enough',
    );
    const { data, info } = await sharp(outcome.data).raw().toBuffer({ resolveWithObject: true });
    return { steps: outcome.steps, data, channels: info.channels, width: info.width, height: info.height };
  }

  /** Mean difference of two pictures, of 255. */
  function apart(one: Uint8Array, other: Uint8Array): number {
    assert.equal(one.byteLength, other.byteLength);
    return one.reduce((sum, byte, at) => sum + Math.abs(byte - (other[at] ?? 0)), 0) / one.byteLength;
  }

  it('HEIC: as it is, turned and of tiles, is the same picture', async () => {
    assert.deepEqual(await facts(photoHeic()), ['heic', 320, 240, 1, true]);
    assert.deepEqual(await facts(photoHeic('photo-turned')), ['heic', 240, 320, 1, true]);
    assert.deepEqual(await facts(photoHeic('photo-grid')), ['heic', 320, 240, 1, true]);

    const upright = await converted(photoHeic(), 'heic');
    assert.deepEqual(upright.steps, [{ op: 'convert', from: 'image/heic', to: 'image/png' }]);
    assert.equal(upright.channels, 3, 'no transparency where there is none');
    const tiles = await converted(photoHeic('photo-grid'), 'heic');
    assert.ok(apart(tiles.data, upright.data) < 6, 'tiles lie where they belong');
    const turned = await converted(photoHeic('photo-turned'), 'heic');
    assert.deepEqual([turned.width, turned.height], [240, 320]);
    const back = await sharp(turned.data, { raw: { width: 240, height: 320, channels: 3 } })
      .rotate(90)
      .raw()
      .toBuffer();
    assert.equal(apart(back, upright.data), 0);
  });

  it('HEIC: cut or damaged, it is named so', async () => {
    for (const kind of ['photo', 'photo-turned', 'photo-grid'] as const) {
      const file = photoHeic(kind);
      for (const share of [0.2, 0.5, 0.99]) {
        const cut = file.subarray(0, Math.floor(file.byteLength * share));
        assert.match(await why(cut), /^ends too early/, `${kind} at ${share}`);
      }
    }
    const damaged = photoHeic();
    damaged.fill(0xff, damaged.indexOf('hvcC') + 4, damaged.indexOf('hvcC') + 60);
    assert.match(await why(damaged), /^is damaged/);
  });

  it('BMP and ICO: whole, cut, and absurd', async () => {
    const bmp = await sampleBmp(61, 40);
    assert.deepEqual(await facts(bmp), ['bmp', 61, 40, 1, true]);
    assert.match(await why(bmp.subarray(0, bmp.byteLength - 200)), /^ends too early/);
    const plain = await sharp(await sampleImage('png', 61, 40))
      .raw()
      .toBuffer();
    assert.deepEqual((await converted(bmp, 'bmp')).data, plain);
    bmp.writeInt32LE(2_000_000_000, 18);
    bmp.writeInt32LE(-2_000_000_000, 22);
    assert.equal(await why(bmp), 'too_large');

    const ico = await sampleIco(256);
    assert.deepEqual(await facts(ico), ['ico', 256, 256, 1, true]);
    assert.match(await why(ico.subarray(0, ico.byteLength - 500)), /^ends too early/);
    const bomb = Buffer.concat([
      ico.subarray(0, 22),
      await claimingPng(30_000, 30_000),
      Buffer.alloc(60_000),
    ]);
    bomb.writeUInt32LE(bomb.byteLength - 22, 14);
    assert.equal(await why(bomb), 'too_large', 'a picture inside is held to the same limits');
  });

  it('an OS/2 bitmap is not taken for a giant', async () => {
    const file = Buffer.alloc(26 + 3 * 4 * 2);
    file.write('BM');
    file.writeUInt32LE(26, 10);
    file.writeUInt32LE(12, 14);
    for (const [index, number] of [3, 2, 1, 24].entries()) file.writeUInt16LE(number, 18 + 2 * index);
    assert.deepEqual(await facts(file), ['bmp', 3, 2, 1, true]);
  });

  it('an AVIF that calls itself by the name of the family is an AVIF', async () => {
    const file = await sampleImage('avif', 40, 30);
    assert.equal(file.toString('latin1', 8, 12), 'avif');
    file.write('mif1', 8, 'latin1');
    assert.deepEqual(await facts(file), ['avif', 40, 30, 1, true]);
    const heic = photoHeic();
    heic.write('avif', 8, 'latin1');
    assert.deepEqual(await checker.inspect(heic), { kind: 'unsupported', format: 'heic' }, 'and the reverse');
  });

  it('a text that begins with BM is a text', async () => {
    const seen = await checker.inspect(Buffer.from('BMX racing is a sport of the Olympic Games.'));
    assert.deepEqual(seen, { kind: 'not_media', what: 'text', label: 'plain text' });
  });

  it('an animated PNG has its frames counted, and is found cut between them', async () => {
    const three = await sampleApng(3);
    assert.deepEqual(await facts(three), ['png', 32, 32, 3, true]);
    assert.deepEqual(await facts(await sampleApng(1)), ['png', 32, 32, 1, true]);
    assert.equal(await why(three.subarray(0, three.byteLength - 30)), 'ends in the middle of its frames');
    const first = await converted(three, 'png');
    assert.deepEqual(first.steps, [{ op: 'convert', from: 'image/png, 3 frames', to: 'image/png' }]);
    assert.deepEqual([...first.data.subarray(0, 3)], [0, 120, 60], 'the first of them');
    // The count that a file promises is not believed, and a control chunk behind the picture controls nothing.
    const boasting = Buffer.from(three);
    boasting.writeUInt32BE(4_000_000_000, boasting.indexOf('acTL') + 4);
    assert.equal((await facts(boasting))[3], 3);
  });
});
