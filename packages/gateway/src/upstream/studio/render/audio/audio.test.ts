import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { createWorkbench, probe } from '../testing/workbench.ts';

let bench: Awaited<ReturnType<typeof createWorkbench>>;
before(async () => {
  bench = await createWorkbench();
});
after(() => bench.close());

test('sound has its length in every format, is stereo, not silent and the same each time', async () => {
  for (const [format, slack] of [
    ['wav', 0.0001],
    ['mp3', 0.08],
    ['ogg', 0.01],
  ] as const) {
    const job = await bench.audio({ format, seconds: 3 });
    const [file] = await bench.run(job);
    assert.ok(file);
    const { tracks, seconds } = await probe(file.path);
    assert.equal(tracks.length, 1);
    assert.ok(Math.abs(seconds - 3) <= slack, `${format}: ${seconds} s`);
    const [[again], [other]] = await Promise.all([
      bench.bytesOf(await bench.audio({ format, seconds: 3 })),
      bench.bytesOf(await bench.audio({ format, seconds: 3, seed: 8 })),
    ]);
    const data = await readFile(file.path);
    assert.ok(again && other && data.equals(again) && !data.equals(other), format);
  }
  const [wav] = await bench.bytesOf(await bench.audio());
  assert.ok(wav);
  let loudest = 0;
  for (let at = 44; at < wav.length; at += 2) loudest = Math.max(loudest, Math.abs(wav.readInt16LE(at)));
  assert.ok(loudest > 20_000 && loudest < 32_000, `loudest sample ${loudest}`);
});
