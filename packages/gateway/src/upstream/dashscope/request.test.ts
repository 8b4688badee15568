/** What exactly DashScope is sent, and what is refused before it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../json.ts';
import type { InputMedia, SubmitJob } from '../adapter.ts';
import { clipRequest } from './clip.ts';
import { pictureRequest } from './picture.ts';
import type { DashScopeRequest } from './request.ts';

function job(
  type: 'image' | 'video',
  upstreamModel: string,
  params: JsonObject,
  inputs: InputMedia[] = [],
): SubmitJob {
  return { taskId: 'task', attempt: 1, idempotencyKey: 'key-1', type, upstreamModel, params, inputs };
}

function input(param: InputMedia['param'], index = 0, width = 1280, height = 720): InputMedia {
  const kind = param === 'audio_urls' ? 'audio' : param === 'video_urls' ? 'video' : 'image';
  const facts = { bytes: 3, sha256: '', width, height, seconds: null };
  return { param, index, kind, mimeType: `${kind}/x`, ...facts, read: async () => new Uint8Array([1]) };
}

const clip = (model: string, params: JsonObject = {}, inputs: InputMedia[] = []) =>
  clipRequest(job('video', model, { prompt: 'a harbour', ...params }, inputs));

const picture = (model: string, params: JsonObject = {}, inputs: InputMedia[] = []) =>
  pictureRequest(job('image', model, { prompt: 'a harbour', ...params }, inputs));

/** Path and body, with `url-0`, `url-1` ... for the inputs. */
function sent(request: DashScopeRequest): JsonObject {
  if (request.kind === 'none') throw new assert.AssertionError({ message: request.message });
  const { path } = request;
  const { model: _model, ...body } = request.body(request.inputs.map((_, at) => `url-${at}`));
  return { path: path.replace('/services/aigc/', ''), ...body };
}

function parameter(request: DashScopeRequest, name: string): unknown {
  const { parameters } = sent(request);
  const isFields = typeof parameters === 'object' && parameters !== null && !Array.isArray(parameters);
  return isFields ? parameters[name] : undefined;
}

function refusedParam(request: DashScopeRequest): string | null {
  return request.kind === 'none' ? request.param : null;
}

const FRAME = input('image_urls');
const FRAMES = [FRAME, input('image_urls', 1)];

test('a clip from words: pixels until 2.6, quality and ratio since', () => {
  const asked = { aspect_ratio: '9:16', quality: '720p', duration: 5, seed: 3, negative_prompt: 'rain' };
  const common = {
    input: { prompt: 'a harbour', negative_prompt: 'rain' },
    path: 'video-generation/video-synthesis',
  };
  assert.deepEqual(sent(clip('wan2.5-t2v-preview', asked)), {
    ...common,
    parameters: { size: '720*1280', duration: 5, seed: 3 },
  });
  assert.deepEqual(sent(clip('wan2.7-t2v-2026-06-12', asked)), {
    ...common,
    parameters: { resolution: '720P', ratio: '9:16', duration: 5, seed: 3 },
  });
  assert.deepEqual(sent(clip('wan2.5-t2v-preview', { quality: '1080p' })).parameters, { size: '1920*1080' });
  assert.deepEqual(sent(clip('wan2.5-t2v-preview', { aspect_ratio: '832x480' })).parameters, {
    size: '832*480',
  });
  assert.deepEqual(sent(clip('wan2.7-t2v', { aspect_ratio: '1920x1080' })).parameters, {
    resolution: '1080P',
    ratio: '16:9',
  });
  assert.deepEqual(sent(clip('wan2.7-t2v', { aspect_ratio: 'adaptive' })).parameters, {});
});

test('a clip from pictures, as each generation wants them', () => {
  const inputOf = (request: DashScopeRequest) => {
    const { input, path } = sent(request);
    return { path, input };
  };
  assert.deepEqual(inputOf(clip('wan2.5-i2v-preview', {}, [FRAME, input('audio_urls')])), {
    path: 'video-generation/video-synthesis',
    input: { prompt: 'a harbour', img_url: 'url-0', audio_url: 'url-1' },
  });
  assert.deepEqual(inputOf(clip('wan2.2-kf2v-flash', {}, FRAMES)), {
    path: 'image2video/video-synthesis',
    input: { prompt: 'a harbour', first_frame_url: 'url-0', last_frame_url: 'url-1' },
  });
  const media = (inputs: InputMedia[], model = 'wan2.7-i2v') => {
    const found = sent(clip(model, {}, inputs)).input;
    return JSON.stringify(found)
      .match(/"type":"\w+","url":"url-\d"/g)
      ?.map((part) => part.slice(8).split('"')[0]);
  };
  assert.deepEqual(media([FRAME]), ['first_frame']);
  assert.deepEqual(media([...FRAMES, input('audio_urls')]), ['first_frame', 'last_frame', 'driving_audio']);
  assert.deepEqual(media([input('video_urls')]), ['first_clip']);
  assert.deepEqual(media([input('video_urls'), FRAME]), ['last_frame', 'first_clip']);
  assert.deepEqual(media([FRAME, input('video_urls')], 'wan2.7-r2v'), ['reference_image', 'reference_video']);
});

