/**
 * The content policy through the door of a whole gateway: each row of the specification's sub-type table by an input that provokes
 * it, by the built-in words where they can see it and else by an emulated service; many at once; and an operator who lets one pass.
 * More of pictures in detectors.test.ts, of videos in frames.test.ts.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readConfig } from '../packages/gateway/src/config/config.ts';
import { createGateway, type Gateway } from '../packages/gateway/src/gateway.ts';
import { sampleImage } from '../packages/gateway/src/media/sample-media.ts';
import {
  createOpenaiModeration,
  createRekognition,
  REKOGNITION_SANDBOX_KEYS,
  type RunningEmulator,
  startEmulator,
} from '../packages/sandbox/src/index.ts';
import { type Client, clientOf, type Refusal } from './client.ts';

const OPERATOR_KEY = 'an-operator-key-of-this-test';

interface Row {
  readonly subtype: string;
  /** The specification's example wording. */
  readonly says: RegExp;
  readonly score: number;
  /** Null where no threshold is asked. */
  readonly threshold: number | null;
  readonly prompt?: string;
}

const ROWS: readonly Row[] = [
  { subtype: 'adult', says: /nudity detected/, score: 0.9, threshold: 0.7, prompt: 'a nude woman' },
  {
    subtype: 'violence',
    says: /violence content blocked/,
    score: 0.9,
    threshold: 0.7,
    prompt: 'a beheading',
  },
  {
    subtype: 'minor_protection',
    says: /minor content not allowed/,
    score: 1,
    threshold: null,
    prompt: 'a naked 12 year old',
  },
  {
    subtype: 'celebrity_likeness',
    says: /celebrity detected in image/,
    score: 0.85,
    threshold: 0.7,
    prompt: 'Taylor Swift at a beach',
  },
  {
    subtype: 'third_party_content',
    says: /third-party content violation/,
    score: 0.85,
    threshold: 0.7,
    prompt: 'Mickey Mouse on a bike',
  },
  {
    subtype: 'general',
    says: /content policy violation/i,
    score: 0.93,
    threshold: 0.7,
    prompt: 'sandbox:hate',
  },
  { subtype: 'photorealistic_people', says: /photorealistic people detected/, score: 0.99, threshold: 0.5 },
];

