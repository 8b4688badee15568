import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Subject } from './detector.ts';
import { createLocalImages, type Look, type Looker, likenessScore, loadLooker } from './local-images.ts';
import { DEFAULT_POLICY, decide } from './policy.ts';

const clean = { drawing: 0, hentai: 0, neutral: 1, porn: 0, sexy: 0 };
const nobody = { nudity: [clean, clean], faces: { count: 0, surest: 0 }, drawn: 0, alike: [] } as const;
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

test('a likeness counts from the threshold of the gallery on, and is told by the label alone', async () => {
  const alike = [
    { label: 'ada', cosine: 0.62 },
    { label: 'bob', cosine: 0.55 },
    { label: 'cyd', cosine: 0.4 },
  ];
  const looker: Looker = {
    look: async () => ({ kind: 'looked', look: { ...nobody, faces: { count: 1, surest: 0.9 }, alike } }),
    close: async () => undefined,
  };
  const found = async (threshold: number) => {
    const outcome = await createLocalImages(looker, threshold).detect(frame, signal);
    if (outcome.kind === 'failed') assert.fail(outcome.reason);
    return outcome.findings.filter(({ category }) => category === 'celebrity_likeness');
  };
  const strict = await found(0.65);
  assert.deepEqual(
    strict.map(({ rule, why }) => [rule, why]),
    [['likeness:ada', 'a face like this one']],
    'who is hardly alike is not told at all',
  );
  assert.equal(decide(strict, DEFAULT_POLICY, () => false).kind, 'allow');
  const usual = await found(0.6);
  assert.deepEqual(
    usual.map(({ rule }) => rule),
    ['likeness:ada', 'likeness:bob'],
  );
  const verdict = decide(usual, DEFAULT_POLICY, () => false);
  assert.ok(verdict.kind === 'block' && verdict.deciding.rule === 'likeness:ada');
  assert.equal(verdict.deciding.input, 'results[0]');
});

test('the score of a likeness is 0.7 at the threshold, 0 for strangers and 1 for the same picture', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: 0.45, max: 0.8, noNaN: true }),
      (one, other, threshold) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const [less, more] = [likenessScore(low, threshold), likenessScore(high, threshold)];
        assert.ok(less >= 0 && more <= 1 && less <= more);
        assert.equal(likenessScore(one, threshold) >= 0.7, one >= threshold);
      },
    ),
  );
  assert.deepEqual(
    [0.3, 0.37, 0.6, 0.75, 0.9, 1].map((cosine) => likenessScore(cosine, 0.6).toFixed(2)),
    ['0.00', '0.00', '0.70', '0.85', '1.00', '1.00'],
  );
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
    loadLooker(null, new URL('file:///nowhere/index.ts')),
    /packages\/moderation-local is not here/,
  );
});
