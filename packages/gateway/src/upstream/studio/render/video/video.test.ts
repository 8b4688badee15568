import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import type { VideoJob } from '../job.ts';
import { createWorkbench, halves, probe } from '../testing/workbench.ts';

let bench: Awaited<ReturnType<typeof createWorkbench>>;
before(async () => {
  bench = await createWorkbench();
});
after(() => bench.close());

test('clips have exactly their frames, size and length, begin with their index and can be sought', async () => {
  const photo = await bench.input('photo.png', await halves(160, 90).png().toBuffer());
  const other = await bench.input('other.png', await halves(90, 160).flop().png().toBuffer());
  const jobs: [string, Partial<VideoJob>][] = [
    ['from words', { prompt: 'rain over a lake at dusk', seconds: 1 }],
    ['from words, flowing', { prompt: 'abstract' }],
    ['from a photograph', { firstFrame: photo, seconds: 2.5 }],
    ['to a photograph', { lastFrame: photo }],
    ['from one photograph to another', { firstFrame: photo, lastFrame: other, seconds: 0.71 }],
    ['with sound', { prompt: 'night sea', audio: true, seconds: 2 }],
    ['upright', { firstFrame: photo, width: 64, height: 98 }],
  ];
  for (const [what, part] of jobs) {
    const job = await bench.video(part);
    const heard: number[] = [];
    const [file] = await bench.run(job, (percent) => heard.push(percent));
    assert.ok(file, what);
    const clip = await probe(file.path);
    const frames = Math.round(job.seconds * 24);
    assert.deepEqual([clip.width, clip.height], [job.width, job.height], what);
    assert.ok(Math.abs(clip.seconds - frames / 24) < 0.001, `${what}: ${clip.seconds} s`);
    assert.equal(file.seconds, frames / 24);
    const [pictures, tones] = clip.tracks;
    assert.equal(pictures?.packets.length, frames, what);
    const keys = pictures?.packets.flatMap((packet, i) => (packet.type === 'key' ? [i] : []));
    assert.deepEqual(keys, frames > 48 ? [0, 48] : [0], `${what}: only whole pictures are marked as such`);
    assert.equal(tones?.codec, job.audio ? 'mp3' : undefined, what);
    const data = await readFile(file.path);
    assert.ok(data.indexOf('moov') < data.indexOf('mdat'), `${what}: index first`);
    assert.equal(data.readUInt32BE(data.indexOf('mvhd') + 8), 0, `${what}: no time of making`);
    assert.ok(heard.length >= Math.min(frames, 20), `${what}: progress is told while it works`);
    assert.deepEqual(
      heard,
      heard.toSorted((a, b) => a - b),
    );
  }
});

test('the same clip has the same bytes', async () => {
  const job = { prompt: 'snow in the forest at night', audio: true, seconds: 1 };
  const [[first], [again], [other]] = await Promise.all([
    bench.bytesOf(await bench.video(job)),
    bench.bytesOf(await bench.video(job)),
    bench.bytesOf(await bench.video({ ...job, seed: 8 })),
  ]);
  assert.ok(first && again && other && first.equals(again) && !first.equals(other));
});
