import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SubmitJob } from '../adapter.ts';
import { inputFor, jobFor } from '../trial.ts';
import { requestFor } from './request.ts';

const pictures = (count: number) => Array.from({ length: count }, (_, at) => inputFor('image_urls', at));
const DATA = 'data:image/png;base64,AQID';

function sent(job: SubmitJob) {
  const request = requestFor(job);
  if (request.kind === 'none') throw new assert.AssertionError({ message: request.message });
  const files = job.inputs.map((input) => ({ input, bytes: Uint8Array.of(1, 2, 3) }));
  return { ...request.media(files), ...request.body };
}

function refused(job: SubmitJob): string {
  const request = requestFor(job);
  assert.equal(request.kind, 'none');
  return request.kind === 'none' ? request.param : '';
}

test('Hailuo: quality becomes its resolution, frames go first and last, a shape is not sent', () => {
  const params = { duration: 6, quality: '720p', aspect_ratio: '9:16', seed: 7, prompt_optimizer: false };
  assert.deepEqual(sent(jobFor('MiniMax-Hailuo-02', params, { inputs: pictures(2) })), {
    model: 'MiniMax-Hailuo-02',
    prompt: 'a quiet harbour',
    duration: 6,
    resolution: '768P',
    prompt_optimizer: false,
    first_frame_image: DATA,
    last_frame_image: DATA,
  });
});

test('S2V-01 is given the person it shows', () => {
  assert.deepEqual(sent(jobFor('S2V-01', {}, { inputs: pictures(1) })), {
    model: 'S2V-01',
    prompt: 'a quiet harbour',
    subject_reference: [{ type: 'character', image: [DATA] }],
  });
});

test('images: a ratio in 1K, pixels for more, a person as reference, the seed kept', () => {
  const image = (params: Record<string, string | number>) =>
    sent(jobFor('image-01', params, { type: 'image' }));
  const base = { model: 'image-01', prompt: 'a quiet harbour', response_format: 'url' };
  assert.deepEqual(image({}), base);
  assert.deepEqual(image({ size: '3:2', n: 3, seed: 7 }), { ...base, aspect_ratio: '3:2', n: 3, seed: 7 });
  assert.deepEqual(image({ size: '16:9', resolution: '2K' }), { ...base, width: 2048, height: 1152 });
  assert.deepEqual(image({ size: '1024x768' }), { ...base, width: 1024, height: 768 });
  const person = sent(jobFor('image-01', {}, { type: 'image', inputs: pictures(1) }));
  assert.deepEqual(person.subject_reference, [{ type: 'character', image_file: DATA }]);
});

test('H3: words get a ratio, one or two pictures are frames, three are references', () => {
  const words = sent(jobFor('MiniMax-H3', { aspect_ratio: '9:16' }));
  assert.deepEqual(words, {
    model: 'MiniMax-H3',
    content: [{ type: 'text', text: 'a quiet harbour' }],
    ratio: '9:16',
    resolution: '2K',
  });
  const roles = (count: number) => {
    const { content, ratio } = sent(jobFor('MiniMax-H3', {}, { inputs: pictures(count) }));
    assert.equal(ratio, undefined);
    return Array.isArray(content)
      ? content.slice(1).map((item) => JSON.stringify(item).match(/"role":"(\w+)"/)?.[1])
      : [];
  };
  assert.deepEqual(roles(2), ['first_frame', 'last_frame']);
  assert.deepEqual(roles(3), Array(3).fill('reference_image'));
});

test('what MiniMax has nothing for is refused by our name of it', () => {
  const clip = (params: Record<string, string | number | boolean>, count = 0) =>
    jobFor('MiniMax-Hailuo-02', params, { inputs: pictures(count) });
  assert.equal(refused(clip({ quality: '4k' })), 'quality');
  assert.equal(refused(clip({ quality: '480p' })), 'quality');
  assert.equal(refused(clip({ quality: '1080p', duration: 10 })), 'duration');
  assert.equal(refused(clip({ aspect_ratio: '9:16' })), 'aspect_ratio');
  assert.equal(refused(clip({ generate_audio: true })), 'generate_audio');
  assert.equal(refused(clip({ negative_prompt: 'fog' })), 'negative_prompt');
  assert.equal(refused(clip({}, 3)), 'image_urls[2]');
  assert.equal(refused(jobFor('MiniMax-Hailuo-2.3', {}, { inputs: pictures(2) })), 'image_urls[1]');
  assert.equal(refused(jobFor('MiniMax-Hailuo-2.3-Fast')), 'image_urls');
  assert.equal(refused(jobFor('S2V-01')), 'image_urls');
  const image = (params: Record<string, string>) => jobFor('image-01', params, { type: 'image' });
  assert.equal(refused(image({ size: '500x500' })), 'size');
  assert.equal(refused(image({ size: '5:1' })), 'size');
  assert.equal(refused(image({ resolution: '4K' })), 'resolution');
  assert.equal(refused(image({ output_format: 'png' })), 'output_format');
  assert.equal(refused(jobFor('MiniMax-H3', { prompt: ' ' })), 'prompt');
  assert.equal(refused(jobFor('MiniMax-H3', { generate_audio: false })), 'generate_audio');
  assert.equal(refused(jobFor('MiniMax-H3', { quality: '1080p' })), 'quality');
  assert.equal(refused(jobFor('MiniMax-H3', { aspect_ratio: 'adaptive' })), 'aspect_ratio');
  assert.equal(refused(jobFor('MiniMax-H3', {}, { inputs: [inputFor('audio_urls')] })), 'audio_urls');
  assert.equal(refused(jobFor('MiniMax-H3', {}, { inputs: pictures(10) })), 'image_urls[9]');
  const heavy = [inputFor('image_urls'), inputFor('video_urls', 0, { bytes: 47_000_000 })];
  assert.equal(refused(jobFor('MiniMax-H3', {}, { inputs: heavy })), 'video_urls[0]');
  assert.equal(refused(jobFor('speech-02', {}, { type: 'audio' })), 'model');
});

test("the route's mapping has the last word", () => {
  const mapping = { rename: { quality: 'resolution' }, fixed: { prompt_optimizer: true } };
  assert.deepEqual(sent(jobFor('MiniMax-Hailuo-02', { quality: '768P' }, { mapping })), {
    model: 'MiniMax-Hailuo-02',
    prompt: 'a quiet harbour',
    resolution: '768P',
    prompt_optimizer: true,
  });
});

test('whatever size is asked of an image, its sides are such as MiniMax takes', () => {
  const sizes = fc.oneof(
    fc.tuple(fc.nat(3000), fc.nat(3000)).map(([width, height]) => `${width}x${height}`),
    fc.tuple(fc.nat(30), fc.nat(30)).map(([width, height]) => `${width}:${height}`),
  );
  fc.assert(
    fc.property(sizes, fc.constantFrom('1K', '2K', '4K'), (size, resolution) => {
      const request = requestFor(jobFor('image-01', { size, resolution }, { type: 'image' }));
      if (request.kind === 'none') return;
      const { width, height, aspect_ratio } = request.body;
      if (aspect_ratio !== undefined) return assert.equal(width, undefined);
      for (const side of [width, height])
        assert.ok(Number(side) >= 512 && Number(side) <= 2048 && Number(side) % 8 === 0);
    }),
  );
});
