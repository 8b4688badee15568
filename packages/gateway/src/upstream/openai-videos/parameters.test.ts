import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../json.ts';
import type { InputMedia } from '../adapter.ts';
import { inputFor, jobFor } from '../trial.ts';
import { fieldsOf } from './parameters.ts';

function sizeFor(model: string, params: JsonObject, inputs: readonly InputMedia[] = []): unknown {
  const made = fieldsOf(jobFor(model, params, { inputs }));
  return made.kind === 'fields' ? made.fields.size : `refused: ${made.why.param}`;
}

const tall = [inputFor('image_urls', 0, { width: 900, height: 1600 })];
const square = [inputFor('image_urls', 0, { width: 800, height: 800 })];

const SIZES: readonly (readonly [string, JsonObject, readonly InputMedia[], unknown])[] = [
  ['sora-2', {}, [], undefined],
  ['sora-2', { aspect_ratio: 'adaptive' }, [], undefined],
  ['sora-2', { aspect_ratio: '16:9' }, [], '1280x720'],
  ['sora-2', { aspect_ratio: '9:16', quality: '720p' }, [], '720x1280'],
  ['sora-2', { quality: '720p' }, [], '1280x720'],
  ['sora-2', { aspect_ratio: '720x1280' }, [], '720x1280'],
  ['sora-2', {}, tall, '720x1280'],
  ['sora-2', { aspect_ratio: 'adaptive' }, tall, '720x1280'],
  ['sora-2', { aspect_ratio: '1:1' }, [], 'refused: aspect_ratio'],
  ['sora-2', { aspect_ratio: '1024x1024' }, [], 'refused: aspect_ratio'],
  ['sora-2', { aspect_ratio: 'wide' }, [], 'refused: aspect_ratio'],
  ['sora-2', { quality: '1080p' }, [], 'refused: quality'],
  ['sora-2', { quality: 'best' }, [], 'refused: quality'],
  ['sora-2-pro', { aspect_ratio: '9:16', quality: '1080p' }, [], '1080x1920'],
  ['sora-2-pro', { aspect_ratio: '1792x1024' }, [], '1792x1024'],
  ['a-copy', { aspect_ratio: '16:9', quality: '480p' }, [], '854x480'],
  ['a-copy', { aspect_ratio: '21:9', quality: '1080p' }, [], '2520x1080'],
  ['a-copy', { aspect_ratio: '9:16', quality: '4K' }, [], '2160x3840'],
  ['a-copy', { aspect_ratio: '640x360' }, [], '640x360'],
  ['a-copy', { quality: '480p' }, square, '480x480'],
];

for (const [model, params, inputs, expected] of SIZES) {
  const shape = inputs.map(({ width, height }) => ` from ${width}x${height}`).join('');
  test(`${model} makes ${JSON.stringify(params)}${shape} ${expected}`, () => {
    assert.equal(sizeFor(model, params, inputs), expected);
  });
}

test('seconds are a text, and a seed is left out', () => {
  const made = fieldsOf(jobFor('sora-2', { duration: 8, seed: 7, generate_audio: true }));
  assert.deepEqual(made.kind === 'fields' && made.fields, {
    model: 'sora-2',
    prompt: 'a quiet harbour',
    seconds: '8',
  });
});

test('what the dialect cannot say is refused, with the parameter at fault', () => {
  const refusedParam = (params: JsonObject, inputs: readonly InputMedia[] = [], model = 'sora-2') => {
    const made = fieldsOf(jobFor(model, params, { inputs }));
    return made.kind === 'refused' ? made.why.param : null;
  };
  assert.equal(refusedParam({ duration: 5 }), 'duration');
  assert.equal(refusedParam({ duration: 5 }, [], 'a-copy'), null);
  assert.equal(refusedParam({ generate_audio: false }), 'generate_audio');
  assert.equal(refusedParam({ negative_prompt: 'rain' }), 'negative_prompt');
  assert.equal(refusedParam({}, [inputFor('image_urls'), inputFor('image_urls', 1)]), 'image_urls[1]');
  assert.equal(refusedParam({}, [inputFor('video_urls')]), 'video_urls');
});

test('what the route maps is neither translated nor refused', () => {
  const params = { aspect_ratio: '1:1', negative_prompt: 'rain', duration: 5 };
  const mapping = {
    rename: { aspect_ratio: 'ratio', negative_prompt: 'negative_prompt' },
    asText: ['duration'],
  };
  const made = fieldsOf(jobFor('sora-2', params, { mapping }));
  assert.deepEqual(made.kind === 'fields' && made.fields, {
    model: 'sora-2',
    prompt: 'a quiet harbour',
    ratio: '1:1',
    negative_prompt: 'rain',
    duration: '5',
  });
});
