/** What exactly Ark is sent, and what is refused before it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify } from '@sluice/errors';
import fc from 'fast-check';
import type { JsonObject } from '../../json.ts';
import type { InputMedia, SubmitJob } from '../adapter.ts';
import { clipRequest, seedOf } from './clip.ts';
import { pictureRequest } from './picture.ts';

const SEEDANCE = 'doubao-seedance-1-5-pro-251215';
const SEEDREAM = 'doubao-seedream-4-5-251128';

function job(
  type: 'image' | 'video',
  upstreamModel: string,
  params: JsonObject,
  inputs: InputMedia[] = [],
): SubmitJob {
  return { taskId: 'task', attempt: 1, idempotencyKey: 'key-1', type, upstreamModel, params, inputs };
}

function input(param: InputMedia['param'], index = 0): InputMedia {
  const kind = param === 'audio_urls' ? 'audio' : param === 'video_urls' ? 'video' : 'image';
  const facts = { bytes: 3, sha256: '', width: 64, height: 64, seconds: null };
  return { param, index, kind, mimeType: `${kind}/x`, ...facts, read: async () => new Uint8Array([1, 2, 3]) };
}

function body(request: ReturnType<typeof clipRequest>): JsonObject {
  assert.equal(request.kind, 'request');
  return request.kind === 'request' ? request.body(request.inputs.map((_, at) => `url-${at}`)) : {};
}

function refusedParam(request: ReturnType<typeof clipRequest>): string | null {
  return request.kind === 'none' ? request.param : null;
}

const clip = (params: JsonObject, inputs: InputMedia[] = [], model = SEEDANCE) =>
  clipRequest(job('video', model, { prompt: 'a harbour', ...params }, inputs));

const picture = (params: JsonObject, inputs: InputMedia[] = [], model = SEEDREAM) =>
  pictureRequest(job('image', model, { prompt: 'a harbour', ...params }, inputs));

test('a clip is said in fields beside its content', () => {
  const asked = { aspect_ratio: '9:16', quality: '1080p', duration: 8, generate_audio: true, seed: 7 };
  assert.deepEqual(body(clip(asked)), {
    model: SEEDANCE,
    content: [{ type: 'text', text: 'a harbour' }],
    ratio: '9:16',
    resolution: '1080p',
    duration: 8,
    generate_audio: true,
    seed: 7,
  });
});

test('one picture begins the clip, two are its first and last frame', () => {
  const roles = (inputs: InputMedia[]) => {
    const { content } = body(clip({}, inputs));
    return Array.isArray(content) ? content.slice(1) : [];
  };
  const part = (at: number, role: string) => ({ type: 'image_url', image_url: { url: `url-${at}` }, role });
  assert.deepEqual(roles([input('image_urls')]), [part(0, 'first_frame')]);
  assert.deepEqual(roles([input('image_urls'), input('image_urls', 1)]), [
    part(0, 'first_frame'),
    part(1, 'last_frame'),
  ]);
});

test('more pictures, or any beside sound, are examples', () => {
  const model = 'dreamina-seedance-2-0-260128';
  const three = [0, 1, 2].map((index) => input('image_urls', index));
  const rolesOf = (inputs: InputMedia[]) =>
    JSON.stringify(body(clip({}, inputs, model)).content).match(/"role":"\w+"/g);
  assert.deepEqual(rolesOf(three), Array(3).fill('"role":"reference_image"'));
  assert.deepEqual(rolesOf([input('image_urls'), input('audio_urls')]), [
    '"role":"reference_image"',
    '"role":"reference_audio"',
  ]);
});

test('without a seed of the client a clip gets one of its own, by which it can be found', () => {
  assert.equal(body(clip({})).seed, seedOf('key-1'));
  assert.notEqual(seedOf('key-1'), seedOf('key-2'));
  fc.assert(fc.property(fc.string(), (key) => seedOf(key) >= 0 && seedOf(key) < 2 ** 31));
});

test('what the mapping names is the operator’s business', () => {
  const mapping = { rename: { style: 'camera_fixed' }, fixed: { service_tier: 'flex' } };
  const sent = body(clipRequest({ ...job('video', SEEDANCE, { prompt: 'x', style: true }), mapping }));
  assert.equal(sent.camera_fixed, true);
  assert.equal(sent.service_tier, 'flex');
});

test('a clip that cannot be made is refused, naming the parameter', () => {
  const old = 'doubao-seedance-1-0-pro-fast-251015';
  const cases: [string, ReturnType<typeof clip>][] = [
    ['aspect_ratio', clip({ aspect_ratio: '1280x720' })],
    ['aspect_ratio', clip({ aspect_ratio: '5:4' })],
    ['quality', clip({ quality: '4k' })],
    ['duration', clip({ duration: 3 })],
    ['duration', clip({ duration: 5.5 })],
    ['duration', clip({ duration: 13 })],
    ['generate_audio', clip({ generate_audio: true }, [], old)],
    ['negative_prompt', clip({ negative_prompt: 'rain' })],
    ['video_urls', clip({}, [input('video_urls')])],
    ['audio_urls', clip({}, [input('audio_urls')])],
    ['mask_url', clip({}, [input('mask_url')])],
    ['image_urls[1]', clip({}, [input('image_urls'), input('image_urls', 1)], old)],
    [
      'image_urls[2]',
      clip(
        {},
        [0, 1, 2].map((index) => input('image_urls', index)),
      ),
    ],
  ];
  for (const [param, request] of cases) assert.equal(refusedParam(request), param);
  assert.equal(body(clip({ generate_audio: false }, [], old)).generate_audio, undefined);
});

test('a model that is not in the table is sent what was asked', () => {
  const sent = body(clip({ quality: '8k', duration: 99, generate_audio: true }, [], 'ep-20260101-abcde'));
  assert.deepEqual([sent.resolution, sent.duration, sent.generate_audio], ['8k', 99, true]);
});

test('options written into the prompt are refused wherever they stand', () => {
  const option = fc.constantFrom(
    'dur',
    'duration',
    'ratio',
    'rt',
    'resolution',
    'rs',
    'fps',
    'seed',
    'cf',
    'wm',
    'frames',
  );
  const words = fc.constantFrom('', 'a cat ', '一只猫', 'a -- b ', '\n');
  fc.assert(
    fc.property(words, option, fc.boolean(), words, (before, name, loud, after) => {
      const flag = `--${loud ? name.toUpperCase() : name} 12 `;
      assert.equal(refusedParam(clip({ prompt: before + flag + after })), 'prompt');
    }),
  );
  for (const prompt of ['a cat -- and a dog', 'the sign says --durable', 'ratio 16:9']) {
    assert.equal(refusedParam(clip({ prompt })), null);
  }
});

test('pictures are asked for by link and without a mark', () => {
  assert.deepEqual(body(picture({ size: '16:9', resolution: '2K', seed: 3 }, [input('image_urls')])), {
    model: SEEDREAM,
    prompt: 'a harbour',
    image: ['url-0'],
    size: '2720x1536',
    response_format: 'url',
    watermark: false,
  });
  assert.equal(body(picture({ resolution: '4K' })).size, '4K');
  assert.equal(body(picture({ size: 'auto' })).size, undefined);
  assert.equal(body(picture({ size: '2048x2048' })).size, '2048x2048');
  const group = body(picture({ n: 4 }));
  assert.equal(group.sequential_image_generation, 'auto');
  assert.deepEqual(group.sequential_image_generation_options, { max_images: 4 });
});

test('only the newer models are told a format', () => {
  assert.equal(body(picture({ output_format: 'jpeg' })).output_format, undefined);
  const newer = 'doubao-seedream-5-0-260128';
  assert.equal(body(picture({ output_format: 'png' }, [], newer)).output_format, 'png');
});

test('pictures that cannot be made are refused, naming the parameter', () => {
  const cases: [string, ReturnType<typeof picture>][] = [
    ['size', picture({ size: '1024x1024' })],
    ['size', picture({ size: '8192x8192' })],
    ['size', picture({ size: '20:1' })],
    ['size', picture({ size: 'huge' })],
    ['resolution', picture({ resolution: '1K' })],
    ['quality', picture({ quality: 'high' })],
    ['output_format', picture({ output_format: 'png' })],
    ['negative_prompt', picture({ negative_prompt: 'rain' })],
    ['n', picture({ n: 16 })],
    ['n', picture({ n: 15 }, [input('image_urls')])],
    ['mask_url', picture({}, [input('mask_url')])],
    [
      'image_urls[10]',
      picture(
        {},
        Array.from({ length: 11 }, (_, at) => input('image_urls', at)),
        'seedream-4-0-250828',
      ),
    ],
  ];
  for (const [param, request] of cases) assert.equal(refusedParam(request), param);
});

test('the size of a ratio has the pixels of its resolution, and that shape', () => {
  const side = fc.integer({ min: 1, max: 16 });
  const sides = { '2K': 2048, '4K': 4096 };
  fc.assert(
    fc.property(side, side, fc.constantFrom('2K' as const, '4K' as const), (wide, high, resolution) => {
      const [width = 0, height = 0] = String(body(picture({ size: `${wide}:${high}`, resolution })).size)
        .split('x')
        .map(Number);
      const most = sides[resolution] ** 2;
      assert.ok(width * height <= most && width * height > most * 0.93, `${width}x${height}`);
      assert.ok(Math.abs(Math.log((width * high) / (height * wide))) < 0.04, `${width}x${height}`);
    }),
  );
});

test('a refusal is the client’s to mend', () => {
  const request = clip({ quality: '4k' });
  assert.equal(request.kind, 'none');
  if (request.kind !== 'none') return;
  const error = { code: 'unsupported_parameter', param: request.param, message: request.message };
  const evidence = {
    provider: 'gateway',
    phase: 'submit',
    status: null,
    headers: {},
    body: { error },
  } as const;
  assert.equal(classify(evidence).code, 'invalid_parameters');
});
