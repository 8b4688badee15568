/**
 * Detectors set up by YAML alone, the hosted one emulated: what a whole gateway does with a picture that breaks the policy, given
 * or made, and with detectors that cannot be opened. Uploads are the inputs, so that their configured limits are met here too.
 */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import sharp from 'sharp';
import { readConfig } from '../packages/gateway/src/config/config.ts';
import { createGateway, type Gateway } from '../packages/gateway/src/gateway.ts';
import { sampleImage } from '../packages/gateway/src/media/sample-media.ts';
import { isInstalled } from '../packages/moderation-local/src/libraries.ts';
import { createGoogleVision, type RunningEmulator, startEmulator } from '../packages/sandbox/src/index.ts';
import { clientOf } from './client.ts';

const KEY = 'hunter2-vision-key';

const MODELS = ['watched', 'unwatched']
  .map(
    (id) => `
  ${id}:
    type: image
    parameters:
      prompt: { type: string, minLength: 1, maxLength: 500 }
      size: { enum: ["1:1"], default: "1:1" }
    inputs:
      image_urls: { max: 1, formats: [jpeg, png] }
    pricing: { rule: per_image, credits: 1.5 }
    timeout: 1m
    routes: [{ provider: studio, upstream_model: studio-image-1 }]`,
  )
  .join('');

const COMMON = `
server: { port: 0 }
log: { level: silent }
providers: { studio: { adapter: studio, workers: 1 } }
engine: { poll_interval: 20ms }
models:${MODELS}
`;

interface UploadView {
  readonly code: number;
  readonly data?: { readonly file_url: string; readonly expires_at: string };
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sluice-detectors-'));
});

function configured(yaml: string) {
  const read = readConfig(COMMON + yaml, folder, { VISION_KEY: KEY });
  if (read.kind === 'invalid') assert.fail(JSON.stringify(read.problems, null, 1));
  return read.config;
}

/** A client of a gateway that listens. */
async function open(gateway: Gateway) {
  const { ask, finished, told } = clientOf(await gateway.listen());
  return {
    told,
    async upload(bytes: Uint8Array) {
      const base64_data = Buffer.from(bytes).toString('base64');
      return (await ask<UploadView>('POST', '/api/v1/files/upload/base64', { base64_data })).body;
    },
    finished: (body: object) => finished('images', { prompt: 'A pond.', ...body }),
  };
}

describe('a gateway with a hosted detector that finds every picture adult', () => {
  let gateway: Gateway;
  let vision: RunningEmulator;
  let client: Awaited<ReturnType<typeof open>>;
  let own: string;
  let blocked: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sluice-detectors-'));
    own = folder;
    vision = await startEmulator(createGoogleVision());
    const yaml = `
files: { max_files: 2, max_bytes: 200KB, expires: 1h }
moderation:
  results: on
  detectors:
    - { service: google-vision, api_key: "\${VISION_KEY}", base_url: "${vision.url}/sandbox:adult/v1" }
  models: { unwatched: { results: off } }
`;
    gateway = await createGateway(configured(yaml));
    client = await open(gateway);
  });

  after(async () => {
    await gateway?.close();
    await vision?.close();
    await rm(own, { recursive: true, force: true });
  });

  it('refuses a picture that is given, before anything is submitted', async () => {
    const { data } = await client.upload(await sampleImage('jpeg', 300, 300));
    const task = await client.finished({ model: 'watched', image_urls: [data?.file_url] });
    assert.equal(task.status, 'failed');
    assert.equal(task.error?.code, 'content_policy_violation');
    assert.equal(task.error.subtype, 'adult');
    assert.equal(task.error.param, 'image_urls[0]');
    assert.equal(task.error.details.stage, 'input');
    assert.equal(task.usage.credits_used, 0);
    assert.deepEqual((await gateway.store.task(task.id))?.attempts, []);
    assert.equal(vision.calls.at(-1)?.headers['x-goog-api-key'], KEY);
  });

  it('neither delivers nor charges a picture that was made', async () => {
    const before = vision.jobsMade();
    const task = await client.finished({ model: 'watched' });
    assert.equal(task.status, 'failed');
    assert.equal(task.error?.subtype, 'adult');
    assert.equal(task.error.details.stage, 'output');
    assert.deepEqual(task.results ?? [], []);
    assert.equal(task.usage.credits_used, 0);
    assert.equal(vision.jobsMade(), before + 1);
    const balance = await gateway.store.balance('default');
    assert.deepEqual([balance?.used, balance?.reserved], [0, 0]);
    blocked = task.id;
  });

  it('leaves results alone where a model says so, and charges them', async () => {
    const before = vision.jobsMade();
    const task = await client.finished({ model: 'unwatched' });
    assert.equal(task.status, 'completed', JSON.stringify(task.error));
    assert.equal(task.results?.length, 1);
    assert.equal(task.usage.credits_used, 1.5);
    assert.equal(vision.jobsMade(), before);
  });

  it('keeps as many uploads, as large and for as long as the configuration says', async () => {
    const picture = await sampleImage('png', 20, 20);
    const { data } = await client.upload(picture);
    const life = Date.parse(data?.expires_at ?? '') - Date.now();
    assert.ok(life > 3_500_000 && life <= 3_600_000, `${life}`);
    const large = await client.upload(Buffer.concat([picture, Buffer.alloc(200_000)]));
    const third = await client.upload(picture);
    assert.deepEqual([large.code, third.code], [40001, 40003], JSON.stringify([large, third]));
  });

  it('tells clients nothing of the detector', () => {
    const told = client.told.join('\n');
    for (const secret of [KEY, new URL(vision.url).host, 'google', 'vision'])
      assert.ok(!told.toLowerCase().includes(secret.toLowerCase()), secret);
  });

  it('keeps no byte of what was blocked', async () => {
    // The task is over before its files are gone; what is under way comes to an end here.
    await gateway.close();
    const names = await readdir(path.join(own, 'data', 'files'), { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile());
    assert.ok(files.length > 0, 'the picture that was delivered');
    assert.ok(files.every(({ name, parentPath }) => !path.join(parentPath, name).includes(blocked)));
  });
});

