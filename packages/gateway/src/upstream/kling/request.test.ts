import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SubmitJob } from '../adapter.ts';
import { inputFor, jobFor } from '../trial.ts';
import { picturesIn, requestFor } from './request.ts';

const pictures = (count: number) => Array.from({ length: count }, (_, at) => inputFor('image_urls', at));

function sent(job: SubmitJob) {
  const request = requestFor(job);
  if (request.kind === 'none') throw new assert.AssertionError({ message: request.message });
  const files = job.inputs.map((input) => ({ input, bytes: Uint8Array.of(1, 2, 3) }));
  return { path: request.path, body: { ...picturesIn(request.path, files), ...request.body } };
}

function refused(job: SubmitJob): string {
  const request = requestFor(job);
  assert.equal(request.kind, 'none');
  return request.kind === 'none' ? request.param : '';
}

test('words become a clip: seconds as text, quality as mode, sound as a switch', () => {
  const params = {
    duration: 5,
    aspect_ratio: '9:16',
    quality: '720p',
    generate_audio: true,
    seed: 7,
    cfg_scale: 0.5,
  };
  assert.deepEqual(sent(jobFor('kling-v2-6', { ...params, negative_prompt: 'fog' })), {
    path: 'videos/text2video',
    body: {
      model_name: 'kling-v2-6',
      prompt: 'a quiet harbour',
      negative_prompt: 'fog',
      duration: '5',
      aspect_ratio: '9:16',
      mode: 'std',
      sound: 'on',
      cfg_scale: 0.5,
      external_task_id: 'task-unified-1-abcdefghijkl-1',
    },
  });
});

test('more than two pictures are what the clip is made after', () => {
  const { path, body } = sent(jobFor('kling-v1-6', { aspect_ratio: '1:1' }, { inputs: pictures(3) }));
  assert.equal(path, 'videos/multi-image2video');
  assert.deepEqual(body.image_list, [{ image: 'AQID' }, { image: 'AQID' }, { image: 'AQID' }]);
  assert.equal(body.aspect_ratio, '1:1');
});

test('omni models take everything in one place, and always a ratio without a frame', () => {
  const words = sent(jobFor('kling-video-o1'));
  assert.equal(words.path, 'videos/omni-video');
  assert.equal(words.body.aspect_ratio, '16:9');
  const framed = sent(jobFor('kling-v3-omni', {}, { inputs: pictures(2) }));
  assert.deepEqual(framed.body.image_list, [
    { image_url: 'AQID', type: 'first_frame' },
    { image_url: 'AQID', type: 'end_frame' },
  ]);
  assert.equal(framed.body.aspect_ratio, undefined);
  const after = sent(jobFor('kling-v3-omni', {}, { inputs: pictures(3) }));
  assert.deepEqual(after.body.image_list, [
    { image_url: 'AQID' },
    { image_url: 'AQID' },
    { image_url: 'AQID' },
  ]);
});

test('images: size is a ratio, resolution in lower case, several at once', () => {
  const plain = sent(
    jobFor('kling-v2-1', { size: '3:2', resolution: '2K', n: 4 }, { type: 'image', inputs: pictures(1) }),
  );
  assert.equal(plain.path, 'images/generations');
  assert.deepEqual(plain.body, {
    image: 'AQID',
    model_name: 'kling-v2-1',
    prompt: 'a quiet harbour',
    n: 4,
    aspect_ratio: '3:2',
    resolution: '2k',
    external_task_id: 'task-unified-1-abcdefghijkl-1',
  });
  const omni = sent(jobFor('kling-image-o1', { size: 'auto' }, { type: 'image', inputs: pictures(2) }));
  assert.equal(omni.path, 'images/omni-image');
  assert.deepEqual(omni.body.image_list, [{ image: 'AQID' }, { image: 'AQID' }]);
  assert.equal(omni.body.aspect_ratio, undefined);
});

test('what Kling has nothing for is refused by our name of it', () => {
  const image = (params: Record<string, string>, count = 0) =>
    jobFor('kling-v2-1', params, { type: 'image', inputs: pictures(count) });
  assert.equal(refused(jobFor('kling-v2-1', { quality: '480p' })), 'quality');
  assert.equal(refused(jobFor('kling-v2-1', { aspect_ratio: '21:9' })), 'aspect_ratio');
  assert.equal(refused(jobFor('kling-v2-1', { aspect_ratio: '1280x720' })), 'aspect_ratio');
  assert.equal(refused(jobFor('kling-v2-1', { aspect_ratio: 'adaptive' })), 'aspect_ratio');
  assert.equal(
    refused(jobFor('kling-v1-6', { generate_audio: true }, { inputs: pictures(3) })),
    'generate_audio',
  );
  assert.equal(refused(jobFor('kling-video-o1', { negative_prompt: 'fog' })), 'negative_prompt');
  assert.equal(refused(jobFor('kling-v1-6', {}, { inputs: pictures(5) })), 'image_urls[4]');
  assert.equal(refused(jobFor('kling-v2-1', {}, { inputs: [inputFor('video_urls')] })), 'video_urls');
  assert.equal(refused(image({ size: '1024x1024' })), 'size');
  assert.equal(refused(image({ output_format: 'webp' })), 'output_format');
  assert.equal(refused(image({ quality: 'high' })), 'quality');
  assert.equal(refused(image({ negative_prompt: 'fog' }, 1)), 'negative_prompt');
  assert.equal(refused(image({}, 2)), 'image_urls[1]');
  assert.equal(refused(jobFor('kling-v2-1', {}, { type: 'audio' })), 'model');
});

test("the route's mapping has the last word, but never over the key that a job is found by", () => {
  const mapping = {
    rename: { negative_prompt: null },
    values: { quality: { '480p': 'std' } },
    fixed: { mode: 'pro', external_task_id: 'mine' },
  };
  const { body } = sent(jobFor('kling-video-o1', { negative_prompt: 'fog', quality: '480p' }, { mapping }));
  assert.equal(body.mode, 'pro');
  assert.equal(body.quality, 'std');
  assert.equal(body.negative_prompt, undefined);
  assert.equal(body.external_task_id, 'task-unified-1-abcdefghijkl-1');
});
