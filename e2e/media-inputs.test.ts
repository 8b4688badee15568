/**
 * Unusual files through the door of a whole gateway: formats that telephones, scanners and old programs write, pictures that are
 * more than one thing, clips that are not what a model asks for; and with `auto_fix` the same request where a repair exists.
 * What is wrong with a request and with links is in intake.test.ts.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import type { InputLimits } from '../packages/gateway/src/catalog/model.ts';
import {
  claimingPng,
  sampleAnimation,
  sampleHeic,
  sampleImage,
  sampleVideo,
  sampleWav,
} from '../packages/gateway/src/media/sample-media.ts';
import {
  photoHeic,
  sampleApng,
  sampleBmp,
  sampleIco,
} from '../packages/gateway/src/media/sample-rare-images.ts';
import type { Refusal, TaskView } from './client.ts';
import { type OnLoopback, openOnLoopback } from './on-loopback.ts';

interface Preflight extends Pick<TaskView, 'repairs'> {
  readonly ok: boolean;
  readonly issues: readonly Refusal[];
  readonly fixes: readonly { readonly op: string }[];
}

const pictures: InputLimits = {
  max: 2,
  formats: ['jpeg', 'png', 'webp'],
  maxBytes: 2_000_000,
  minSide: 240,
  maxSide: 7680,
  mustMatch: 'size',
};
const masks: InputLimits = { max: 1, formats: ['jpeg', 'png'] };
const clips: InputLimits = {
  max: 1,
  formats: ['mp4'],
  maxSeconds: 5,
  minFps: 24,
  maxFps: 60,
  audioTrack: 'forbidden',
};
const EVERY_OP = ['orient', 'convert', 'resize', 'crop', 'pad', 'compress', 'truncate_prompt'];

describe('unusual media, through the door of a whole gateway', () => {
  const pages = new Map<string, Buffer>();
  let world: OnLoopback;
  let ask: OnLoopback['ask'];
  let send: OnLoopback['send'];

  before(async () => {
    const sounds: InputLimits = { max: 1, formats: ['mp3', 'wav'], maxSeconds: 5 };
    world = await openOnLoopback(
      (request, response) => {
        // What a server says of a file is never believed, so it says something else.
        response.setHeader('content-type', 'image/jpeg');
        response.end(pages.get((request.url ?? '').slice(1)));
      },
      { image_urls: pictures, mask_url: masks, video_urls: clips, audio_urls: sounds },
    );
    ({ ask, send } = world);
  });

  after(() => world?.close());

  function served(file: Buffer): string {
    const name = `${pages.size}.jpg`;
    pages.set(name, file);
    return `${world.base}/${name}`;
  }

  async function refused(body: object): Promise<Refusal> {
    const { status, error, usage } = await send(body);
    assert.equal(status, 'failed', 'it was taken');
    assert.ok(error);
    assert.equal(usage.credits_used, 0);
    return error;
  }

  const said = (repairs: TaskView['repairs']) => repairs.map(({ op, from, to }) => `${op}: ${from} -> ${to}`);

  /** Made, from beginning to end. */
  async function made(body: object): Promise<string[]> {
    const { status, error, repairs } = await send(body);
    assert.equal(status, 'completed', JSON.stringify(error));
    return said(repairs);
  }

  /** The same downloads, checks and repairs, without the picture that is made of it in the end. */
  async function taken(body: object): Promise<string[]> {
    const full = { model: 'picture', prompt: 'A pond.', ...body };
    const { ok, issues, repairs } = await ask<Preflight>('POST', '/v1/preflight', full);
    assert.deepEqual([ok, issues], [true, []]);
    return said(repairs);
  }

  interface Case {
    readonly name: string;
    readonly file: () => Buffer | Promise<Buffer>;
    readonly code?: string;
    readonly says: RegExp;
    readonly details: Readonly<Record<string, unknown>>;
    readonly repair: string;
  }
  const convertible: readonly Case[] = [
    {
      name: 'BMP',
      file: () => sampleBmp(320, 240),
      says: /is a BMP image; this model takes JPEG, PNG or WebP here/,
      details: { actual_format: 'bmp' },
      repair: 'convert: image/bmp -> image/jpeg',
    },
    {
      name: 'ICO',
      file: () => sampleIco(256),
      says: /is an ICO image/,
      details: { actual_format: 'ico' },
      repair: 'convert: image/x-icon -> image/jpeg',
    },
    ...(['photo', 'photo-grid'] as const).map((kind) => ({
      name: `HEIC (${kind})`,
      file: () => photoHeic(kind),
      code: 'image_processing_error',
      says: /is a HEIC image/,
      details: { actual_format: 'heic' },
      repair: 'convert: image/heic -> image/jpeg',
    })),
    {
      name: 'an animated PNG',
      file: () => sampleApng(3, 320, 240),
      says: /is a PNG image of 3 frames; this model takes one still picture here/,
      details: { actual_format: 'png', max_frames: 1, actual_frames: 3 },
      repair: 'convert: image/png, 3 frames -> image/png',
    },
    {
      name: 'an animated WebP',
      file: () => sampleAnimation('webp', 3, 256),
      says: /is a WebP image of 3 frames/,
      details: { actual_frames: 3 },
      repair: 'convert: image/webp, 3 frames -> image/webp',
    },
    {
      name: 'an animated GIF',
      file: () => sampleAnimation('gif', 3, 256),
      says: /is a GIF image; this model takes JPEG, PNG or WebP here/,
      details: { actual_format: 'gif' },
      repair: 'convert: image/gif, 3 frames -> image/png',
    },
  ];

  for (const { name, file, code = 'invalid_parameters', says, details, repair } of convertible) {
    it(`${name}: named, and converted where that is allowed`, async () => {
      const image_urls = [served(await file())];
      const error = await refused({ image_urls });
      assert.deepEqual(
        [error.code, error.subtype, error.param],
        [code, 'unsupported_format', 'image_urls[0]'],
      );
      assert.match(error.message, says);
      for (const [key, value] of Object.entries(details)) assert.deepEqual(error.details[key], value, key);
      assert.deepEqual(
        error.fixes?.map(({ op }) => op),
        ['convert'],
      );
      assert.deepEqual(await taken({ image_urls, auto_fix: ['convert'] }), [repair]);
    });
  }

  it('the whole way: a HEIC becomes a picture', async () => {
    assert.deepEqual(await made({ image_urls: [served(photoHeic())], auto_fix: ['convert'] }), [
      'convert: image/heic -> image/jpeg',
    ]);
  });

  it('a HEIC that is turned is judged as it is seen', async () => {
    const body = { image_urls: [served(photoHeic('photo-turned'))], size: '320x240' };
    const error = await refused(body);
    assert.deepEqual(
      error.issues?.map((issue) => issue.subtype ?? issue.code),
      ['unsupported_format', 'image_dimension_mismatch'],
    );
    assert.match(
      error.issues?.[1]?.message ?? '',
      /requires a 320x240 landscape image; yours .* is 240x320 portrait/,
    );
    assert.deepEqual(await taken({ ...body, auto_fix: ['convert', 'crop'] }), [
      'convert: image/heic -> image/jpeg',
      'crop: 240x320 -> 320x240',
    ]);
  });

  it('EXIF orientation counts before any size does', async () => {
    const lying = served(await sampleImage('jpeg', 240, 320, 6));
    assert.deepEqual(await taken({ image_urls: [lying], size: '320x240' }), []);
    const error = await refused({ image_urls: [lying], size: '240x320' });
    assert.deepEqual(
      [error.code, error.details.expected, error.details.actual],
      ['image_dimension_mismatch', '240x320', '320x240'],
    );
    assert.deepEqual(
      [error.details.expected_orientation, error.details.actual_orientation],
      ['portrait', 'landscape'],
    );
    assert.deepEqual(await taken({ image_urls: [lying], auto_fix: ['orient'] }), [
      'orient: EXIF orientation 6 -> upright',
    ]);
  });

  it('CMYK, 16 bit and a second file behind the picture pass, and are made plain where that is allowed', async () => {
    const plain = await sampleImage('jpeg', 320, 240);
    const files: readonly [Buffer, string][] = [
      [await sharp(plain).toColourspace('cmyk').jpeg().toBuffer(), 'image/jpeg, CMYK -> image/jpeg'],
      [await sharp(plain).toColourspace('rgb16').png().toBuffer(), 'image/png, 16 bit -> image/png'],
      [
        Buffer.concat([plain, Buffer.from('PK\u0003\u0004 and so on')]),
        'image/jpeg, other data behind the picture -> image/jpeg',
      ],
    ];
    for (const [file, change] of files) {
      const image_urls = [served(file)];
      assert.deepEqual(await taken({ image_urls }), []);
      assert.deepEqual(await taken({ image_urls, auto_fix: ['convert'] }), [`convert: ${change}`]);
    }
  });

  it('a mask stays a mask: transparent where it was, with edges as sharp', async () => {
    const image_urls = [served(await sampleImage('jpeg', 320, 240))];
    const background = { r: 0, g: 0, b: 0, alpha: 0.2 };
    const hole = sharp({ create: { width: 320, height: 240, channels: 4, background } });
    const mask_url = served(await hole.tiff({ compression: 'deflate' }).toBuffer());
    assert.deepEqual((await refused({ image_urls, mask_url })).fixes, [
      { op: 'convert', param: 'mask_url', to: 'image/png' },
    ]);
    assert.deepEqual(await taken({ image_urls, mask_url, auto_fix: ['convert'] }), [
      'convert: image/tiff -> image/png',
    ]);
  });

  it('what is broken, absurd or no picture is named, with whatever repairs allowed', async () => {
    const bmp = await sampleBmp(320, 240);
    const absurd = Buffer.from(bmp);
    absurd.writeInt32LE(60_000, 18);
    absurd.writeInt32LE(-60_000, 22);
    const iconBomb = Buffer.concat([
      (await sampleIco(64)).subarray(0, 22),
      await claimingPng(30_000, 30_000),
    ]);
    iconBomb.writeUInt32LE(iconBomb.byteLength - 22, 14);
    const heic = photoHeic();
    const cases: readonly [Buffer, string, string, RegExp][] = [
      [heic.subarray(0, 4000), 'image_processing_error', 'corrupted', /HEIC image that ends too early/],
      [bmp.subarray(0, 9000), 'image_processing_error', 'corrupted', /BMP image that ends too early/],
      [
        (await sampleApng(3, 320, 240)).subarray(0, -60),
        'image_processing_error',
        'corrupted',
        /middle of its frames/,
      ],
      [
        absurd,
        'invalid_parameters',
        'image_dimension',
        /claims 60000x60000 pixels; BMP images of more than 50 meg/,
      ],
      [
        sampleHeic(8064, 6048),
        'invalid_parameters',
        'image_dimension',
        /HEIC images of more than 30 megapixels/,
      ],
      [iconBomb, 'invalid_parameters', 'image_dimension', /ICO images of more than 50 megapixels/],
      [
        Buffer.from('GIF89a=1;/*<script>alert(1)</script>*/'),
        'invalid_parameters',
        'image_dimension',
        /12605x12091/,
      ],
      [
        Buffer.from('GIF89a \0 \0<script>alert(1)</script>'),
        'image_processing_error',
        'corrupted',
        /GIF image that/,
      ],
      [
        Buffer.from('BM is how this letter begins.'),
        'invalid_parameters',
        'unsupported_format',
        /is plain text/,
      ],
    ];
    for (const [file, code, subtype, says] of cases) {
      const error = await refused({ image_urls: [served(file)], auto_fix: EVERY_OP });
      assert.deepEqual([error.code, error.subtype, error.fixes ?? []], [code, subtype, []], error.message);
      assert.match(error.message, says);
    }
  });

  it('a clip is held to everything at once', async () => {
    const fast = await sampleVideo('mp4', 64, 64, 6, { fps: 90, sound: true });
    const error = await refused({ video_urls: [served(fast)] });
    assert.deepEqual(
      error.issues?.map(({ subtype, param }) => [subtype, param]),
      [
        ['video_duration', 'video_urls[0]'],
        ['general', 'video_urls[0]'],
        ['general', 'video_urls[0]'],
      ],
    );
    const [, rate, sound] = error.issues ?? [];
    assert.deepEqual(rate?.details, { min_fps: 24, max_fps: 60, actual_fps: 90 });
    assert.deepEqual(sound?.details, { audio_track: 'forbidden', actual_audio_track: 'present' });
    assert.match(sound?.message ?? '', /has a sound track/);
  });

  it('sound and clips are not taken for each other, and neither for what is cut off or empty', async () => {
    const loud = await sampleVideo('mp4', 64, 64, 2, { fps: 30, sound: true });
    const only = await sampleVideo('mp4', 64, 64, 2, { sound: true, picture: false });
    const cases: readonly [object, string, RegExp][] = [
      [{ video_urls: [served(only)] }, 'unsupported_format', /holds only sound \(M4A\), no picture track/],
      [{ audio_urls: [served(loud)] }, 'unsupported_format', /is a video with sound \(MP4\)/],
      [{ video_urls: [served(loud.subarray(0, 60_000))] }, 'corrupted', /MP4 video that is cut off/],
      [
        { audio_urls: [served(sampleWav(1).subarray(0, 9000))] },
        'corrupted',
        /WAV audio file that is cut off: it has 9000 of 16044 bytes/,
      ],
      [{ audio_urls: [served(sampleWav(0))] }, 'corrupted', /lasts 0 s/],
      [{ audio_urls: [served(sampleWav(6))] }, 'video_duration', /lasts 6 s; it must last at most 5 s/],
      [
        { video_urls: [served(Buffer.from(`RIFF\x40\0\0\0AVI LIST${'\0'.repeat(60)}`, 'latin1'))] },
        'unsupported_format',
        /is an AVI video/,
      ],
      [
        { audio_urls: [served(Buffer.from(`FORM\0\0\0\x40AIFFCOMM${'\0'.repeat(60)}`, 'latin1'))] },
        'unsupported_format',
        /is an AIFF audio file/,
      ],
    ];
    for (const [body, subtype, says] of cases) {
      const error = await refused(body);
      assert.equal(error.subtype, subtype, error.message);
      assert.match(error.message, says);
    }
  });

  it('preflight says the same beforehand', async () => {
    const body = { model: 'picture', prompt: 'A pond.', image_urls: [served(await sampleBmp(320, 200))] };
    const { ok, issues, fixes } = await ask<Preflight>('POST', '/v1/preflight', body);
    const error = await refused(body);
    assert.deepEqual(
      [ok, issues.map((issue) => issue.subtype)],
      [false, ['unsupported_format', 'image_dimension']],
    );
    assert.deepEqual(
      issues.map(({ message }) => message),
      error.issues?.map(({ message }) => message),
    );
    assert.deepEqual(
      [fixes.map(({ op }) => op), error.fixes?.map(({ op }) => op)],
      [
        ['convert', 'resize'],
        ['convert', 'resize'],
      ],
    );
  });
});