describe('a gateway with detectors of its own', () => {
  it('knows a protected picture again, smaller and recompressed', async () => {
    const light = Buffer.from(Array.from({ length: 9 * 9 }, (_, at) => (at * at * 37) % 256));
    const mascot = sharp(light, { raw: { width: 9, height: 9, channels: 1 } }).resize(640, 480, {
      fit: 'fill',
      kernel: 'cubic',
    });
    await writeFile(path.join(folder, 'mascot.png'), await mascot.png().toBuffer());
    const copy = await sharp(path.join(folder, 'mascot.png')).resize(320).jpeg({ quality: 30 }).toBuffer();
    const gateway = await createGateway(
      configured('moderation: { protected_images: [{ name: mascot, file: mascot.png }] }'),
    );
    try {
      const client = await open(gateway);
      const { data } = await client.upload(copy);
      const task = await client.finished({ model: 'watched', image_urls: [data?.file_url] });
      assert.equal(task.error?.subtype, 'third_party_content', JSON.stringify(task));
      assert.equal(task.error.details.stage, 'input');
      assert.ok(!client.told.join('\n').includes('mascot'), 'the list is the operator’s');
    } finally {
      await gateway.close();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('does not start with a protected picture it could not know again', async () => {
    await writeFile(path.join(folder, 'broken.png'), 'no picture');
    const yaml = 'moderation: { protected_images: [{ name: campaign, file: broken.png }] }';
    await assert.rejects(createGateway(configured(yaml)), {
      name: 'DetectorUnusable',
      message: 'The protected image campaign cannot be decoded.',
    });
    await rm(folder, { recursive: true, force: true });
  });

  it('starts with local models only where they are installed, and says how', async () => {
    const opening = createGateway(configured('moderation: { local_images: true }'));
    if (isInstalled()) await (await opening).close();
    else await assert.rejects(opening, /npm run moderation:install/);
    await rm(folder, { recursive: true, force: true });
  });

  const withModels = { skip: !isInstalled() && 'needs the models: npm run moderation:install' };
  const GALLERY = 'moderation: { local_images: true, likeness_gallery: { folder: people } }';
  const face = () => readFile(new URL('../packages/moderation-local/self-test/face.jpg', import.meta.url));

  it('stops a picture of a person of the gallery, and tells the client no name', withModels, async () => {
    await mkdir(path.join(folder, 'people', 'ada lovelace'), { recursive: true });
    await writeFile(path.join(folder, 'people', 'ada lovelace', 'front.jpg'), await face());
    const gateway = await createGateway(configured(GALLERY));
    try {
      const client = await open(gateway);
      const mirrored = sharp(await face()).flop();
      const { data } = await client.upload(await mirrored.jpeg({ quality: 70 }).toBuffer());
      const task = await client.finished({ model: 'watched', image_urls: [data?.file_url] });
      assert.equal(task.error?.subtype, 'celebrity_likeness', JSON.stringify(task));
      assert.equal(task.error.param, 'image_urls[0]');
      assert.ok(!client.told.join('\n').includes('lovelace'), 'the label is the operator’s');
      const [decision] = await gateway.store.decisions(1);
      assert.match(decision?.verdict ?? '', /"rule":"likeness:ada lovelace"/);
    } finally {
      await gateway.close();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('does not start with a gallery in which somebody would be missing', withModels, async () => {
    await mkdir(path.join(folder, 'people', 'ada'), { recursive: true });
    const nobody = sharp({ create: { width: 200, height: 200, channels: 3, background: '#4a7' } });
    await writeFile(path.join(folder, 'people', 'ada', 'front.png'), await nobody.png().toBuffer());
    await assert.rejects(createGateway(configured(GALLERY)), /ada\/front\.png shows no face/);
    await rm(folder, { recursive: true, force: true });
  });
});
