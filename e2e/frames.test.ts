/**
 * Videos and the policy, through the public door: a detector of pictures that finds everything adult sees frames of a video that is
 * given and of one that was made. Where the optional decoder is not installed, the same tasks end as the policy's `on_error` says.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readConfig } from '../packages/gateway/src/config/config.ts';
import { createGateway, type Gateway } from '../packages/gateway/src/gateway.ts';
import { sampleVideo } from '../packages/gateway/src/media/sample-media.ts';
import { isInstalled } from '../packages/moderation-local/src/frames/codec.ts';
import { createGoogleVision, type RunningEmulator, startEmulator } from '../packages/sandbox/src/index.ts';
import { type Client, clientOf, type TaskView } from './client.ts';

const FRAMES = 3;

const model = (id: string, more: string) => `
  ${id}:
    type: video
    parameters:
      prompt: { type: string, minLength: 1, maxLength: 500 }
      duration: { enum: [1], default: 1 }
      quality: { enum: [360p], default: 360p }
    pricing: { rule: per_call, credits: 5 }
    timeout: 1m
    routes: [{ provider: studio, upstream_model: studio-video-1 }]${more}`;

const configured = (visionUrl: string) => `
server: { port: 0 }
log: { level: silent }
providers: { studio: { adapter: studio, workers: 1 } }
engine: { poll_interval: 20ms }
models:${model('film', '')}${model('unwatched', '')}${model(
  'refilm',
  `
    inputs: { video_urls: { max: 1, formats: [webm] } }`,
)}
moderation:
  results: on
  video_frames: ${FRAMES}
  detectors:
    - { service: google-vision, api_key: "\${VISION_KEY}", base_url: "${visionUrl}/sandbox:adult/v1" }
  models: { unwatched: { results: off } }
`;

describe('a gateway whose detector finds every frame adult', () => {
  let folder: string;
  let gateway: Gateway;
  let vision: RunningEmulator;
  let client: Client;
  let blocked: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sluice-frames-'));
    vision = await startEmulator(createGoogleVision());
    const read = readConfig(configured(vision.url), folder, { VISION_KEY: 'hunter2-vision-key' });
    if (read.kind === 'invalid') assert.fail(JSON.stringify(read.problems, null, 1));
    gateway = await createGateway(read.config);
    client = clientOf(await gateway.listen());
  });

  after(async () => {
    await gateway?.close();
    await vision?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const finished = (body: object) => client.finished('videos', { prompt: 'A pond.', ...body });

  /** What was found, or, without the decoder, that nobody could look. */
  function assertBlocked(task: TaskView, stage: string, calls: number): void {
    const { error } = task;
    assert.equal(task.status, 'failed', JSON.stringify(task));
    assert.equal(error?.details.stage, stage);
    assert.equal(task.usage.credits_used, 0);
    assert.deepEqual(task.results ?? [], []);
    if (isInstalled()) {
      assert.deepEqual([error.code, error.subtype], ['content_policy_violation', 'adult']);
      assert.equal(error.details.at_seconds, 0);
      assert.match(error.message, / at 0 s /);
      assert.equal(calls, FRAMES, 'one call for each frame');
    } else {
      assert.equal(error.code, 'service_unavailable');
      assert.equal(calls, 0);
    }
  }

  it('refuses a video that is given, before anything is submitted', async () => {
    const { body } = await client.ask<{ readonly data?: { readonly file_url: string } }>(
      'POST',
      '/api/v1/files/upload/base64',
      { base64_data: (await sampleVideo('webm', 320, 240, 2)).toString('base64') },
    );
    const before = vision.jobsMade();
    const task = await finished({ model: 'refilm', video_urls: [body.data?.file_url] });
    assertBlocked(task, 'input', vision.jobsMade() - before);
    if (isInstalled()) assert.equal(task.error?.param, 'video_urls[0]');
    assert.deepEqual((await gateway.store.task(task.id))?.attempts, []);
  });

  it('neither delivers nor charges a video that was made', async () => {
    const before = vision.jobsMade();
    const task = await finished({ model: 'film' });
    assertBlocked(task, 'output', vision.jobsMade() - before);
    const balance = await gateway.store.balance('default');
    assert.deepEqual([balance?.used, balance?.reserved], [0, 0]);
    blocked = task.id;
  });

  it('delivers and charges one where the policy leaves results alone', async () => {
    const before = vision.jobsMade();
    const task = await finished({ model: 'unwatched' });
    assert.equal(task.status, 'completed', JSON.stringify(task.error));
    assert.deepEqual([task.results?.length, task.usage.credits_used], [1, 5]);
    assert.equal(vision.jobsMade(), before);
  });

  it('keeps no byte of what was blocked', async () => {
    // The task is over before its files are gone; what is under way comes to an end here.
    await gateway.close();
    const names = await readdir(path.join(folder, 'data', 'files'), { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile());
    assert.ok(files.length > 0, 'the video that was delivered');
    assert.ok(files.every(({ name, parentPath }) => !path.join(parentPath, name).includes(blocked)));
  });
});
