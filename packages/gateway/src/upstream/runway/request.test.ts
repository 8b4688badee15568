import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify } from '@sluice/errors';
import fc from 'fast-check';
import type { SubmitJob } from '../adapter.ts';
import { parseFrame } from '../frame.ts';
import { inputFor, jobFor } from '../trial.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { requestFor } from './request.ts';

/** What would be sent, media as `uri-0`, `uri-1`. */
function sent(job: SubmitJob) {
  const request = requestFor(job);
  assert.equal(request.kind, 'request', 'message' in request ? request.message : '');
  if (request.kind !== 'request') return { path: '', body: {} };
  const body = { ...request.body };
  request.place(
    body,
    request.inputs.map((_, at) => `uri-${at}`),
  );
  return { path: request.path, body };
}

function refused(job: SubmitJob): string {
  const request = requestFor(job);
  assert.equal(request.kind, 'none');
  return request.kind === 'none' ? request.param : '';
}

test('words become a clip in the size of the asked shape and quality', () => {
  const { path, body } = sent(
    jobFor('seedance2', {
      aspect_ratio: '9:16',
      quality: '1080p',
      duration: 5,
      generate_audio: true,
      seed: 7,
    }),
  );
  assert.equal(path, '/v1/text_to_video');
  assert.deepEqual(body, {
    model: 'seedance2',
    promptText: 'a quiet harbour',
    duration: 5,
    audio: true,
    seed: 7,
    ratio: '1080:1920',
  });
});

test('shapes and qualities find the size that the model lists', () => {
  const ratio = (model: string, params: Record<string, string>) => sent(jobFor(model, params)).body.ratio;
  assert.equal(ratio('gen4.5', {}), '1280:720');
  assert.equal(ratio('gen4.5', { aspect_ratio: '720x1280' }), '720:1280');
  assert.equal(ratio('seedance2', { aspect_ratio: '21:9', quality: '480p' }), '992:432');
  assert.equal(ratio('seedance2', { aspect_ratio: '21:9' }), '1470:630');
  assert.equal(ratio('seedance2', { aspect_ratio: '1:1', quality: '4k' }), '3840:3840');
  assert.equal(ratio('veo3.1', { aspect_ratio: '16:9', quality: '1080p' }), '1920:1080');
  assert.equal(ratio('hailuo3', { aspect_ratio: '4:3', quality: '720p' }), '4:3');
  assert.equal(ratio('a-model-of-next-year', { aspect_ratio: '1234x567' }), '1234:567');
});

test('a picture leads to image_to_video and gives its shape; two are first and last frame', () => {
  const upright = inputFor('image_urls', 0, { width: 600, height: 800 });
  const one = sent(jobFor('gen4_turbo', { aspect_ratio: 'adaptive' }, { inputs: [upright] }));
  assert.equal(one.path, '/v1/image_to_video');
  assert.equal(one.body.promptImage, 'uri-0');
  assert.equal(one.body.ratio, '832:1104');
  const two = sent(jobFor('veo3.1', {}, { inputs: [upright, inputFor('image_urls', 1)] }));
  assert.deepEqual(two.body.promptImage, [
    { uri: 'uri-0', position: 'first' },
    { uri: 'uri-1', position: 'last' },
  ]);
});

test('a clip goes under the name its model has for it, and keeps its shape unless told', () => {
  const inputs = [inputFor('video_urls')];
  const edited = sent(jobFor('aleph2', {}, { inputs }));
  assert.equal(edited.path, '/v1/video_to_video');
  assert.deepEqual(edited.body, { model: 'aleph2', promptText: 'a quiet harbour', videoUri: 'uri-0' });
  const cut = sent(jobFor('aleph2', { aspect_ratio: '9:16' }, { inputs }));
  assert.equal(cut.body.targetAspectRatio, '9:16');
  assert.equal(sent(jobFor('seedance2', {}, { inputs })).body.promptVideo, 'uri-0');
});

test('an image is made after its references, in the resolution asked for', () => {
  const { path, body } = sent(
    jobFor(
      'gemini_image3_pro',
      { size: '16:9', resolution: '2K', n: 4 },
      { type: 'image', inputs: [inputFor('image_urls')] },
    ),
  );
  assert.equal(path, '/v1/text_to_image');
  assert.deepEqual(body, {
    model: 'gemini_image3_pro',
    promptText: 'a quiet harbour',
    outputCount: 4,
    ratio: '2752:1536',
    referenceImages: [{ uri: 'uri-0' }],
  });
});

