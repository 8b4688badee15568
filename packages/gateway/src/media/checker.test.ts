import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import sharp from 'sharp';
import { ManualClock } from '../clock.ts';
import { createChecker, type MediaChecker } from './checker.ts';
import type { Inspection } from './inspection.ts';
import {
  claimingPng,
  type SampleFormat,
  sampleAnimation,
  sampleHeic,
  sampleImage,
  sampleVideo,
  sampleWav,
} from './sample-media.ts';
import { photoHeic, sampleApng, sampleBmp, sampleIco } from './sample-rare-images.ts';

const IMAGES: readonly SampleFormat[] = ['jpeg', 'png', 'webp', 'gif', 'avif', 'tiff'];
const KINDS: readonly Inspection['kind'][] = [
  'image',
  'video',
  'audio',
  'unsupported',
  'corrupt',
  'too_large',
  'not_media',
];

it('outlives a decoder that crashes, and says that the file cannot be read', async () => {
  const script = new URL('./testing/crashing-child.js', import.meta.url);
  const checker = createChecker({ workers: 1, script });
  try {
    const file = await sampleImage('jpeg', 40, 30);
    const expected = { kind: 'corrupt', format: 'jpeg', why: 'cannot be read without harm' };
    for (let round = 0; round < 2; round++) assert.deepEqual(await checker.inspect(file), expected);
  } finally {
    await checker.close();
  }
});

