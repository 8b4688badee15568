import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { createLooker, type Looked, type Looker, type LookerOptions } from './index.ts';
import { isInstalled } from './libraries.ts';
import { DESCRIPTOR_LENGTH, type Descriptor } from './likeness.ts';
import { describe, look, type Models } from './look.ts';
import { decoded } from './picture.ts';
import { selfTest } from './self-test.ts';
import { handTimers } from './testing/hand-timers.ts';
import { loadModels } from './thread.ts';

const thread = new URL('./testing/thread.ts', import.meta.url);
const never = new AbortController().signal;

async function withLooker(options: LookerOptions, body: (looker: Looker) => Promise<void>): Promise<void> {
  const looker = createLooker({ thread, ...options });
  try {
    await body(looker);
  } finally {
    await looker.close();
  }
}
const threadIn = (looked: Looked) => (looked.kind === 'looked' ? looked.look.faces.count : looked.reason);

test('pictures are looked at in turn by one thread', async () => {
  await withLooker({}, async (looker) => {
    const seen = await Promise.all([1, 1, 1].map((byte) => looker.look(Uint8Array.of(byte), never)));
    const threads = new Set(seen.map(threadIn));
    assert.equal(threads.size, 1);
    assert.equal(typeof [...threads][0], 'number');
  });
});

test('an idle thread goes, and the next picture gets a new one', async () => {
  const { after, ring, waiting } = handTimers();
  await withLooker({ after, idleMs: 7 }, async (looker) => {
    const first = threadIn(await looker.look(Uint8Array.of(1), never));
    assert.equal(threadIn(await looker.look(Uint8Array.of(1), never)), first);
    ring(7);
    assert.notEqual(threadIn(await looker.look(Uint8Array.of(1), never)), first);
  });
  assert.equal(waiting.size, 0);
});

test('who gives up while others are looked at does not wait for them', async () => {
  await withLooker({}, async (looker) => {
    const stuck = looker.look(Uint8Array.of(2), never);
    const giveUp = new AbortController();
    const waiting = looker.look(Uint8Array.of(1), giveUp.signal);
    giveUp.abort();
    assert.equal(threadIn(await waiting), 'was given up');
    await looker.close();
    assert.notEqual(threadIn(await stuck), null);
  });
});

const BREAKS = [
  [2, /^took longer than \d+ ms$/],
  [3, /^the thread broke: broken on purpose$/],
  [4, /^the thread ended$/],
] as const;

for (const [byte, reason] of BREAKS) {
  test(`a picture that ends its thread (${reason.source}) is failed, and the next one gets a new thread`, async () => {
    const { after, ring } = handTimers();
    await withLooker({ timeoutMs: 9, after }, async (looker) => {
      const first = threadIn(await looker.look(Uint8Array.of(1), never));
      const looking = looker.look(Uint8Array.of(byte), never);
      await new Promise((resolve) => setImmediate(resolve));
      if (byte === 2) ring(9);
      assert.match(String(threadIn(await looking)), reason);
      const next = threadIn(await looker.look(Uint8Array.of(1), never));
      assert.equal(typeof next, 'number');
      assert.notEqual(next, first);
    });
  });
}

test('giving up ends the look at once, before it begins and in the middle', async () => {
  await withLooker({ timeoutMs: 60_000 }, async (looker) => {
    assert.equal(threadIn(await looker.look(Uint8Array.of(1), AbortSignal.abort())), 'was given up');
    const giveUp = new AbortController();
    const looking = looker.look(Uint8Array.of(2), giveUp.signal);
    setImmediate(() => giveUp.abort());
    assert.equal(threadIn(await looking), 'was given up');
  });
});

test('closing tells who waits, and nothing is looked at after it', async () => {
  const looker = createLooker({ thread, timeoutMs: 60_000 });
  await looker.look(Uint8Array.of(1), never);
  const waiting = looker.look(Uint8Array.of(2), never);
  await new Promise((resolve) => setImmediate(resolve));
  await looker.close();
  assert.equal(threadIn(await waiting), 'the thread ended');
  assert.equal(threadIn(await looker.look(Uint8Array.of(1), never)), 'was closed');
});

const models = isInstalled() ? await loadModels({ withLikeness: true }) : null;
const real = { skip: models === null && 'needs the models: npm run moderation:install' };
const fileOf = (name: string) => readFile(join(import.meta.dirname, '..', 'self-test', name));

test('the models see the face, and nothing indecent in a portrait', real, async () => {
  assert.ok(models);
  const { nudity, faces, drawn } = await look(models, await fileOf('face.jpg'));
  assert.equal(faces.count, 1);
  assert.ok(faces.surest > 0.7 && drawn < 0.3, JSON.stringify({ faces, drawn }));
  for (const { porn, hentai } of nudity) assert.ok(porn + hentai < 0.1);
});

