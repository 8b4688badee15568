import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subject } from './detector.ts';
import { createLocalImages, type Look, type Looker, loadLooker } from './local-images.ts';
import { DEFAULT_POLICY, decide } from './policy.ts';

const clean = { drawing: 0, hentai: 0, neutral: 1, porn: 0, sexy: 0 };
const nobody = { nudity: [clean, clean], faces: { count: 0, surest: 0 }, drawn: 0 } as const;
const frame: Subject = {
  kind: 'video_frame',
  stage: 'output',
  input: 'results[0]',
  bytes: new Uint8Array(1),
  mimeType: 'image/jpeg',
  atSeconds: 2,
};
const signal = new AbortController().signal;

async function verdictOf(look: Partial<Look>) {
  const looker: Looker = {
    look: async () => ({ kind: 'looked', look: { ...nobody, ...look } }),
    close: async () => undefined,
  };
  const outcome = await createLocalImages(looker).detect(frame, signal);
  if (outcome.kind === 'failed') assert.fail(outcome.reason);
  const verdict = decide(outcome.findings, DEFAULT_POLICY, () => false);
  return verdict.kind === 'allow' ? 'allow' : verdict.by;
}

test('what the numbers mean under the default policy', async () => {
  const face = { count: 1, surest: 0.9 };
  const porn = { ...clean, neutral: 0.3, porn: 0.65 };
  const sexy = { ...clean, neutral: 0, sexy: 1 };
  const cases: readonly (readonly [string, Partial<Look>, string])[] = [
    ['nothing', {}, 'allow'],
    ['a face', { faces: face }, 'allow'],
    [
      'one model sure of nudity',
      { nudity: [clean, { ...clean, neutral: 0.1, porn: 0.5, hentai: 0.4 }] },
      'threshold',
    ],
    ['half sure', { nudity: [porn, clean] }, 'allow'],
    ['half sure, and a face', { nudity: [porn, clean], faces: face }, 'face_and_adult'],
    ['swimwear and a face', { nudity: [sexy, sexy], faces: face }, 'allow'],
  ];
  for (const [name, look, expected] of cases) assert.equal(await verdictOf(look), expected, name);
});

test('a look that fails is a failure, never clean', async () => {
  const looker: Looker = {
    look: async () => ({ kind: 'failed', reason: 'the thread ended' }),
    close: async () => undefined,
  };
  assert.deepEqual(await createLocalImages(looker).detect(frame, signal), {
    kind: 'failed',
    reason: 'the thread ended',
  });
});

test('without the package the operator is told what to do', async () => {
  await assert.rejects(
    loadLooker(new URL('file:///nowhere/index.ts')),
    /packages\/moderation-local is not here/,
  );
});
