import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { createWorkbench, halves, probe } from './testing/workbench.ts';

let bench: Awaited<ReturnType<typeof createWorkbench>>;
before(async () => {
  bench = await createWorkbench();
});
after(() => bench.close());

test('odd inputs are edited: grey, 16 bit, with alpha, CMYK, turned by EXIF', async () => {
  const odd = [
    await bench.input('grey.png', await halves(60, 40).greyscale().toColourspace('b-w').png().toBuffer()),
    await bench.input('deep.png', await halves(60, 40).toColourspace('rgb16').png().toBuffer()),
    await bench.input('alpha.png', await halves(60, 40).ensureAlpha(0.5).png().toBuffer()),
    await bench.input('cmyk.jpg', await halves(60, 40).toColourspace('cmyk').jpeg().toBuffer(), 'image/jpeg'),
    await bench.input(
      'tiny.webp',
      await sharp({ create: { width: 1, height: 1, channels: 3, background: '#888' } })
        .webp()
        .toBuffer(),
      'image/webp',
    ),
  ];
  for (const file of odd) {
    for (const format of ['png', 'jpeg'] as const) {
      const [result] = await bench.bytesOf(
        await bench.image({ prompt: 'vintage', inputs: [file], format, width: 48, height: 48 }),
      );
      const { width, height } = await sharp(result).metadata();
      assert.deepEqual([width, height], [48, 48], file.path);
    }
    const clip = await bench.run(await bench.video({ firstFrame: file, seconds: 0.1 }));
    assert.equal((await probe(clip[0]?.path ?? '')).width, 96, file.path);
  }
  const turned = await bench.input(
    'turned.jpg',
    await halves(60, 40).jpeg().withMetadata({ orientation: 6 }).toBuffer(),
    'image/jpeg',
  );
  const [upright] = await bench.bytesOf(
    await bench.image({ prompt: 'sharpen', inputs: [turned], width: 40, height: 60 }),
  );
  const { data } = await sharp(upright).raw().toBuffer({ resolveWithObject: true });
  // Turned by a quarter clockwise, what was on the left is on top.
  assert.ok((data[0] ?? 0) > 120 && (data[2] ?? 0) < 100, 'red on top');
  assert.ok((data.at(-3) ?? 0) < 100 && (data.at(-1) ?? 0) > 120, 'blue below');
});

test('abort stops a long clip at once and leaves no finished file', async () => {
  const abort = new AbortController();
  const job = await bench.video({ prompt: 'city at night', width: 640, height: 360, seconds: 30 });
  let abortedAt = 0;
  const work = bench.renderer.render(job, {
    signal: abort.signal,
    onProgress(percent) {
      if (percent < 10 || abort.signal.aborted) return;
      abortedAt = performance.now();
      abort.abort(new Error('enough'));
    },
  });
  await assert.rejects(work, { message: 'enough' });
  assert.ok(performance.now() - abortedAt < 1000);
  assert.deepEqual(await readdir(job.folder), []);
});

test('an input that is no picture fails its job with a reason, and the next job is fine', async () => {
  const broken = await bench.input('broken.png', Buffer.from('this is not a picture'));
  for (const job of [await bench.image({ inputs: [broken] }), await bench.video({ firstFrame: broken })]) {
    await assert.rejects(bench.run(job), { name: 'RenderFailure', reason: 'unreadable_input' });
  }
  assert.equal((await bench.run(await bench.image())).length, 1);
});
