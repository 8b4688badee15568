import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../json.ts';
import type { InputMedia } from '../adapter.ts';
import { inputFor, jobFor } from '../trial.ts';
import { clipRequest } from './clips.ts';
import { pictureRequest } from './pictures.ts';

function pictureConfig(model: string, params: JsonObject, inputs: readonly InputMedia[] = []): unknown {
  const made = pictureRequest(jobFor(model, params, { type: 'image', inputs }));
  return made.kind === 'refused' ? `refused: ${made.why.param}` : (made.config.imageConfig ?? {});
}

const PICTURES: readonly (readonly [string, JsonObject, unknown])[] = [
  ['gemini-2.5-flash-image', {}, {}],
  ['gemini-2.5-flash-image', { size: 'auto', resolution: '1K', quality: 'auto', n: 1 }, {}],
  ['gemini-2.5-flash-image', { size: '16:9' }, { aspectRatio: '16:9' }],
  ['gemini-2.5-flash-image', { resolution: '2K' }, 'refused: resolution'],
  ['gemini-2.5-flash-image', { size: '1:4' }, 'refused: size'],
  ['gemini-3-pro-image', { size: '21:9', resolution: '4k' }, { aspectRatio: '21:9', imageSize: '4K' }],
  ['gemini-3-pro-image', { size: '1:8' }, 'refused: size'],
  ['gemini-3.1-flash-image', { size: '1:8' }, { aspectRatio: '1:8' }],
  ['gemini-3.1-flash-image', { size: '1024x1024' }, 'refused: size'],
  ['gemini-3.1-flash-image', { size: 'wide' }, 'refused: size'],
  ['gemini-3.1-flash-image', { resolution: '8K' }, 'refused: resolution'],
  ['gemini-3.1-flash-image', { n: 2 }, 'refused: n'],
  ['gemini-3.1-flash-image', { quality: 'high' }, 'refused: quality'],
  ['gemini-3.1-flash-image', { output_format: 'webp' }, 'refused: output_format'],
  ['gemini-3.1-flash-image', { negative_prompt: 'rain' }, 'refused: negative_prompt'],
];

for (const [model, params, expected] of PICTURES) {
  test(`${model} takes ${JSON.stringify(params)} as ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(pictureConfig(model, params), expected);
  });
}

test('a mask is refused, and a large seed fits into a signed number', () => {
  assert.equal(pictureConfig('gemini-3-pro-image', {}, [inputFor('mask_url')]), 'refused: mask_url');
  const made = pictureRequest(jobFor('gemini-3-pro-image', { seed: 4_294_967_295 }, { type: 'image' }));
  assert.equal(made.kind === 'request' && made.config.seed, 2_147_483_647);
});

function clipParameters(model: string, params: JsonObject, inputs: readonly InputMedia[] = []): unknown {
  const made = clipRequest(jobFor(model, params, { inputs }));
  return made.kind === 'refused' ? `refused: ${made.why.param}` : made.parameters;
}

const first = inputFor('image_urls', 0, { width: 700, height: 900 });
const last = inputFor('image_urls', 1);
const VEO = 'veo-3.1-generate-preview';

const CLIPS: readonly (readonly [string, JsonObject, readonly InputMedia[], unknown])[] = [
  [VEO, {}, [], {}],
  [
    VEO,
    { aspect_ratio: '9:16', duration: 6, quality: '720p' },
    [],
    { aspectRatio: '9:16', resolution: '720p', durationSeconds: 6 },
  ],
  [
    VEO,
    { aspect_ratio: '1920x1080', duration: 8 },
    [],
    { aspectRatio: '16:9', resolution: '1080p', durationSeconds: 8 },
  ],
  [VEO, { aspect_ratio: 'adaptive', generate_audio: true, seed: 1 }, [], {}],
  [VEO, { aspect_ratio: 'adaptive' }, [first], { aspectRatio: '9:16' }],
  [VEO, { aspect_ratio: '16:9' }, [first, last], { aspectRatio: '16:9', durationSeconds: 8 }],
  [VEO, { negative_prompt: 'rain' }, [], { negativePrompt: 'rain' }],
  [VEO, { aspect_ratio: '1:1' }, [], 'refused: aspect_ratio'],
  [VEO, { aspect_ratio: '854x480' }, [], 'refused: aspect_ratio'],
  [VEO, { quality: '480p' }, [], 'refused: quality'],
  [VEO, { duration: 5 }, [], 'refused: duration'],
  [VEO, { duration: 6, quality: '1080p' }, [], 'refused: duration'],
  [VEO, { duration: 6 }, [first, last], 'refused: duration'],
  [VEO, { generate_audio: false }, [], 'refused: generate_audio'],
  [VEO, {}, [first, last, inputFor('image_urls', 2)], 'refused: image_urls[2]'],
  [VEO, {}, [inputFor('video_urls')], 'refused: video_urls'],
  ['veo-3.0-generate-001', {}, [first, last], 'refused: image_urls[1]'],
  ['veo-3.0-generate-001', { quality: '4k', duration: 8 }, [], 'refused: quality'],
  [
    'veo-2.0-generate-001',
    { duration: 5, quality: '720p', generate_audio: false },
    [],
    { durationSeconds: 5 },
  ],
  ['veo-2.0-generate-001', { generate_audio: true }, [], 'refused: generate_audio'],
];

for (const [model, params, inputs, expected] of CLIPS) {
  test(`${model} takes ${JSON.stringify(params)} and ${inputs.length} inputs as ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(clipParameters(model, params, inputs), expected);
  });
}

test('what the route maps is neither translated nor refused', () => {
  const mapping = {
    values: { aspect_ratio: { '1:1': 'square' } },
    fixed: { personGeneration: 'allow_adult' },
  };
  const made = clipRequest(jobFor(VEO, { aspect_ratio: '1:1' }, { mapping }));
  assert.deepEqual(made.kind === 'request' && made.parameters, {
    aspect_ratio: 'square',
    personGeneration: 'allow_adult',
  });
});
