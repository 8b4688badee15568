import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { createWorkbench, halves } from '../testing/workbench.ts';

let bench: Awaited<ReturnType<typeof createWorkbench>>;
before(async () => {
  bench = await createWorkbench();
});
after(() => bench.close());

for (const format of ['png', 'jpeg', 'webp'] as const) {
  test(`pictures are ${format} of the size asked for, one per seed`, async () => {
    const job = await bench.image({ format, n: 2, width: 130, height: 70 });
    const files = await bench.run(job);
    for (const file of files) {
      const { data, info } = await sharp(file.path).raw().toBuffer({ resolveWithObject: true });
      assert.deepEqual(
        [(await sharp(file.path).metadata()).format, info.width, info.height],
        [format, 130, 70],
      );
      assert.ok(new Set(data).size > 40, 'a picture has many tones');
      assert.deepEqual([file.width, file.height, file.seconds], [130, 70, null]);
    }
    assert.deepEqual((await readdir(job.folder)).toSorted(), [`image-1.${format}`, `image-2.${format}`]);
    const [, second] = await Promise.all(files.map(({ path }) => readFile(path)));
    const [alone] = await bench.bytesOf(await bench.image({ format, seed: 8, width: 130, height: 70 }));
    assert.ok(alone && second?.equals(alone), 'picture i has the seed + i');
  });
}

const prompts = [
  'mountains at noon',
  'stormy sea',
  'forest in fog',
  'desert',
  'neon city at night',
  'meadow',
  'red flowers',
  'a planet in space',
  'abstract',
  'snow and aurora over a lake',
  '日落',
  '',
];
test('every kind of scene is painted, the same for the same words and seed, another for another seed', async () => {
  for (const prompt of prompts) {
    const job = { prompt, width: 64, height: 48 };
    const [[first], [again], [other]] = await Promise.all([
      bench.bytesOf(await bench.image(job)),
      bench.bytesOf(await bench.image(job)),
      bench.bytesOf(await bench.image({ ...job, seed: 8 })),
    ]);
    assert.ok(first && again && other);
    assert.ok(first.equals(again), prompt);
    assert.ok(!first.equals(other), prompt);
  }
});

test('a mask keeps the rest of the picture as it was', async () => {
  const photo = await bench.input('masked.png', await halves(64, 64).png().toBuffer());
  const white = await bench.input(
    'white.png',
    await sharp({ create: { width: 64, height: 64, channels: 3, background: '#000' } })
      .composite([
        { input: { create: { width: 32, height: 64, channels: 3, background: '#fff' } }, left: 0, top: 0 },
      ])
      .png()
      .toBuffer(),
  );
  const clear = await bench.input(
    'clear.png',
    await sharp(
      Uint8Array.from({ length: 64 * 64 * 4 }, (_, i) => (i % 4 === 3 && (i >> 2) % 64 >= 32 ? 255 : 0)),
      { raw: { width: 64, height: 64, channels: 4 } },
    )
      .png()
      .toBuffer(),
  );
  for (const mask of [white, clear]) {
    const [result] = await bench.bytesOf(
      await bench.image({ prompt: 'invert', inputs: [photo], mask, width: 64, height: 64 }),
    );
    const { data, info } = await sharp(result).raw().toBuffer({ resolveWithObject: true });
    const at = (x: number) => [
      ...data.subarray((32 * info.width + x) * info.channels, (32 * info.width + x) * info.channels + 3),
    ];
    assert.deepEqual(at(56), [0x20, 0x20, 0xc0], mask.path);
    assert.ok(
      (at(8)[0] ?? 255) < 110 && (at(8)[2] ?? 0) > 190,
      `${mask.path}: red became its opposite, ${at(8)}`,
    );
  }
});

test('several inputs become one picture that shows each of them', async () => {
  const colours = ['#ff0000', '#00ff00', '#0000ff', '#ffff00', '#ff00ff'];
  const inputs = await Promise.all(
    colours.map(async (background, i) =>
      bench.input(
        `part-${i}.png`,
        await sharp({ create: { width: 50, height: 50, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    ),
  );
  const [result] = await bench.bytesOf(await bench.image({ prompt: '', inputs, width: 120, height: 80 }));
  const { data, info } = await sharp(result).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const shares = new Map<string, number>();
  for (let i = 0; i < data.length; i += 3) {
    const colour = `#${data.subarray(i, i + 3).toString('hex')}`;
    shares.set(colour, (shares.get(colour) ?? 0) + 1 / (info.width * info.height));
  }
  for (const colour of colours)
    assert.ok((shares.get(colour) ?? 0) > 0.1, `${colour} has a tenth of the picture at least`);
});