test('a face too small for a look at the whole is found in a tile', real, async () => {
  assert.ok(models);
  const small = await sharp(await fileOf('face.jpg'))
    .resize(110)
    .toBuffer();
  const wide = await sharp({ create: { width: 1600, height: 1200, channels: 3, background: '#797' } })
    .composite([{ input: small, left: 1300, top: 900 }])
    .jpeg()
    .toBuffer();
  assert.equal((await look(models, wide)).faces.count, 1);
});

test('flat colours are called drawn', real, async () => {
  assert.ok(models);
  const drawing = Buffer.from(
    '<svg width="400" height="400"><rect width="400" height="400" fill="#fc8"/><circle cx="200" cy="200" r="120" fill="#38c"/></svg>',
  );
  const { drawn, faces } = await look(models, await sharp(drawing).png().toBuffer());
  assert.ok(drawn > 0.8, String(drawn));
  assert.equal(faces.count, 0);
});

/** A plain scene with crops of the photograph, or of its negative: the face of somebody else. */
async function scene(
  ...faces: readonly { size: number; left: number; isOther?: boolean }[]
): Promise<Buffer> {
  const photograph = await fileOf('face.jpg');
  const layers = faces.map(async ({ size, left, isOther = false }) => ({
    input: await sharp(photograph).negate(isOther).resize(size).toBuffer(),
    left,
    top: 150,
  }));
  return sharp({ create: { width: 1280, height: 720, channels: 3, background: '#797' } })
    .composite(await Promise.all(layers))
    .jpeg()
    .toBuffer();
}

test(
  'a person of the gallery is known again, turned, mirrored or small beside somebody else',
  real,
  async () => {
    assert.ok(models);
    const photograph = await fileOf('face.jpg');
    const [known, ...more] = await describe(models, photograph);
    assert.ok(known && more.length === 0);
    const people = [{ label: 'ada', descriptors: [known.descriptor] }];
    const pictures: readonly (readonly [string, Buffer, number, boolean])[] = [
      ['turned', await sharp(photograph).rotate(20).jpeg().toBuffer(), 1, true],
      ['mirrored', await sharp(photograph).flop().jpeg({ quality: 40 }).toBuffer(), 1, true],
      [
        'small, beside a larger one',
        await scene({ size: 512, left: 40, isOther: true }, { size: 230, left: 900 }),
        2,
        true,
      ],
      ['somebody else', await scene({ size: 512, left: 40, isOther: true }), 1, false],
    ];
    for (const [name, bytes, count, isAlike] of pictures) {
      const { faces, alike } = await look(models, bytes, people);
      assert.equal(faces.count, count, `${name}: each face once, however many tiles show it`);
      assert.equal((alike[0]?.cosine ?? 0) > 0.6, isAlike, `${name}: ${JSON.stringify(alike)}`);
    }
    assert.deepEqual((await look(models, await scene(), people)).alike, [], 'nobody is like nobody');
  },
);

test('without a gallery nothing is compared, and one face is enough', real, async () => {
  assert.ok(models);
  const both = await scene({ size: 512, left: 40, isOther: true }, { size: 230, left: 900 });
  const { faces, alike } = await look({ ...models, likeness: null }, both);
  assert.equal(faces.count, 1);
  assert.deepEqual(alike, []);
});

test('models that do not answer as they should are not used', real, async () => {
  assert.ok(models);
  const { nudity, faces, likeness } = models;
  const clean = { drawing: 0, hentai: 0, neutral: 1, porn: 0, sexy: 0 };
  const [face] = await faces.find(await decoded(await fileOf('face.jpg')));
  assert.ok(face);
  const always = { find: async () => [face] };
  let calls = 0;
  const each = (numbers: () => Descriptor) => ({ describe: async () => numbers() });
  const broken: readonly (readonly [Partial<Models>, RegExp])[] = [
    [{ faces: { find: async () => [] } }, /face was not found/],
    [{ faces: always }, /a face was found where there is none/],
    [{ nudity: { classify: async () => [clean, clean] } }, /give every picture the same answer/],
    [
      { nudity: { classify: async () => [{ ...clean, neutral: 0.5 }, clean] } },
      /nudity model does not answer/,
    ],
    [{ likeness: each(() => axis(0)) }, /likeness model does not answer/],
    [{ likeness: each(() => axis(calls++)) }, /likeness model does not answer/],
  ];
  for (const [wrong, message] of broken)
    await assert.rejects(selfTest({ nudity, faces, likeness, ...wrong }), message);
  await selfTest(models);
});

/** A descriptor that is like no other one of another number. */
function axis(at: number): Descriptor {
  return Float32Array.from({ length: DESCRIPTOR_LENGTH }, (_, index) => Number(index === at));
}

test('the real thread looks, and a file that is no picture fails and costs no thread', real, async () => {
  const looker = createLooker();
  const signal = new AbortController().signal;
  const junk = await looker.look(Uint8Array.of(1, 2, 3), signal);
  assert.deepEqual(junk, { kind: 'failed', reason: 'the picture could not be looked at' });
  const seen = await looker.look(await fileOf('face.jpg'), signal);
  await looker.close();
  assert.ok(seen.kind === 'looked' && seen.look.faces.count === 1);
});
