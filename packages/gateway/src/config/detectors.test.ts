// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a configuration names a variable
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { secretsOf } from '../moderation/hosted/hosted.ts';
import { type Config, readConfig } from './config.ts';

const SECRET = 'hunter2-hunter2';
const ENV = { A_KEY: SECRET, AWS_ID: 'AKID-of-the-operator' };

const folder = mkdtempSync(join(tmpdir(), 'sluice-detectors-'));
after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'mascot.png'), 'not looked into by the configuration');
mkdirSync(join(folder, 'people'));

function sound(text: string): Config {
  const outcome = readConfig(text, folder, ENV);
  assert.ok(outcome.kind === 'ok', JSON.stringify(outcome, null, 1));
  return outcome.config;
}

/** Problems as `line path: message`. */
function problems(text: string): string[] {
  const outcome = readConfig(text, folder, ENV);
  assert.ok(outcome.kind === 'invalid', 'expected problems');
  assert.ok(!JSON.stringify(outcome).includes('hunter2'), 'a secret is shown');
  for (const { remedy } of outcome.problems) assert.notEqual(remedy, '');
  return outcome.problems.map(({ line, path, message }) => `${line} ${path}: ${message}`);
}

describe('detectors', () => {
  it('are none but the text rules where none is named', () => {
    for (const text of ['', 'moderation: { mode: monitor }\n', 'moderation:\n']) {
      const { hosted, protectedImages, localImages, likenessGallery } = sound(text).moderation;
      assert.deepEqual({ hosted, protectedImages, localImages, likenessGallery }, NONE, text);
    }
  });

  it('are read with their keys, addresses and settings', () => {
    const { hosted } = sound(`
moderation:
  detectors:
    - { service: openai, api_key: "\${A_KEY}" }
    - service: rekognition
      access_key_id: "\${AWS_ID}"
      secret_access_key: "\${A_KEY}"
      session_token: "\${A_KEY}"
      region: us-gov-west-1
      faces: false
    - { service: google-vision, api_key: "\${A_KEY}", base_url: "https://proxy.example/v1/" }
    - { service: azure-content-safety, api_key: "\${A_KEY}", base_url: "https://mine.cognitiveservices.azure.com/" }
`).moderation;
    assert.deepEqual(hosted, [
      { service: 'openai', apiKey: SECRET },
      {
        service: 'rekognition',
        accessKeyId: ENV.AWS_ID,
        secretAccessKey: SECRET,
        sessionToken: SECRET,
        region: 'us-gov-west-1',
        faces: false,
      },
      { service: 'google-vision', apiKey: SECRET, baseUrl: 'https://proxy.example/v1' },
      {
        service: 'azure-content-safety',
        apiKey: SECRET,
        baseUrl: 'https://mine.cognitiveservices.azure.com',
      },
    ]);
    for (const settings of hosted) assert.ok(secretsOf(settings).every((secret) => secret === SECRET));
  });

  it('take keys from the environment only, but on this machine any text', () => {
    assert.deepEqual(
      problems(`
moderation:
  detectors:
    - { service: openai, api_key: hunter2 }
    - service: rekognition
      access_key_id: AKID
      secret_access_key: hunter2
      session_token: hunter2
      region: eu-west-1
`),
      [
        '4 moderation.detectors[0].api_key: `api_key` must not stand in the file.',
        '7 moderation.detectors[1].secret_access_key: `secret_access_key` must not stand in the file.',
        '8 moderation.detectors[1].session_token: `session_token` must not stand in the file.',
      ],
    );
    const url = 'http://127.0.0.1:9/v1';
    const local = sound(
      `moderation: { detectors: [{ service: openai, api_key: sandbox, base_url: "${url}" }] }`,
    );
    assert.deepEqual(local.moderation.hosted, [{ service: 'openai', apiKey: 'sandbox', baseUrl: url }]);
  });

  it('see as many frames of a video as the file says, eight without it, or none', () => {
    const framesIn = (text: string) => sound(text).moderation.videoFrames;
    assert.equal(framesIn(''), 8);
    assert.equal(framesIn('moderation: { video_frames: 2 }'), 2);
    assert.equal(framesIn('moderation: { video_frames: off }'), null);
    assert.deepEqual(problems('moderation: { video_frames: 1 }'), [
      '1 moderation.video_frames: `video_frames` must be between 2 and 32, or must be "off", but is 1.',
    ]);
  });

  it('are refused with every problem and its line', () => {
    assert.deepEqual(
      problems(`
server: { prot: 1 }
moderation:
  local_images: maybe
  detectors:
    - { service: opanai, api_key: "\${A_KEY}" }
    - { service: azure-content-safety, api_key: "\${A_KEY}" }
    - { service: rekognition, access_key_id: "\${AWS_ID}", secret_access_key: "\${A_KEY}", region: "evil.example/" }
    - { service: google-vision, api_key: "\${MISSING}", model: x }
    - { api_key: "\${A_KEY}" }
    - { service: google-vision, api_key: "\${A_KEY} " }
  protected_images:
    - { name: mascot, file: mascot.png, category: mascots }
    - { name: mascot, file: lost.png }
`),
      [
        '2 server.prot: `prot` is not a known key.',
        '4 moderation.local_images: `local_images` must be true or false, but is text.',
        '6 moderation.detectors[0].service: `service` must be one of "openai", "rekognition", "google-vision", "azure-content-safety", but is "opanai".',
        '7 moderation.detectors[1].base_url: `base_url` is missing.',
        '8 moderation.detectors[2].region: `region` does not have an accepted form, but is "evil.example/".',
        '9 moderation.detectors[3].api_key: The environment variable MISSING is not set or is empty.',
        '9 moderation.detectors[3].model: `model` is not a known key.',
        '10 moderation.detectors[4].service: `service` is missing.',
        '11 moderation.detectors[5].api_key: `api_key` must not stand in the file.',
        '11 moderation.detectors[5].service: This `service` is there twice.',
        '13 moderation.protected_images[0].category: `category` must be one of "adult", "violence", "minor_protection", "celebrity_likeness", "third_party_content", "photorealistic_people", "general", but is "mascots".',
        '14 moderation.protected_images[1].file: There is no such picture, or it may not be read.',
        '14 moderation.protected_images[1].name: This `name` is there twice.',
      ],
    );
  });

  it('know protected pictures by a path beside the file', () => {
    const { protectedImages } = sound(`
moderation:
  protected_images:
    - { name: mascot, file: mascot.png }
    - { name: portrait, file: ./mascot.png, category: celebrity_likeness }
`).moderation;
    const path = join(folder, 'mascot.png');
    assert.deepEqual(protectedImages, [
      { name: 'mascot', category: 'third_party_content', path },
      { name: 'portrait', category: 'celebrity_likeness', path },
    ]);
  });

  it('know the gallery of people by a folder beside the file', () => {
    const { likenessGallery } = sound(
      'moderation: { local_images: true, likeness_gallery: { folder: ./people } }',
    ).moderation;
    assert.deepEqual(likenessGallery, { folder: join(folder, 'people'), threshold: 0.6 });
    const strict = 'moderation: { local_images: true, likeness_gallery: { folder: people, threshold: 0.7 } }';
    assert.equal(sound(strict).moderation.likenessGallery?.threshold, 0.7);
  });

  it('refuse a gallery that nothing looks at, that is no folder, or that takes everybody for everybody', () => {
    assert.deepEqual(
      problems(`
moderation:
  likeness_gallery:
    folder: mascot.png
    threshold: 0.2
`),
      [
        '3 moderation.likeness_gallery: Nothing looks for the people of `likeness_gallery`: the local models are off.',
        '4 moderation.likeness_gallery.folder: There is no such folder, or it may not be read.',
        '5 moderation.likeness_gallery.threshold: `threshold` must be between 0.45 and 0.8, but is 0.2.',
      ],
    );
  });
});

const NONE = { hosted: [], protectedImages: [], localImages: false, likenessGallery: null };

describe('uploads', () => {
  it('have a number, a size and a life', () => {
    const { maxFiles, maxBytes, lifeMs } = sound(
      'files: { max_files: 3, max_bytes: 5MB, expires: 30d }',
    ).files;
    assert.deepEqual({ maxFiles, maxBytes, lifeMs }, { maxFiles: 3, maxBytes: 5e6, lifeMs: 30 * 86_400_000 });
    assert.deepEqual(problems('files:\n  max_files: 0\n  max_bytes: huge\n  expires: never\n').length, 3);
  });
});
