/**
 * A gateway set up by YAML alone, its providers emulated: the catalogue's models are made, and what a provider refuses arrives as
 * one of our codes without a byte of the provider.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readConfig } from '../packages/gateway/src/config/config.ts';
import { createGateway, type Gateway } from '../packages/gateway/src/gateway.ts';
import {
  createFal,
  createReplicate,
  type RunningEmulator,
  startEmulator,
} from '../packages/sandbox/src/index.ts';
import { type Client, clientOf } from './client.ts';

const SECRETS = { FAL_KEY: 'fal-hunter2-key', REPLICATE_API_TOKEN: 'r8_hunter2token' };

describe('a gateway with fal and Replicate', () => {
  let gateway: Gateway;
  let folder: string;
  let fal: RunningEmulator;
  let replicate: RunningEmulator;
  let client: Client;
  let address: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sluice-providers-'));
    fal = await startEmulator(createFal());
    replicate = await startEmulator(createReplicate());
    const yaml = `
server: { port: 0 }
log: { level: silent }
providers:
  fast-one: { adapter: fal, api_key: "\${FAL_KEY}", base_url: "${fal.url}", max_parallel: 5 }
  other-one: { adapter: replicate, api_key: "\${REPLICATE_API_TOKEN}", base_url: "${replicate.url}/v1" }
catalogue: [stable-diffusion-3.5-large, seedance-1.0-pro, lyria-2]
models:
  quick: { use: flux-schnell, via: [fast-one], pricing: { credits: 2.5 } }
inputs: { allow_http_loopback: true }
engine: { poll_interval: 20ms }
`;
    const read = readConfig(yaml, folder, SECRETS);
    if (read.kind === 'invalid') assert.fail(JSON.stringify(read.problems, null, 1));
    gateway = await createGateway(read.config);
    const listening = await gateway.listen();
    address = listening.url;
    client = clientOf(listening);
  });

  after(async () => {
    await gateway?.close();
    await fal?.close();
    await replicate?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const finished = (body: object, kind: 'images' | 'videos' | 'audios' = 'images') =>
    client.finished(kind, body);

  it('makes a picture with each, at the price of the configuration', async () => {
    const quick = await finished({ model: 'quick', prompt: 'a quiet harbour', size: '16:9', n: 2, seed: 7 });
    assert.equal(quick.status, 'completed', JSON.stringify(quick));
    // The emulator delivers one picture of the two, and what is not there is not paid.
    assert.equal(quick.usage.credits_used, 2.5);
    const submitted = fal.calls.find((call) => call.method === 'POST');
    assert.equal(submitted?.path, '/fal-ai/flux/schnell');
    assert.deepEqual(submitted?.body, {
      prompt: 'a quiet harbour',
      image_size: 'landscape_16_9',
      num_images: 2,
      output_format: 'jpeg',
      seed: 7,
    });
    assert.equal(submitted?.headers.authorization, `Key ${SECRETS.FAL_KEY}`);

    const large = await finished({ model: 'stable-diffusion-3.5-large', prompt: 'a quiet harbour' });
    assert.equal(large.status, 'completed', JSON.stringify(large));
    assert.equal(
      replicate.calls.find((call) => call.method === 'POST')?.path,
      '/v1/models/stability-ai/stable-diffusion-3.5-large/predictions',
    );

    const [link = ''] = quick.results ?? [];
    assert.ok(link.startsWith(address), 'the bytes are the gateway’s own');
    const picture = await fetch(link);
    assert.equal(picture.status, 200);
    assert.match(picture.headers.get('content-type') ?? '', /^image\//);
  });

  it('makes a clip and a piece of music, at the price of the catalogue', async () => {
    const clip = await finished({ model: 'seedance-1.0-pro', prompt: 'a harbour', duration: 3 }, 'videos');
    assert.equal(clip.status, 'completed', JSON.stringify(clip));
    assert.equal(clip.usage.credits_used, 37.2);
    const music = await finished({ model: 'lyria-2', prompt: 'a harbour' }, 'audios');
    assert.equal(music.status, 'completed', JSON.stringify(music));
  });

  for (const model of ['quick', 'stable-diffusion-3.5-large']) {
    it(`tells a refusal of ${model} as content_policy_violation, and what it cost: nothing`, async () => {
      const before = fal.jobsMade() + replicate.jobsMade();
      const task = await finished({ model, prompt: 'a quiet harbour sandbox:policy' });
      assert.equal(task.error?.code, 'content_policy_violation');
      assert.equal(task.usage.credits_used, 0);
      assert.equal(
        fal.jobsMade() + replicate.jobsMade(),
        before + 1,
        'what the client must change is tried once',
      );
    });
  }

  it('tells a client nothing of its providers', async () => {
    await client.ask('GET', '/v1/models');
    await client.ask('GET', '/v1/tasks');
    const everything = client.told.join('\n').toLowerCase();
    const strangers = [
      ...Object.values(SECRETS),
      'fast-one',
      'other-one',
      'fal-ai',
      'fal.ai',
      'replicate',
      'queue.fal',
      'content checker',
      'flagged as sensitive',
      'e005',
      new URL(fal.url).host,
      new URL(replicate.url).host,
    ];
    for (const stranger of strangers) assert.ok(!everything.includes(stranger.toLowerCase()), stranger);
  });
});
