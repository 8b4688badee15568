import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { studioModels } from '../upstream/studio/models.ts';
import { checkParameterSchema, compileModel } from './compile.ts';
import { describeModel } from './describe.ts';
import type { ModelDefinition } from './model.ts';

const model: ModelDefinition = {
  id: 'edit-1',
  type: 'image',
  description: 'Edits.',
  parameters: {
    type: 'object',
    required: ['image_urls'],
    properties: {
      prompt: { type: 'string', maxLength: 5 },
      strength: { type: 'number', minimum: 0, maximum: 1, default: 0.5 },
      image_urls: { minItems: 1 },
    },
  },
  unknownParameters: 'refuse',
  inputs: {
    image_urls: { max: 2, formats: ['png'], maxBytes: 10, minSide: 240 },
    mask_url: { max: 1, formats: ['png'] },
  },
  pricing: { rule: 'per_image', milliCredits: 2500 },
  timeoutMs: 90_000,
  estimateSeconds: 3,
  routes: [
    {
      id: 'edit-1/0',
      provider: 'secret-provider',
      upstreamModel: 'their-name',
      weight: 1,
      maxParallel: null,
    },
  ],
};

const faults = (params: Record<string, unknown>) =>
  compileModel(model)
    .validate({ model: 'edit-1', image_urls: ['x'], ...params })
    .map((error) => `${error.instancePath} ${error.keyword}`);

describe('a compiled model', () => {
  it('checks what every model has, what this one has, and its media lists', () => {
    assert.deepEqual(faults({}), []);
    assert.deepEqual(faults({ prompt: '123456' }), ['/prompt maxLength']);
    assert.deepEqual(faults({ seed: -1 }), ['/seed minimum']);
    assert.deepEqual(faults({ image_urls: [] }), ['/image_urls minItems']);
    assert.deepEqual(faults({ image_urls: ['a', 'b', 'c'] }), ['/image_urls maxItems']);
    assert.deepEqual(faults({ image_urls: 'a' }), ['/image_urls type']);
    assert.deepEqual(faults({ mask_url: ['a'] }), ['/mask_url type']);
    assert.deepEqual(faults({ model: 'other' }), ['/model const']);
    assert.deepEqual(faults({ metadata: { a: 'b' } }), []);
    assert.deepEqual(
      faults({ metadata: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [i, 'x'])) }),
      ['/metadata maxProperties'],
    );
  });

  it('fills in defaults, and is compiled once', () => {
    const params: Record<string, unknown> = { model: 'edit-1', image_urls: ['x'] };
    compileModel(model).validate(params);
    assert.equal(params.strength, 0.5);
    assert.equal(compileModel(model), compileModel(model));
  });

  it('of the studio accepts the least a client can send', () => {
    for (const one of studioModels)
      assert.deepEqual(compileModel(one).validate({ model: one.id, prompt: 'x' }), []);
  });
});

describe('the schema of a parameter', () => {
  it('is sound, or says how it is not', () => {
    const kinds = [
      { type: 'integer', default: 1 },
      { type: 'integer', default: 'x' },
      { type: 'nonsense' },
      { minimun: 1 },
      { $ref: '#/nowhere' },
    ].map((schema) => checkParameterSchema(schema)?.kind ?? 'sound');
    assert.deepEqual(kinds, ['sound', 'default_refused', 'not_a_schema', 'unusable', 'unusable']);
  });
});

describe('what clients see of a model', () => {
  it('is its whole schema, price and limits, and nothing of who makes it', () => {
    const shown = describeModel(model);
    assert.deepEqual(Object.keys(shown.parameters.properties), [
      'model',
      'prompt',
      'seed',
      'metadata',
      'strength',
      'image_urls',
      'mask_url',
      'auto_fix',
    ]);
    assert.match(
      JSON.stringify(shown.parameters.properties.auto_fix),
      /"items":\{"type":"string","enum":\["orient"/,
    );
    assert.deepEqual(shown.parameters.required, ['model', 'image_urls']);
    assert.equal(shown.parameters.additionalProperties, false);
    assert.deepEqual(shown.pricing, { rule: 'per_image', credits: 2.5, unit: 'image' });
    assert.deepEqual(shown.limits, {
      timeout_seconds: 90,
      estimated_seconds: 3,
      inputs: {
        image_urls: { max: 2, formats: ['png'], max_bytes: 10, min_side: 240 },
        mask_url: { max: 1, formats: ['png'] },
      },
    });
    assert.equal(shown.status, 'available');
    assert.ok(!/secret-provider|their-name/.test(JSON.stringify(shown)));
    assert.equal(describeModel({ ...model, routes: [] }).status, 'unavailable');
  });
});
