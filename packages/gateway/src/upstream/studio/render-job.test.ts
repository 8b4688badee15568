import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderJobOf } from './render-job.ts';
import type { MediaPart, RenderRequest } from './wire.ts';

const picture = (more: Partial<MediaPart>): MediaPart => ({
  field: 'image_urls',
  index: 0,
  mime_type: 'image/png',
  width: 600,
  height: 800,
  ...more,
});

function planOf(model: string, params: RenderRequest['params'], media: readonly MediaPart[] = [], key = 'k') {
  const request = { key, model, attempt: 1, params: { prompt: 'a red fox', ...params }, media: [...media] };
  const plan = renderJobOf(request, '/out', (position) => `/in-${position}`);
  return plan ?? assert.fail('no plan');
}

describe('the plan of a rendering', () => {
  it('fills in what the request leaves out', () => {
    const { seed, ...clip } = planOf('studio-video-1', {});
    assert.deepEqual(clip, {
      kind: 'video',
      folder: '/out',
      prompt: 'a red fox',
      width: 1280,
      height: 720,
      seconds: 5,
      firstFrame: null,
      lastFrame: null,
      audio: false,
    });
    assert.ok(Number.isSafeInteger(seed) && seed >= 0);
  });

  it('takes first and last frame by their index, not by the order they came in', () => {
    const plan = planOf('studio-video-1', { quality: '360p' }, [
      picture({ index: 1 }),
      picture({ width: 800, height: 600 }),
    ]);
    assert.ok(plan.kind === 'video');
    assert.deepEqual([plan.firstFrame?.path, plan.lastFrame?.path], ['/in-1', '/in-0']);
    assert.deepEqual([plan.width, plan.height], [480, 360], 'adaptive follows the first frame');
  });

  it('keeps the mask apart from the pictures', () => {
    const plan = planOf('studio-image-1', { n: 3, output_format: 'webp' }, [
      picture({ field: 'mask_url' }),
      picture({}),
    ]);
    assert.ok(plan.kind === 'image');
    assert.deepEqual([plan.mask?.path, plan.inputs.map(({ path }) => path)], ['/in-0', ['/in-1']]);
    assert.deepEqual([plan.n, plan.format, plan.width, plan.height], [3, 'webp', 768, 1024]);
  });

  it('strikes the negative prompt from the prompt, and reads the style with it', () => {
    assert.equal(
      planOf('studio-image-1', { negative_prompt: 'Red, blue' }).prompt.replaceAll(/\s+/g, ' '),
      'a fox',
    );
    assert.equal(planOf('studio-audio-1', { style: 'calm' }).prompt, 'a red fox\ncalm');
  });

  it('gives each task its own seed, and the same task always the same', () => {
    assert.equal(planOf('studio-image-1', { seed: 7 }).seed, 7);
    assert.equal(planOf('studio-image-1', {}).seed, planOf('studio-image-1', {}).seed);
    assert.notEqual(planOf('studio-image-1', {}).seed, planOf('studio-image-1', {}, [], 'other').seed);
  });
});
