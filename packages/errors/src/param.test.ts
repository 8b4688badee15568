import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify } from './classify.ts';
import { OWN_PARAMS } from './param.ts';
import { toClient } from './to-client.ts';

const paramIn = (body: unknown): string | null => {
  const verdict = classify({ provider: 'nobody', phase: 'submit', status: 400, headers: {}, body });
  assert.equal(verdict.code, 'invalid_parameters', JSON.stringify(body));
  return verdict.param;
};
const named = (param: string) =>
  paramIn({ error: { code: 'invalid_parameter', message: 'Not valid.', param } });

test('the names of the wire are kept as they are, in fields, paths and words, and reach the client', () => {
  for (const name of OWN_PARAMS) {
    assert.equal(named(name), name);
    assert.equal(paramIn({ detail: [{ loc: ['body', 'input', name], msg: 'Input should be valid' }] }), name);
    assert.equal(paramIn({ error: `invalid parameter: '${name}' has a wrong value` }), name);
    const evidence = { provider: 'nobody', phase: 'submit', status: 400, headers: {} } as const;
    const body = { error: { code: 'invalid_parameter', message: 'Not valid.', param: name } };
    assert.equal(toClient(classify({ ...evidence, body })).param, name);
  }
  assert.equal(named('image_urls[1]'), 'image_urls[1]');
});

test("a provider's name becomes ours where many use it, settings before the media they are about", () => {
  for (const [theirs, ours] of [
    ['input_image_2', 'image_urls[1]'],
    ['last_frame_image', 'image_urls[1]'],
    ['promptImage', 'image_urls[0]'],
    ['video_url', 'video_urls[0]'],
    ['reference_audio', 'audio_urls[0]'],
    ['generateAudio', 'generate_audio'],
    ['enable_audio', 'generate_audio'],
    ['image_size', 'size'],
    ['width', 'size'],
    ['num_images', 'n'],
    ['video_duration', 'duration'],
    ['aspectRatio', 'aspect_ratio'],
    ['negativePrompt', 'negative_prompt'],
    ['model_name', 'model'],
    ['frames_per_second', 'frames_per_second'],
  ] as const) {
    assert.equal(named(theirs), ours, theirs);
  }
});
