import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeModel } from '../catalog/describe.ts';
import { readConfig } from './config.ts';

const model = (limits: string) => `
models:
  restyle:
    type: video
    inputs:
      video_urls: { formats: [mp4], ${limits} }
    pricing: { rule: per_call, credits: 1 }
    routes: [{ provider: studio, upstream_model: studio-video-1 }]
`;

describe('limits of clips', () => {
  it('are read, and shown to clients as they were written', () => {
    const outcome = readConfig(model('min_fps: 23.5, max_fps: 60, audio_track: required'), '/srv', {});
    assert.ok(outcome.kind === 'ok', JSON.stringify(outcome));
    const restyle = outcome.config.catalog.get('restyle');
    assert.ok(restyle);
    assert.deepEqual(restyle.inputs.video_urls, {
      max: 1,
      formats: ['mp4'],
      minFps: 23.5,
      maxFps: 60,
      audioTrack: 'required',
    });
    assert.deepEqual(describeModel(restyle).limits.inputs.video_urls, {
      max: 1,
      formats: ['mp4'],
      min_fps: 23.5,
      max_fps: 60,
      audio_track: 'required',
    });
  });

  it('that no clip could pass, or that mean nothing, are refused with their place', () => {
    const problems = (limits: string) => {
      const outcome = readConfig(model(limits), '/srv', {});
      assert.ok(outcome.kind === 'invalid');
      return outcome.problems.map((problem) => JSON.stringify(problem)).join('\n');
    };
    assert.match(problems('min_fps: 60, max_fps: 24'), /min_fps.*larger than/);
    assert.match(problems('audio_track: maybe'), /audio_track/);
    assert.match(problems('max_fps: 0'), /max_fps/);
  });
});