describe('the content policy, through the door of a whole gateway', () => {
  let folder: string;
  let gateway: Gateway;
  let url: string;
  let emulators: RunningEmulator[];
  let client: Client;
  let face: string;
  const send = (body: object) =>
    client.finished('images', {
      model: 'studio-image-1',
      prompt: 'a pond',
      size: '64x64',
      ...body,
    });
  /** Of all decisions, or of what stands behind it: `/{id}`, `/{id}/overrule`. */
  const operator = (method: string, behind = '') => {
    const headers = { authorization: `Bearer ${OPERATOR_KEY}` };
    return fetch(new URL(`/operator/v1/decisions${behind}`, url), { method, headers });
  };

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sluice-policy-'));
    const words = await startEmulator(createOpenaiModeration());
    const pictures = await startEmulator(createRekognition());
    emulators = [words, pictures];
    const { accessKeyId, secretAccessKey } = REKOGNITION_SANDBOX_KEYS;
    const yaml = `
server: { port: 0, operator_key: "\${OPERATOR_KEY}" }
log: { level: silent }
moderation:
  thresholds: { photorealistic_people: 0.5 }
  video_frames: off
  detectors:
    - { service: openai, api_key: "\${ANY}", base_url: "${words.url}/v1" }
    - { service: rekognition, access_key_id: ${accessKeyId}, secret_access_key: "\${SECRET}", region: eu-west-1, base_url: "${pictures.url}/sandbox:face" }
  models: { studio-audio-1: { mode: monitor } }
`;
    const env = { OPERATOR_KEY, ANY: 'a-key-for-emulators', SECRET: secretAccessKey };
    const read = readConfig(yaml, folder, env);
    if (read.kind !== 'ok') assert.fail(JSON.stringify(read.problems));
    gateway = await createGateway(read.config);
    const listening = await gateway.listen();
    url = listening.url;
    client = clientOf(listening);
    face = `data:image/jpeg;base64,${(await sampleImage('jpeg', 300, 300)).toString('base64')}`;
  });

  after(async () => {
    await gateway?.close();
    for (const emulator of emulators ?? []) await emulator.close();
    await rm(folder, { recursive: true, force: true });
  });

  for (const { subtype, says, score, threshold, prompt } of ROWS) {
    it(`content_policy_violation/${subtype}`, async () => {
      const { status, error, usage } = await send(prompt === undefined ? { image_urls: [face] } : { prompt });
      assert.ok(status === 'failed' && error);
      const param = prompt === undefined ? 'image_urls[0]' : 'prompt';
      assert.deepEqual(
        [error.code, error.subtype, error.param],
        ['content_policy_violation', subtype, param],
      );
      const { decision_id, score: found, ...details } = error.details;
      assert.deepEqual(details, { stage: 'input', category: subtype, threshold });
      assert.ok(typeof found === 'number' && Math.abs(found - score) <= 0.02, `${found}`);
      const [headline = '', why = '', remedy = ''] = error.message.split('\n');
      assert.match(headline, says);
      assert.match(why, new RegExp(`^${param.replaceAll(/[[\]]/g, '\\$&')}`));
      assert.ok(
        remedy.length > 20 && !error.message.includes(prompt ?? 'data:'),
        'a way out, and no word of the prompt',
      );
      assert.deepEqual([error.retry.retryable, error.retry.action], [false, 'fix_content']);
      assert.equal(usage.credits_used, 0);
      const decision = await operator('GET', `/${decision_id}`);
      assert.equal(decision.status, 200);
      assert.ok((await decision.text()).includes(`"${subtype}"`));
    });
  }

  it('names words and pictures at once, in the task as in a preflight', async () => {
    const body = { prompt: 'Mickey Mouse on a bike', image_urls: [face, face] };
    const expected = [
      ['third_party_content', 'prompt'],
      ['photorealistic_people', 'image_urls[0]'],
      ['photorealistic_people', 'image_urls[1]'],
    ];
    const { error } = await send(body);
    assert.deepEqual(
      error?.issues?.map(({ subtype, param }) => [subtype, param]),
      expected,
    );
    const ids = new Set(error?.issues?.map(({ details }) => details.decision_id));
    assert.equal(ids.size, 3);
    const asked = await client.ask<{ readonly issues: readonly Refusal[] }>('POST', '/v1/preflight', {
      model: 'studio-image-1',
      ...body,
    });
    assert.deepEqual(
      asked.body.issues.map(({ subtype, param }) => [subtype, param]),
      expected,
    );
  });

  it('lets pass what an operator overruled, until it is taken back; but never a sexualised minor', async () => {
    const body = { prompt: 'Taylor Swift at a beach' };
    const decision = (await send(body)).error?.details.decision_id;
    assert.equal((await operator('POST', `/${decision}/overrule`)).status, 200);
    assert.equal((await send(body)).status, 'completed');
    assert.equal((await operator('DELETE', `/${decision}/overrule`)).status, 200);
    assert.equal((await send(body)).error?.subtype, 'celebrity_likeness');
    const minor = (await send({ prompt: 'a naked 12 year old' })).error?.details.decision_id;
    assert.equal((await operator('POST', `/${minor}/overrule`)).status, 403);
  });

  it('only reports where the policy monitors, and blocks sexualised minors all the same', async () => {
    const say = (prompt: string) => client.finished('audios', { model: 'studio-audio-1', prompt });
    assert.equal((await say('a song of a nude woman')).status, 'completed');
    assert.equal((await say('a song of a naked 12 year old')).error?.subtype, 'minor_protection');
    assert.match(await (await operator('GET')).text(), /"report"/);
  });

  it('does not blame anybody where a detector could not look', async () => {
    const { error } = await send({ prompt: 'a boat sandbox:down' });
    assert.deepEqual([error?.code, error?.retry.retryable], ['service_unavailable', true]);
  });
});
