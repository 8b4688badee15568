import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkParameterSchema, compileModel } from '../../catalog/compile.ts';
import type { ModelDefinition } from '../../catalog/model.ts';
import { STUDIO, studioModels } from './models.ts';

function modelOf(id: string): ModelDefinition {
  const model = studioModels.find((entry) => entry.id === id);
  return model ?? assert.fail(`no model ${id}`);
}

const accepts = (id: string, params: Record<string, unknown>) =>
  compileModel(modelOf(id)).validate({ model: id, ...params }).length === 0;

describe('the studio models', () => {
  it('are catalogue entries that the gateway can compile, each with a route to the studio', () => {
    for (const model of studioModels) {
      for (const schema of Object.values(model.parameters.properties))
        assert.equal(checkParameterSchema(schema), null);
      assert.deepEqual(
        model.routes.map(({ provider, upstreamModel }) => [provider, upstreamModel]),
        [[STUDIO, model.id]],
      );
    }
  });

  it('need a prompt and nothing else', () => {
    for (const { id } of studioModels) {
      assert.ok(accepts(id, { prompt: 'a pond' }), id);
      assert.ok(!accepts(id, {}), id);
      assert.ok(!accepts(id, { prompt: '' }), id);
    }
  });

  it('have the limits of the error dictionary', () => {
    const video = modelOf('studio-video-1');
    assert.equal(video.inputs.image_urls?.minSide, 240);
    assert.equal(video.inputs.image_urls?.maxSide, 7_680);
    assert.equal(video.inputs.image_urls?.maxBytes, 10_000_000);
    assert.ok(accepts('studio-video-1', { prompt: 'p'.repeat(2_000), duration: 30 }));
    assert.ok(!accepts('studio-video-1', { prompt: 'p'.repeat(2_001) }));
    for (const duration of [0, 31, 2.5]) assert.ok(!accepts('studio-video-1', { prompt: 'p', duration }));
  });

  it('take ratios and sizes in the range they name', () => {
    for (const size of ['auto', '16:9', '64x2048', '1024x768'])
      assert.ok(accepts('studio-image-1', { prompt: 'p', size }), size);
    for (const size of ['63x100', '2049x100', '17:9', 'autox', '1024'])
      assert.ok(!accepts('studio-image-1', { prompt: 'p', size }), size);
    for (const aspect_ratio of ['adaptive', '21:9', '1280x720'])
      assert.ok(accepts('studio-video-1', { prompt: 'p', aspect_ratio }));
    assert.ok(!accepts('studio-video-1', { prompt: 'p', aspect_ratio: '1281x720' }));
  });

  it('do not pretend to sing', () => {
    assert.ok(accepts('studio-audio-1', { prompt: 'p', instrumental: true }));
    assert.ok(!accepts('studio-audio-1', { prompt: 'p', instrumental: false }));
  });
});