test('sound is said where it can be chosen, and let be where it is so anyway', () => {
  const audio = (model: string, asked: boolean, inputs: InputMedia[] = []) =>
    JSON.stringify(sent(clip(model, { generate_audio: asked }, inputs)).parameters);
  assert.equal(audio('wan2.5-t2v-preview', false), '{"audio":false}');
  assert.equal(audio('wan2.6-i2v-flash', true, [FRAME]), '{"audio":true}');
  assert.equal(audio('wan2.7-t2v', true), '{}');
  assert.equal(audio('wan2.2-t2v-plus', false), '{}');
});

test('a clip that cannot be made is refused, naming the parameter', () => {
  const cases: [string, DashScopeRequest][] = [
    ['quality', clip('wan2.7-t2v', { quality: '480p' })],
    ['quality', clip('wan2.5-t2v-preview', { quality: '4k' })],
    ['duration', clip('wan2.5-t2v-preview', { duration: 6 })],
    ['duration', clip('wan2.7-t2v', { duration: 16 })],
    ['duration', clip('wan2.2-t2v-plus', { duration: 10 })],
    ['aspect_ratio', clip('wan2.7-t2v', { aspect_ratio: '21:9' })],
    ['aspect_ratio', clip('wan2.7-t2v', { aspect_ratio: 'wide' })],
    ['aspect_ratio', clip('wan2.5-t2v-preview', { aspect_ratio: '1000x1000' })],
    ['aspect_ratio', clip('wan2.7-t2v', { aspect_ratio: '1000x1000' })],
    ['aspect_ratio', clip('wan2.7-t2v', { aspect_ratio: '1920x1080', quality: '720p' })],
    ['aspect_ratio', clip('wan2.7-i2v', { aspect_ratio: '9:16' }, [FRAME])],
    ['generate_audio', clip('wan2.7-t2v', { generate_audio: false })],
    ['generate_audio', clip('wan2.2-t2v-plus', { generate_audio: true })],
    ['image_urls', clip('wan2.7-t2v', {}, [FRAME])],
    ['image_urls', clip('wan2.7-i2v')],
    ['image_urls[1]', clip('wan2.6-i2v', {}, FRAMES)],
    ['image_urls[2]', clip('wan2.7-i2v', {}, [...FRAMES, input('image_urls', 2)])],
    ['video_urls', clip('wan2.6-i2v', {}, [FRAME, input('video_urls')])],
    ['audio_urls', clip('wan2.7-i2v', {}, [input('video_urls'), input('audio_urls')])],
    ['audio_urls', clip('wan2.2-t2v-plus', {}, [input('audio_urls')])],
    ['mask_url', clip('wan2.7-i2v', {}, [FRAME, input('mask_url')])],
  ];
  for (const [param, request] of cases) assert.equal(refusedParam(request), param);
  assert.equal(refusedParam(clip('wan2.7-i2v', { aspect_ratio: '16:9' }, [FRAME])), null);
});

test('a model that is newer than the table is asked in the newest way', () => {
  const request = clip('wan3.0-video', { duration: 30, aspect_ratio: '16:9', quality: '1080p' });
  assert.deepEqual(sent(request).parameters, { resolution: '1080P', ratio: '16:9', duration: 30 });
});

test('pictures go where their family lives', () => {
  assert.deepEqual(sent(picture('wan2.2-t2i-plus', { size: '1:1', n: 2, negative_prompt: 'rain' })), {
    path: 'text2image/image-synthesis',
    input: { prompt: 'a harbour', negative_prompt: 'rain' },
    parameters: { n: 2, size: '1024*1024' },
  });
  assert.deepEqual(sent(picture('wan2.5-i2i-preview', {}, [FRAME])), {
    path: 'image2image/image-synthesis',
    input: { prompt: 'a harbour', images: ['url-0'] },
    parameters: {},
  });
  assert.deepEqual(sent(picture('wan2.7-image', { resolution: '2K' }, [FRAME])), {
    path: 'image-generation/generation',
    input: { messages: [{ role: 'user', content: [{ image: 'url-0' }, { text: 'a harbour' }] }] },
    parameters: { size: '2K' },
  });
  assert.deepEqual(sent(picture('qwen-image-max', { size: '16:9', negative_prompt: 'rain' })), {
    path: 'multimodal-generation/generation',
    input: { messages: [{ role: 'user', content: [{ text: 'a harbour' }] }] },
    parameters: { size: '1664*928', negative_prompt: 'rain' },
  });
  assert.equal(sent(picture('qwen-image-plus')).path, 'text2image/image-synthesis');
});

