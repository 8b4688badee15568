/**
 * How long a look takes: `npm run moderation:bench [picture...]`, by default the self-test's photograph at two sizes. Wall-clock and
 * processor milliseconds of one thread, medians of 15 after 3 to warm up. The aim: below 250 ms of one core.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { look } from './look.ts';
import { loadModels } from './thread.ts';

const ROUNDS = 15;
const face = await readFile(join(import.meta.dirname, '..', 'self-test', 'face.jpg'));
const large = await sharp({ create: { width: 1600, height: 1200, channels: 3, background: '#797' } })
  .composite([{ input: await sharp(face).resize(110).toBuffer(), left: 1200, top: 800 }])
  .jpeg()
  .toBuffer();
const given = await Promise.all(
  process.argv.slice(2).map(async (path) => [path, await readFile(path)] as const),
);
const pictures =
  given.length > 0
    ? given
    : ([
        ['512x512, one face', face],
        ['1600x1200, one small face', large],
      ] as const);

const started = performance.now();
const models = await loadModels();
console.log(`load and self-test: ${Math.round(performance.now() - started)} ms`);
for (const [name, bytes] of pictures) {
  for (let round = 0; round < 3; round++) await look(models, bytes);
  const wall: number[] = [];
  const core: number[] = [];
  let faces = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = performance.now();
    const used = process.cpuUsage();
    faces = (await look(models, bytes)).faces.count;
    const { user, system } = process.cpuUsage(used);
    wall.push(performance.now() - before);
    core.push((user + system) / 1000);
  }
  console.log(`${name}: ${median(wall)} ms, ${median(core)} ms of a core, ${faces} face(s)`);
}
console.log(`memory: ${Math.round(process.memoryUsage().rss / 1e6)} MB`);

function median(values: readonly number[]): number {
  return Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}