test('a text is spoken, a description becomes a sound', () => {
  const speech = sent(jobFor('eleven_v3', { text: 'Hello', voice: 'Maya' }, { type: 'audio' }));
  assert.equal(speech.path, '/v1/text_to_speech');
  assert.deepEqual(speech.body, {
    model: 'eleven_v3',
    promptText: 'Hello',
    voice: { type: 'runway-preset', presetId: 'Maya' },
  });
  const sound = sent(jobFor('eleven_text_to_sound_v2', { duration: 3 }, { type: 'audio' }));
  assert.equal(sound.path, '/v1/sound_effect');
  assert.deepEqual(sound.body, {
    model: 'eleven_text_to_sound_v2',
    promptText: 'a quiet harbour',
    duration: 3,
  });
});

test('what a model has nothing for is refused by our name of it', () => {
  const frames = (count: number) => Array.from({ length: count }, (_, at) => inputFor('image_urls', at));
  assert.equal(refused(jobFor('gen4.5', { aspect_ratio: '21:9' })), 'aspect_ratio');
  assert.equal(refused(jobFor('gen4.5', { aspect_ratio: '1280x721' })), 'aspect_ratio');
  assert.equal(refused(jobFor('gen4.5', { aspect_ratio: 'adaptive' })), 'aspect_ratio');
  assert.equal(refused(jobFor('gen4.5', { quality: '4k' })), 'quality');
  assert.equal(refused(jobFor('hailuo3', { quality: '1080p' })), 'quality');
  assert.equal(refused(jobFor('gen4.5', { generate_audio: true })), 'generate_audio');
  assert.equal(refused(jobFor('gen4.5', { negative_prompt: 'fog' })), 'negative_prompt');
  assert.equal(refused(jobFor('gen4.5', {}, { inputs: frames(2) })), 'image_urls[1]');
  assert.equal(refused(jobFor('gen4_turbo')), 'image_urls');
  assert.equal(refused(jobFor('gen4.5', {}, { inputs: [inputFor('video_urls')] })), 'video_urls');
  assert.equal(refused(jobFor('gen4_image', { n: 2 }, { type: 'image' })), 'n');
  assert.equal(refused(jobFor('gen4_image', { quality: 'high' }, { type: 'image' })), 'quality');
  assert.equal(refused(jobFor('gen4_image', {}, { type: 'image', inputs: frames(4) })), 'image_urls[3]');
  assert.equal(
    refused(jobFor('gen4_image', {}, { type: 'image', inputs: [inputFor('mask_url')] })),
    'mask_url',
  );
  assert.equal(refused(jobFor('eleven_v3', { text: 'Hello' }, { type: 'audio' })), 'voice');
});

test('a refusal of ours is classified as one of parameters, with the parameter', () => {
  const frames = [inputFor('image_urls'), inputFor('image_urls', 1)];
  for (const job of [jobFor('gen4.5', { quality: '4k' }), jobFor('gen4.5', {}, { inputs: frames })]) {
    const request = requestFor(job);
    assert.equal(request.kind, 'none');
    if (request.kind !== 'none') continue;
    const verdict = classify(refuseUnsupported(request).evidence);
    assert.equal(verdict.code, 'invalid_parameters');
    assert.equal(verdict.param, request.param);
  }
});

test("the route's mapping has the last word, and what it names is neither translated nor refused", () => {
  const mapping = {
    rename: { quality: 'resolution', negative_prompt: null },
    values: { quality: { '720p': 'sd' } },
    fixed: { contentModeration: { publicFigureThreshold: 'low' }, ratio: '960:960' },
  };
  const job = jobFor('gen4.5', { quality: '720p', negative_prompt: 'fog', custom: 1 }, { mapping });
  assert.deepEqual(sent(job).body, {
    model: 'gen4.5',
    promptText: 'a quiet harbour',
    custom: 1,
    resolution: 'sd',
    contentModeration: { publicFigureThreshold: 'low' },
    ratio: '960:960',
  });
});

test('whatever is asked, a listed model is sent a size it lists, or nothing', () => {
  const shapes = fc.oneof(
    fc.constantFrom('16:9', '9:16', '1:1', '4:3', '21:9', 'adaptive', 'auto', 'wide'),
    fc.tuple(fc.nat(9999), fc.nat(9999)).map(([width, height]) => `${width}x${height}`),
  );
  const sides = fc.option(fc.integer({ min: 1, max: 8000 }), { nil: null });
  fc.assert(
    fc.property(
      shapes,
      fc.constantFrom('480p', '720p', '1080p', '4k'),
      sides,
      sides,
      (shape, quality, width, height) => {
        const inputs = [inputFor('image_urls', 0, { width, height })];
        const request = requestFor(jobFor('gen4.5', { aspect_ratio: shape, quality }, { inputs }));
        if (request.kind === 'none') return;
        const frame = parseFrame(request.body.ratio);
        assert.ok(frame && frame.width * frame.height <= 1584 * 672, String(request.body.ratio));
      },
    ),
  );
});