test('only what answers at once is not a job', () => {
  const isJob = (request: DashScopeRequest) => request.kind === 'request' && request.isJob;
  assert.equal(isJob(picture('qwen-image-max')), false);
  assert.equal(isJob(picture('qwen-image-edit', {}, [FRAME])), false);
  for (const model of ['qwen-image', 'wan2.6-t2i', 'wan2.7-image', 'wan2.2-t2i-flash', 'something-new']) {
    assert.equal(isJob(picture(model)), true, model);
  }
});

test('a resolution without a size keeps the shape of the picture given', () => {
  const size = parameter(picture('qwen-image-edit-plus', { resolution: '1K' }, [FRAME]), 'size');
  assert.equal(size, '1360*768');
});

test('a seed of 32 bits becomes one of 31, always the same', () => {
  const seed = (asked: number) => parameter(picture('wan2.2-t2i-plus', { seed: asked }), 'seed');
  assert.equal(seed(7), 7);
  assert.equal(seed(2 ** 32 - 1), 2 ** 31 - 1);
});

test('what the mapping names is the operator’s business', () => {
  const mapping = { rename: { style: 'prompt_extend' }, fixed: { watermark: false } };
  const asked = job('video', 'wan2.7-t2v', { prompt: 'x', style: true });
  assert.deepEqual(sent(clipRequest({ ...asked, mapping })).parameters, {
    prompt_extend: true,
    watermark: false,
  });
});

test('pictures that cannot be made are refused, naming the parameter', () => {
  const cases: [string, DashScopeRequest][] = [
    ['size', picture('qwen-image-max', { size: '1024x1024' })],
    ['size', picture('qwen-image-max', { size: '2:1' })],
    ['size', picture('wan2.6-t2i', { size: '512x512' })],
    ['size', picture('wan2.2-t2i-plus', { size: '4:1' })],
    ['size', picture('qwen-image-edit', { size: '1:1' }, [FRAME])],
    ['size', picture('wan2.7-image', { size: 'big' })],
    ['size', picture('qwen-image-2.0', { size: '9999:1' })],
    ['resolution', picture('wan2.7-image', { resolution: '4K' })],
    ['resolution', picture('qwen-image', { resolution: '1K' })],
    ['resolution', picture('wan2.7-image', { resolution: '7K' })],
    ['quality', picture('wan2.7-image', { quality: 'high' })],
    ['output_format', picture('wan2.7-image', { output_format: 'webp' })],
    ['n', picture('qwen-image-max', { n: 2 })],
    ['n', picture('wan2.7-image', { n: 5 })],
    ['image_urls', picture('qwen-image-edit')],
    ['image_urls', picture('wan2.2-t2i-plus', {}, [FRAME])],
    ['image_urls[3]', picture('qwen-image-edit-plus', {}, [...FRAMES, FRAME, FRAME])],
    ['mask_url', picture('qwen-image-edit', {}, [FRAME, input('mask_url')])],
  ];
  for (const [param, request] of cases) assert.equal(refusedParam(request), param);
});

test('the pixels of a ratio are within the family’s bounds, or refused', () => {
  const side = fc.integer({ min: 1, max: 12 });
  const bounds = {
    'wan2.6-t2i': [1280, 1440],
    'wan2.5-t2i-preview': [768, 1440],
    'qwen-image-2.0': [512, 2048],
  };
  const family = fc.constantFrom(...(Object.keys(bounds) as (keyof typeof bounds)[]));
  fc.assert(
    fc.property(family, side, side, (model, wide, high) => {
      const request = picture(model, { size: `${wide}:${high}` });
      if (request.kind === 'none') return assert.equal(request.param, 'size');
      const size = parameter(request, 'size');
      const [width = 0, height = 0] = String(size).split('*').map(Number);
      const [least = 0, most = 0] = bounds[model];
      assert.ok(width * height >= least ** 2 && width * height <= most ** 2, `${model} ${size}`);
      assert.ok(Math.abs(Math.log((width * high) / (height * wide))) < 0.05, `${model} ${size}`);
    }),
  );
});
