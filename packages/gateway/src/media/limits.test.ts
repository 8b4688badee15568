import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InputLimits } from '../catalog/model.ts';
import type { ImageFacts, Inspection, VideoFacts } from './inspection.ts';
import { brokenLimits, usableAs } from './limits.ts';

const limits: InputLimits = {
  max: 2,
  formats: ['jpeg', 'png', 'webp'],
  maxBytes: 10_000_000,
  minSide: 240,
  maxSide: 7680,
  maxPixels: 40_000_000,
  minRatio: 0.4,
  maxRatio: 2.5,
};
const subject = { param: 'image_urls[0]', expects: 'image', bytes: 1000 } as const;
const image = (width: number, height: number, format = 'jpeg'): ImageFacts => ({
  kind: 'image',
  format,
  mimeType: `image/${format}`,
  width,
  height,
  orientation: 1,
  frames: 1,
  decoded: format !== 'heic',
});
const video = (seconds: number): VideoFacts => ({
  kind: 'video',
  format: 'mp4',
  mimeType: 'video/mp4',
  width: 640,
  height: 360,
  seconds,
  fps: 30,
  codec: 'avc',
  hasAudio: false,
});
const problems = (width: number, height: number, bytes = 1000) =>
  brokenLimits(image(width, height), { ...subject, bytes }, limits);

describe('an input against the limits of a model', () => {
  it('passes on the limits themselves', () => {
    assert.deepEqual(problems(240, 240), []);
    assert.deepEqual(problems(7680, 5000, 10_000_000), []);
    assert.deepEqual(problems(1000, 400), []);
  });

  it('names sides out of range with all numbers, and what may mend them', () => {
    const [problem, ...others] = problems(200, 300);
    assert.deepEqual(others, []);
    assert.equal(problem?.code, 'invalid_parameters');
    assert.equal(problem?.subtype, 'image_dimension');
    assert.deepEqual(problem?.details, {
      min_side: 240,
      max_side: 7680,
      actual_width: 200,
      actual_height: 300,
    });
    assert.deepEqual(problem?.mendableBy, ['resize']);
    assert.equal(
      problem?.because,
      'image_urls[0] is 200x300 pixels; each side must be between 240 and 7680 pixels.',
    );
  });

  it('names bytes, pixels and ratio, all at once', () => {
    const all = problems(7680, 7000, 10_000_001);
    assert.deepEqual(
      all.map((problem) => [problem.subtype, problem.details]),
      [
        ['file_too_large', { max_bytes: 10_000_000, actual_bytes: 10_000_001 }],
        [
          'image_dimension',
          { max_pixels: 40_000_000, actual_pixels: 53_760_000, actual_width: 7680, actual_height: 7000 },
        ],
      ],
    );
    const [wide] = problems(3000, 1000);
    assert.equal(wide?.details.actual_ratio, 3);
    assert.deepEqual(wide?.mendableBy, ['crop', 'pad']);
    assert.match(wide?.remedy ?? '', /^Crop or pad the image to a ratio /);
    assert.match(all[1]?.remedy ?? '', /width times height may be 40000000 at most/);
  });

  it('measures seconds to a tenth, and offers no repair', () => {
    const seconds = { max: 1, formats: ['mp4'], minSeconds: 1, maxSeconds: 30 };
    const of = (value: number) => brokenLimits(video(value), { ...subject, param: 'video_urls[0]' }, seconds);
    assert.deepEqual(of(30.04), []);
    assert.deepEqual(of(1), []);
    assert.equal(of(30.06)[0]?.subtype, 'video_duration');
    assert.deepEqual(of(45.5)[0]?.details, { min_seconds: 1, max_seconds: 30, actual_seconds: 45.5 });
    assert.equal(of(45.5)[0]?.remedy, 'Send a file that lasts between 1 and 30 s.');
  });

  it('says why something cannot be used at all', () => {
    const verdict = (inspection: Inspection) => {
      const judged = usableAs(inspection, subject, limits);
      return 'code' in judged ? `${judged.code}/${judged.subtype}` : 'usable';
    };
    assert.equal(verdict(image(500, 500)), 'usable');
    assert.equal(verdict(image(500, 500, 'heic')), 'image_processing_error/unsupported_format');
    assert.equal(verdict(image(500, 500, 'avif')), 'image_processing_error/unsupported_format');
    assert.equal(verdict(image(500, 500, 'gif')), 'invalid_parameters/unsupported_format');
    assert.equal(verdict({ kind: 'unsupported', format: 'svg' }), 'invalid_parameters/unsupported_format');
    assert.equal(verdict(video(5)), 'invalid_parameters/unsupported_format');
    assert.equal(
      verdict({ kind: 'corrupt', format: 'png', why: 'is damaged' }),
      'image_processing_error/corrupted',
    );
    assert.equal(
      verdict({ kind: 'not_media', what: 'empty', label: 'an empty file' }),
      'image_processing_error/corrupted',
    );
    assert.equal(
      verdict({ kind: 'not_media', what: 'text', label: 'plain text' }),
      'invalid_parameters/unsupported_format',
    );
    const bomb = {
      kind: 'too_large',
      format: 'png',
      maxPixels: 50_000_000,
      width: 30_000,
      height: 30_000,
    } as const;
    assert.equal(verdict(bomb), 'invalid_parameters/image_dimension');
    const judged = usableAs(bomb, subject, limits);
    assert.equal('code' in judged && judged.remedy, 'Send the image with at most 50 megapixels.');
  });

  it('takes HEIC and other spellings where the model does', () => {
    const takes = { ...limits, formats: ['jpg', 'HEIC'] };
    assert.ok(!('code' in usableAs(image(500, 500, 'heic'), subject, takes)));
    assert.ok(!('code' in usableAs(image(500, 500), subject, takes)));
  });

  it('takes a conversion for a way out with pictures only', () => {
    const ways = (inspection: Inspection) => {
      const judged = usableAs(inspection, subject, limits);
      return 'code' in judged ? judged.mendableBy : null;
    };
    assert.deepEqual(ways(image(500, 500, 'heic')), ['convert']);
    assert.deepEqual(ways(image(500, 500, 'tiff')), ['convert']);
    assert.deepEqual(ways(video(5)), []);
    assert.deepEqual(ways({ kind: 'unsupported', format: 'svg' }), []);
  });

  it('takes an animation only where the model takes GIF', () => {
    const moving = { ...image(500, 500, 'webp'), frames: 8 };
    const judged = usableAs(moving, subject, limits);
    assert.ok('code' in judged && judged.subtype === 'unsupported_format');
    assert.deepEqual([judged.details.actual_frames, judged.mendableBy], [8, ['convert']]);
    assert.equal(usableAs(moving, subject, { ...limits, formats: ['webp', 'gif'] }), moving);
  });
});
