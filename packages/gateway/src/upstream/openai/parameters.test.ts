import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../json.ts';
import { inputFor, jobFor } from '../trial.ts';
import { FREE_SIZE } from './families.ts';
import { fieldsOf } from './parameters.ts';

function sizeFor(model: string, params: JsonObject): unknown {
  const made = fieldsOf(jobFor(model, params, { type: 'image' }));
  return made.kind === 'fields' ? made.fields.size : `refused: ${made.why.param}`;
}

function refusedParam(model: string, params: JsonObject, inputs = [inputFor('image_urls')]): string | null {
  const made = fieldsOf(jobFor(model, params, { type: 'image', inputs }));
  return made.kind === 'refused' ? made.why.param : null;
}

const SIZES: readonly (readonly [string, JsonObject, unknown])[] = [
  ['gpt-image-1.5', {}, undefined],
  ['gpt-image-1.5', { size: '3:2' }, '1536x1024'],
  ['gpt-image-1.5', { size: '2:3' }, '1024x1536'],
  ['gpt-image-1.5', { size: '1024x1024', resolution: '2K' }, '1024x1024'],
  ['gpt-image-1.5', { size: '16:9' }, 'refused: size'],
  ['gpt-image-1.5', { size: '1:1', resolution: '2K' }, 'refused: resolution'],
  ['gpt-image-1.5', { size: '1000x1000' }, 'refused: size'],
  ['gpt-image-2', { size: 'auto' }, 'auto'],
  ['gpt-image-2', { size: '16:9' }, '1360x768'],
  ['gpt-image-2', { size: '16:9', resolution: '4k' }, '3840x2160'],
  ['gpt-image-2', { size: '9:16', resolution: '4K' }, '2160x3840'],
  ['gpt-image-2', { size: '1:1', resolution: '2K' }, '2048x2048'],
  ['gpt-image-2', { size: '1536x864' }, '1536x864'],
  ['gpt-image-2', { size: '1537x864' }, 'refused: size'],
  ['gpt-image-2', { size: '512x512' }, 'refused: size'],
  ['gpt-image-2', { size: '4:1' }, 'refused: size'],
  ['gpt-image-2', { size: 'wide' }, 'refused: size'],
  ['gpt-image-2', { size: '1:1', resolution: '8K' }, 'refused: resolution'],
  ['gpt-image-2', { resolution: '2K' }, 'refused: resolution'],
  ['dall-e-3', { size: '16:9' }, '1792x1024'],
  ['my-deployment', { size: '500x500' }, '500x500'],
];

for (const [model, params, expected] of SIZES) {
  test(`${model} makes ${JSON.stringify(params)} ${expected}`, () => {
    assert.equal(sizeFor(model, params), expected);
  });
}

test('any ratio between 1:3 and 3:1 becomes a size that the model takes, close to that ratio', () => {
  const side = fc.integer({ min: 1, max: 60 });
  const resolution = fc.constantFrom('1K', '2K', '4K');
  fc.assert(
    fc.property(side, side, resolution, (width, height, resolution) => {
      fc.pre(Math.max(width, height) <= FREE_SIZE.steepest * Math.min(width, height));
      const size = String(sizeFor('gpt-image-2', { size: `${width}:${height}`, resolution }));
      const [w = 0, h = 0] = size.split('x').map(Number);
      assert.ok(w % FREE_SIZE.step === 0 && h % FREE_SIZE.step === 0, size);
      assert.ok(Math.max(w, h) <= FREE_SIZE.longestSide, size);
      assert.ok(Math.max(w, h) <= FREE_SIZE.steepest * Math.min(w, h), size);
      assert.ok(w * h >= FREE_SIZE.fewestPixels && w * h <= FREE_SIZE.mostPixels, size);
      assert.ok(Math.abs(Math.log((w * height) / (h * width))) < 0.04, `${size} for ${width}:${height}`);
    }),
  );
});

test('choices outside the family are refused, with the parameter at fault', () => {
  assert.equal(refusedParam('gpt-image-2', { quality: 'max' }), 'quality');
  assert.equal(refusedParam('gpt-image-2.5-flare', { quality: 'max' }), null);
  assert.equal(refusedParam('gpt-image-2', { output_format: 'gif' }), 'output_format');
  assert.equal(refusedParam('gpt-image-2', { output_format: 'jpg' }), null);
  assert.equal(refusedParam('gpt-image-2', { n: 11 }), 'n');
  assert.equal(refusedParam('dall-e-3', { n: 2 }), 'n');
  assert.equal(refusedParam('gpt-image-2', { negative_prompt: 'rain' }), 'negative_prompt');
  assert.equal(refusedParam('a-copy', { quality: 'ultra', output_format: 'tiff' }), null);
});

test('inputs that an edit cannot take are refused', () => {
  const picture = inputFor('image_urls');
  const many = Array.from({ length: 17 }, (_, index) => inputFor('image_urls', index));
  assert.equal(refusedParam('gpt-image-2', {}, many), 'image_urls[16]');
  assert.equal(refusedParam('gpt-image-2', {}, [inputFor('video_urls')]), 'video_urls');
  assert.equal(refusedParam('gpt-image-2', {}, [inputFor('mask_url')]), 'mask_url');
  assert.equal(refusedParam('gpt-image-2', {}, [picture, inputFor('mask_url', 0, { width: 8 })]), 'mask_url');
  const jpeg = inputFor('mask_url', 0, { mimeType: 'image/jpeg' });
  assert.equal(refusedParam('gpt-image-2', {}, [picture, jpeg]), 'mask_url');
  assert.equal(refusedParam('gpt-image-2', {}, [picture, inputFor('mask_url')]), null);
});

test('what the route maps is neither translated nor refused', () => {
  const params = { size: '16:9', resolution: '2K', negative_prompt: 'rain', background: 'opaque' };
  const mapping = {
    values: { size: { '16:9': 'landscape' } },
    rename: { negative_prompt: 'avoid' },
    fixed: { moderation: 'low' },
  };
  const made = fieldsOf(jobFor('gpt-image-1.5', params, { type: 'image', mapping }));
  assert.deepEqual(made.kind === 'fields' && made.fields, {
    model: 'gpt-image-1.5',
    prompt: 'a quiet harbour',
    background: 'opaque',
    moderation: 'low',
    size: 'landscape',
    avoid: 'rain',
  });
});

test('older models are asked for bytes, and a seed is left out', () => {
  const made = fieldsOf(jobFor('dall-e-3', { seed: 7, quality: 'hd' }, { type: 'image' }));
  assert.deepEqual(made.kind === 'fields' && made.fields, {
    model: 'dall-e-3',
    prompt: 'a quiet harbour',
    response_format: 'b64_json',
    quality: 'hd',
  });
});
