/**
 * What can be wrong with a request and its inputs, by real files from a real server through the door of a whole gateway: each row
 * of the specification's sub-type tables that inputs can provoke, and with `auto_fix` the same request where a repair exists.
 */
import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { after, before, describe, it } from 'node:test';
import type { InputLimits } from '../packages/gateway/src/catalog/model.ts';
import {
  claimingPng,
  sampleAnimation,
  sampleHeic,
  sampleImage,
  sampleVideo,
} from '../packages/gateway/src/media/sample-media.ts';
import { type OnLoopback, openOnLoopback } from './on-loopback.ts';

const images: InputLimits = {
  max: 2,
  formats: ['jpeg', 'png', 'webp'],
  maxBytes: 250_000,
  minSide: 240,
  maxSide: 7680,
  minRatio: 0.4,
  maxRatio: 2.5,
  mustMatch: 'size',
};

describe('inputs, through the door of a whole gateway', () => {
  const pages = new Map<string, Buffer | number>();
  let world: OnLoopback;
  let base: string;
  let send: OnLoopback['send'];

  before(async () => {
    const inputs = {
      image_urls: images,
      video_urls: { max: 1, formats: ['mp4'], minSeconds: 1, maxSeconds: 3 },
    };
    const serve: RequestListener = (request, response) => {
      const page = pages.get((request.url ?? '').split('?')[0] ?? '') ?? 404;
      if (typeof page === 'number') response.writeHead(page).end();
      else response.end(page);
    };
    world = await openOnLoopback(serve, inputs, { maxPrompt: 60 });
    ({ base, send } = world);

    pages.set('/good.jpg', await sampleImage('jpeg', 320, 240));
    pages.set('/portrait.jpg', await sampleImage('jpeg', 240, 320));
    pages.set('/small.png', await sampleImage('png', 200, 150));
    pages.set('/wide.jpg', await sampleImage('jpeg', 900, 240));
    pages.set('/heavy.jpg', await sampleImage('jpeg', 900, 700));
    pages.set('/photo.avif', await sampleImage('avif', 320, 240));
    pages.set('/photo.heic', sampleHeic(4032, 3024));
    pages.set('/scan.tiff', await sampleImage('tiff', 320, 240));
    pages.set('/moving.gif', await sampleAnimation('gif', 3));
    pages.set('/bomb.png', await claimingPng(30_000, 30_000));
    pages.set('/cut.jpg', (await sampleImage('jpeg', 320, 240)).subarray(0, 4000));
    pages.set('/empty.jpg', Buffer.alloc(0));
    pages.set('/page.jpg', Buffer.from('<!doctype html><html></html>'));
    pages.set('/drawing.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'));
    pages.set('/long.mp4', await sampleVideo('mp4', 64, 64, 5));
    pages.set('/private.jpg', 401);
    pages.set('/signed.jpg', 403);
    pages.set('/busy.jpg', 503);
  });

  after(async () => {
    await world?.close();
  });

  interface Row {
    readonly file: string;
    readonly code: string;
    readonly subtype: string | null;
    readonly says: RegExp;
    readonly details: Readonly<Record<string, unknown>>;
    /** Each way of repairing it; empty where there is none. */
    readonly fixes: readonly (readonly string[])[];
    readonly with?: object;
  }
  const invalid = 'invalid_parameters';
  const unusable = 'image_processing_error';
  const row = (
    file: string,
    code: string,
    subtype: string | null,
    says: RegExp,
    details: Row['details'] = {},
    fixes: Row['fixes'] = [],
    more: object = {},
  ): Row => ({ file, code, subtype, says, details, fixes, with: more });

  const ROWS: readonly Row[] = [
    row(
      'small.png',
      invalid,
      'image_dimension',
      /must be between 240 and 7680/,
      { actual_width: 200, actual_height: 150 },
      [['resize']],
    ),
    row(
      'wide.jpg',
      invalid,
      'image_dimension',
      /ratio .* of 3\.75; it must be between 0\.4 and 2\.5/,
      { actual_ratio: 3.75 },
      [['crop'], ['pad']],
    ),
    row('bomb.png', invalid, 'image_dimension', /30000x30000/, { max_pixels: 50_000_000 }),
    row('heavy.jpg', invalid, 'file_too_large', /^File size exceeds/, { max_bytes: 250_000 }, [['compress']]),
    row(
      'scan.tiff',
      invalid,
      'unsupported_format',
      /is a TIFF image; this model takes JPEG, PNG or WebP/,
      { actual_format: 'tiff' },
      [['convert']],
    ),
    row('moving.gif', invalid, 'unsupported_format', /is a GIF image/, { actual_format: 'gif' }),
    row('drawing.svg', invalid, 'unsupported_format', /SVG/, { actual_format: 'svg' }),
    row('photo.avif', unusable, 'unsupported_format', /is an AVIF image/, { actual_format: 'avif' }, [
      ['convert'],
    ]),
    row('photo.heic', unusable, 'unsupported_format', /is a HEIC image/, { actual_format: 'heic' }),
    row('cut.jpg', unusable, 'corrupted', /ends too early/, { reason: 'corrupted', format: 'jpeg' }),
    row('empty.jpg', unusable, 'corrupted', /has 0 bytes/, { reason: 'empty', actual_bytes: 0 }),
    row('private.jpg', unusable, 'url_inaccessible', /needs a login/, {
      reason: 'needs_authentication',
      http_status: 401,
    }),
    row(
      'signed.jpg?X-Amz-Date=20200101T000000Z&X-Amz-Expires=60',
      unusable,
      'url_inaccessible',
      /signed link whose time is over/,
      { reason: 'expired_link' },
    ),
    row('absent.jpg', unusable, 'url_inaccessible', /Nothing is at/, { reason: 'gone', http_status: 404 }),
    row('page.jpg', unusable, 'url_inaccessible', /is a web page/, { reason: 'html_instead_of_media' }),
    row('busy.jpg', unusable, 'network', /answered 503/, { reason: 'http_status', http_status: 503 }),
    row(
      'portrait.jpg',
      'image_dimension_mismatch',
      null,
      /size=320x240\(4:3\) requires a 320x240 landscape image; yours \(image_urls\[0\]\) is 240x320 portrait/,
      { expected: '320x240', actual: '240x320' },
      [['crop'], ['pad']],
      { size: '320x240' },
    ),
  ];

  for (const { file, code, subtype, says, details, fixes, with: more } of ROWS) {
    it(`${file}: ${code}/${subtype}`, async () => {
      const body = { ...more, image_urls: [`${base}/${file}`] };
      const { status, error, usage } = await send(body);
      assert.equal(status, 'failed');
      assert.ok(error);
      assert.deepEqual([error.code, error.subtype, error.param], [code, subtype, 'image_urls[0]']);
      assert.match(error.message, says);
      for (const [name, value] of Object.entries(details)) assert.equal(error.details[name], value, name);
      assert.equal(error.retry.retryable, subtype === 'network');
      assert.equal(usage.credits_used, 0);
      const all = (error.fixes ?? []).map((fix) => fix.op).sort();
      assert.deepEqual(all, [...new Set(fixes.flat())].sort());
      for (const ops of fixes) {
        const repaired = await send({ ...body, auto_fix: ops });
        assert.equal(repaired.status, 'completed', JSON.stringify(repaired.error));
        assert.deepEqual(
          repaired.repairs.map((repair) => repair.op),
          ops,
        );
        assert.ok(repaired.repairs.every((repair) => repair.from !== repair.to));
      }
      if (fixes.length > 0) return;
      const auto_fix = ['orient', 'convert', 'resize', 'crop', 'pad', 'compress', 'truncate_prompt'];
      const again = await send({ ...body, auto_fix });
      assert.deepEqual([again.error?.code, again.error?.message], [code, error.message]);
    });
  }

  it('a clip that is too long: invalid_parameters/video_duration', async () => {
    const { error } = await send({ video_urls: [`${base}/long.mp4`] });
    assert.deepEqual(
      [error?.code, error?.subtype, error?.param],
      [invalid, 'video_duration', 'video_urls[0]'],
    );
    assert.deepEqual(error?.details, { min_seconds: 1, max_seconds: 3, actual_seconds: 5 });
    assert.match(error?.message ?? '', /Video duration must be between 1-3 seconds/);
  });

  it('a prompt that is too long: refused with its numbers, or cut at a sentence', async () => {
    const prompt = 'A quiet pond with a heron. Mist above the water. Then a very long description follows.';
    const { error } = await send({ prompt });
    assert.deepEqual([error?.code, error?.subtype, error?.param], [invalid, 'prompt_too_long', 'prompt']);
    assert.deepEqual([error?.details.max_chars, error?.details.actual_chars], [60, prompt.length]);
    assert.deepEqual(error?.fixes, [{ op: 'truncate_prompt', param: 'prompt', to: '60 characters' }]);
    const cut = await send({ prompt, auto_fix: ['truncate_prompt'] });
    assert.equal(cut.status, 'completed', JSON.stringify(cut.error));
    const repair = { op: 'truncate_prompt', param: 'prompt', from: '87 characters', to: '48 characters' };
    assert.deepEqual(cut.repairs, [{ ...repair, from: `${prompt.length} characters` }]);
  });

  it('tells everything about all inputs at once', async () => {
    const { error } = await send({ image_urls: [`${base}/cut.jpg`, `${base}/small.png`] });
    assert.deepEqual(
      error?.issues?.map((issue) => [issue.param, issue.code, issue.subtype]),
      [
        ['image_urls[0]', unusable, 'corrupted'],
        ['image_urls[1]', invalid, 'image_dimension'],
      ],
    );
  });

  it('makes a picture in the request itself smaller, too', async () => {
    const heavy = pages.get('/heavy.jpg');
    assert.ok(Buffer.isBuffer(heavy));
    const image_urls = [`data:image/jpeg;base64,${heavy.toString('base64')}`];
    const refused = await send({ image_urls });
    assert.deepEqual([refused.error?.subtype, refused.error?.param], ['file_too_large', 'image_urls[0]']);
    const { status, repairs } = await send({ image_urls, auto_fix: ['compress'] });
    assert.deepEqual([status, repairs.map((repair) => repair.op)], ['completed', ['compress']]);
  });
});
