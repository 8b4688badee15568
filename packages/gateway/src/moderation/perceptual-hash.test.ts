import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import type { Finding, Subject } from './detector.ts';
import { HASH_BITS, hashDistance, perceptualHash } from './perceptual-hash.ts';
import { createProtectedImages } from './protected-images.ts';

/** Soft blotches from a seed: as much light and dark as a photo has. */
async function pictureOf(seed: number): Promise<Buffer> {
  let state = seed * 2_654_435_761 + 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 255;
  };
  const side = 9;
  const raw = Buffer.from(Array.from({ length: side * side * 3 }, next));
  return sharp(raw, { raw: { width: side, height: side, channels: 3 } })
    .resize(640, 480, { fit: 'fill', kernel: 'cubic' })
    .png()
    .toBuffer();
}

const original = await pictureOf(7);
const others = await Promise.all(Array.from({ length: 24 }, (_, index) => pictureOf(100 + index)));
const plain = await sharp({ create: { width: 50, height: 50, channels: 3, background: '#abc' } })
  .png()
  .toBuffer();
const mascot = { name: 'mascot', category: 'third_party_content', bytes: original } as const;

const subject = (bytes: Uint8Array): Subject => ({
  kind: 'image',
  stage: 'output',
  input: 'results[0]',
  bytes,
  mimeType: 'image/png',
  atSeconds: null,
});
async function look(bytes: Uint8Array, images = [mascot]): Promise<readonly Finding[]> {
  const detector = await createProtectedImages(images);
  const outcome = await detector.detect(subject(bytes), new AbortController().signal);
  return outcome.kind === 'findings' ? outcome.findings : assert.fail(outcome.reason);
}

const COPIES: Readonly<Record<string, (picture: Sharp) => Sharp>> = {
  'the picture itself': (picture) => picture,
  'a small one': (picture) => picture.resize(90),
  'a poor JPEG': (picture) => picture.jpeg({ quality: 15 }),
  'one without colour': (picture) => picture.greyscale(),
  'a brighter one': (picture) => picture.modulate({ brightness: 1.15 }),
  'a stretched one': (picture) => picture.resize(640, 300, { fit: 'fill' }),
  'its mirror image': (picture) => picture.flop(),
  'one without its borders': (picture) => picture.extract({ left: 64, top: 48, width: 512, height: 384 }),
  'one with a mark in the corner': (picture) =>
    picture.composite([
      {
        input: { create: { width: 120, height: 40, channels: 3, background: '#fff' } },
        left: 500,
        top: 420,
      },
    ]),
};

for (const [name, change] of Object.entries(COPIES)) {
  test(`${name} is known again`, async () => {
    const findings = await look(await change(sharp(original)).toBuffer());
    assert.deepEqual(
      findings.map(({ category, rule, detector, input }) => [category, rule, detector, input]),
      [['third_party_content', 'mascot', 'protected-images', 'results[0]']],
    );
    assert.ok((findings[0]?.score ?? 0) >= 0.7, String(findings[0]?.score));
  });
}

test('other pictures are none of the list', async () => {
  for (const other of others) assert.ok((await look(other)).every(({ score }) => score < 0.7));
});

test('a plain picture is like nothing, and cannot be protected', async () => {
  assert.equal(await perceptualHash(plain), null);
  assert.deepEqual(await look(plain), []);
  await assert.rejects(createProtectedImages([{ ...mascot, bytes: plain }]), /mascot is of one colour/);
});

test('a protected image that cannot be decoded stops the start; a picture that cannot is a failure', async () => {
  const broken = original.subarray(0, 60);
  await assert.rejects(createProtectedImages([{ ...mascot, bytes: broken }]), /mascot cannot be decoded/);
  const detector = await createProtectedImages([mascot]);
  const outcome = await detector.detect(subject(broken), new AbortController().signal);
  assert.equal(outcome.kind, 'failed');
});

test('distances: none to itself, the same both ways of reading, never beyond the bits', () => {
  const words = fc.uint32Array({ minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(words, words, (a, b) => {
      const one = { bits: a, mirrored: a };
      const expected = [...a].reduce(
        (sum, word, at) => sum + ((word ^ (b[at] ?? 0)) >>> 0).toString(2).replaceAll('0', '').length,
        0,
      );
      assert.equal(hashDistance(one, one), 0);
      assert.equal(hashDistance(one, { bits: b, mirrored: b }), expected);
      assert.ok(expected <= HASH_BITS);
    }),
  );
});