describe('looking into media', () => {
  let checker: MediaChecker;
  let folder: string;
  before(async () => {
    checker = createChecker({ workers: 1 });
    folder = await mkdtemp(join(tmpdir(), 'sluice-media-'));
  });
  after(async () => {
    await checker.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function expectCorrupt(file: Uint8Array, about: string): Promise<void> {
    const inspection = await checker.inspect(file);
    assert.equal(inspection.kind, 'corrupt', `${about}: ${JSON.stringify(inspection)}`);
  }

  describe('images', () => {
    for (const format of IMAGES) {
      it(`reads ${format} whole, and finds it cut`, async () => {
        const file = await sampleImage(format, 96, 64);
        const whole = await checker.inspect(file);
        assert.deepEqual(whole, {
          kind: 'image',
          format,
          mimeType: `image/${format}`,
          width: 96,
          height: 64,
          orientation: 1,
          frames: 1,
          decoded: true,
        });
        // A TIFF may keep tags nobody misses behind its pixels.
        for (const share of format === 'tiff' ? [0.35, 0.6] : [0.35, 0.6, 0.9]) {
          await expectCorrupt(
            file.subarray(0, Math.floor(file.byteLength * share)),
            `${format} cut at ${share}`,
          );
        }
      });
    }

    it('reads a file as well as bytes, and leaves the bytes as they were', async () => {
      const file = await sampleImage('jpeg', 40, 30);
      const copy = Buffer.from(file);
      const path = join(folder, 'a.png');
      await writeFile(path, file);
      assert.deepEqual(await checker.inspect(path), await checker.inspect(file));
      assert.deepEqual(file, copy);
      await assert.rejects(checker.inspect(join(folder, 'absent')), { code: 'ENOENT' });
    });

    it('gives the size as displayed', async () => {
      const turned = await checker.inspect(await sampleImage('jpeg', 60, 40, 6));
      assert.ok(turned.kind === 'image');
      assert.deepEqual([turned.width, turned.height, turned.orientation], [40, 60, 6]);
    });

    it('takes CMYK, 16 bit, grey, palette and alpha', async () => {
      const base = sharp(await sampleImage('png', 32, 32));
      const files = [
        await base.clone().toColourspace('cmyk').jpeg().toBuffer(),
        await base.clone().toColourspace('rgb16').png().toBuffer(),
        await base.clone().toColourspace('b-w').jpeg().toBuffer(),
        await base.clone().png({ palette: true }).toBuffer(),
        await base.clone().ensureAlpha(0.5).webp().toBuffer(),
      ];
      for (const file of files) assert.equal((await checker.inspect(file)).kind, 'image');
    });

    it('counts frames, and finds an animation cut between two of them', async () => {
      const gif = await sampleAnimation('gif', 6);
      const whole = await checker.inspect(gif);
      assert.ok(whole.kind === 'image');
      assert.equal(whole.frames, 6);
      await expectCorrupt(gif.subarray(0, gif.byteLength - 1), 'without trailer');
      await expectCorrupt(gif.subarray(0, Math.floor(gif.byteLength * 0.7)), 'cut in a later frame');
      const padded = await checker.inspect(Buffer.concat([gif, Buffer.from('appended')]));
      assert.equal(padded.kind, 'image', 'what follows the trailer is no damage');
    });

    it('never decodes what claims absurd dimensions', async () => {
      for (const [width, height] of [
        [30_000, 30_000],
        [2_000_000_000, 2_000_000_000],
        [50_000_001, 1],
      ] as const) {
        const inspection = await checker.inspect(await claimingPng(width, height));
        assert.deepEqual(inspection, {
          kind: 'too_large',
          format: 'png',
          maxPixels: 50_000_000,
          width,
          height,
        });
      }
    });

    it('names a HEIC that holds another codec, with the size it claims, and says that it was not decoded', async () => {
      const inspection = await checker.inspect(sampleHeic(4032, 3024));
      assert.ok(inspection.kind === 'image');
      assert.deepEqual(
        [inspection.format, inspection.width, inspection.height, inspection.decoded],
        ['heic', 4032, 3024, false],
      );
    });

    it('refuses SVG, in every dress', async () => {
      for (const text of [
        '<svg xmlns="http://www.w3.org/2000/svg"/>',
        '<?xml version="1.0"?>\n<!-- x -->\n<svg width="9"/>',
        '\ufeff<!DOCTYPE svg PUBLIC "x"><s:svg xmlns:s="x">',
      ]) {
        assert.deepEqual(
          await checker.inspect(Buffer.from(text)),
          { kind: 'unsupported', format: 'svg' },
          text,
        );
      }
    });
  });

  describe('audio and video', () => {
    for (const container of ['webm', 'mp4'] as const) {
      it(`reads ${container} whole, and finds it cut`, async () => {
        const file = await sampleVideo(container, 64, 48, 3);
        const whole = await checker.inspect(file);
        assert.ok(whole.kind === 'video', JSON.stringify(whole));
        assert.deepEqual(
          [whole.format, whole.width, whole.height, whole.codec, whole.hasAudio],
          [container, 64, 48, 'vp8', false],
        );
        assert.ok(Math.abs(whole.seconds - 3) < 0.1, `${whole.seconds} s`);
        await expectCorrupt(file.subarray(0, Math.floor(file.byteLength * 0.5)), `${container} cut`);
        const path = join(folder, `a.${container}`);
        await writeFile(path, file);
        assert.deepEqual(await checker.inspect(path), whole);
      });
    }

    it('reads WAV', async () => {
      const facts = await checker.inspect(sampleWav(1.5));
      assert.ok(facts.kind === 'audio');
      assert.deepEqual([facts.format, facts.mimeType, facts.seconds], ['wav', 'audio/wav', 1.5]);
      await expectCorrupt(sampleWav(1.5).subarray(0, 12_000), 'WAV cut');
    });

    it('never follows a playlist to what it names', async () => {
      const playlist = Buffer.from(
        '#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n',
      );
      assert.equal((await checker.inspect(playlist)).kind, 'not_media');
    });
  });

  it('says what is not media', async () => {
    const what = async (file: Uint8Array) => {
      const inspection = await checker.inspect(file);
      return inspection.kind === 'not_media' ? inspection.what : inspection.kind;
    };
    assert.equal(await what(Buffer.alloc(0)), 'empty');
    assert.equal(await what(Buffer.from('<!doctype html><title>Sign in</title>')), 'web_page');
    assert.equal(await what(Buffer.from('{"error":"not found"}')), 'text');
    assert.equal(await what(Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')), 'other');
    assert.equal(await what(Buffer.alloc(100, 1)), 'other');
  });

  it('survives mutated files of every kind, and always answers with one of the closed union', async () => {
    const seeds = [
      ...(await Promise.all(IMAGES.map((format) => sampleImage(format, 24, 24)))),
      await sampleAnimation('gif', 3),
      await sampleVideo('mp4', 32, 32, 1),
      await sampleVideo('webm', 32, 32, 1),
      sampleWav(0.1),
      sampleHeic(100, 100),
      photoHeic('photo-turned'),
      await sampleBmp(24, 24),
      await sampleIco(24),
      await sampleApng(3),
      readFileSync(new URL('./fixtures/tone.flac', import.meta.url)),
      readFileSync(new URL('./fixtures/tone.mp3', import.meta.url)),
    ];
    const change = fc.tuple(
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.uint8Array({ minLength: 1, maxLength: 6 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...seeds),
        fc.array(change, { maxLength: 6 }),
        fc.double({ min: 0.2, max: 1, noNaN: true }),
        async (seed, changes, keep) => {
          const file = Buffer.from(seed);
          for (const [place, bytes] of changes)
            file.set(
              bytes.subarray(0, 1 + (file.byteLength - 1 - Math.floor(place * file.byteLength))),
              Math.floor(place * file.byteLength),
            );
          const inspection = await checker.inspect(file.subarray(0, Math.ceil(file.byteLength * keep)));
          assert.ok(KINDS.includes(inspection.kind));
          if ('width' in inspection && inspection.kind !== 'too_large')
            assert.ok(inspection.width > 0 && inspection.height > 0);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('kills a job that overstays, and gives the next in line its full time', async () => {
    const clock = new ManualClock();
    const impatient = createChecker({ workers: 1, clock });
    let done = false;
    const slow = impatient.inspect(await sampleImage('png', 600, 600)).finally(() => {
      done = true;
    });
    const waiting = impatient.inspect(await sampleImage('png', 8, 8));
    while (!done) await clock.advance(5_000);
    assert.deepEqual(await slow, { kind: 'corrupt', format: 'png', why: 'takes longer than 20 s to read' });
    assert.equal((await waiting).kind, 'image');
    await impatient.close();
  });

  it('rejects with the reason of the caller who gives up', async () => {
    const controller = new AbortController();
    const inspecting = checker.inspect(await sampleImage('png', 600, 600), controller.signal);
    controller.abort(new Error('cancelled'));
    await assert.rejects(inspecting, { message: 'cancelled' });
  });
});
