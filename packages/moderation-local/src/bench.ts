/**
 * How long a look takes: `npm run moderation:bench [picture...]`, by default the self-test's photograph in the sizes that cost most.
 * Processor milliseconds of one thread, medians of 15 after 3 to warm up. The aim: below 250 ms of one core.
 *
 * Machines differ, and so does what else runs on them: `of the baseline` is the same time as a share of five looks of the face
 * detector, measured in turn with the look. It is what to compare between two versions.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Person } from './likeness.ts';
import { describe, look } from './look.ts';
import { resized } from './picture.ts';
import { loadModels } from './thread.ts';

const ROUNDS = 15;
const WARM_UP = 3;
const BASELINE_LOOKS = 5;

const face = await readFile(join(import.meta.dirname, '..', 'self-test', 'face.jpg'));
const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#797' } });
const small = { input: await sharp(face).resize(110).toBuffer(), left: 1200, top: 800 };
const given = process.argv.slice(2).map(async (path) => [path, await readFile(path)] as const);
const examples = [
  ['512x512, one face', Promise.resolve(face)],
  ['1280x720, no face', plain(1280, 720).jpeg().toBuffer()],
  ['1280x1280, no face', plain(1280, 1280).jpeg().toBuffer()],
  ['1600x1200, one small face', plain(1600, 1200).composite([small]).jpeg().toBuffer()],
] as const;
const pictures = await Promise.all(
  given.length > 0 ? given : examples.map(async ([name, bytes]) => [name, await bytes] as const),
);

const started = performance.now();
const models = await loadModels({ withLikeness: true });
console.log(`load and self-test, with the likeness model: ${Math.round(performance.now() - started)} ms`);

const people: Person[] = [
  { label: 'example', descriptors: (await describe(models, face)).map(({ descriptor }) => descriptor) },
];
const square = { width: 512, height: 512, data: new Uint8Array(512 * 512 * 3).fill(120) };
const baselineInput = await resized(square, 256, 256);
async function baseline(): Promise<void> {
  for (let at = 0; at < BASELINE_LOOKS; at++) await models.faces.find(baselineInput);
}

for (const [name, bytes] of pictures) {
  const without = { ...models, likeness: null };
  const [alone, compared, base] = await inTurn([
    () => look(without, bytes),
    () => look(models, bytes, people),
    baseline,
  ]);
  const { faces } = await look(without, bytes);
  console.log(
    `${name}: ${told(alone, base)}; with a gallery ${told(compared, base)}; ${faces.count} face(s)`,
  );
}
console.log(`memory: ${Math.round(process.memoryUsage().rss / 1e6)} MB`);

/** The median processor time of each, one round of all after the other, so that a busy moment is everybody's. */
async function inTurn(works: readonly (() => Promise<unknown>)[]): Promise<number[]> {
  const times = works.map((): number[] => []);
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    for (const [at, work] of works.entries()) {
      const before = process.cpuUsage();
      await work();
      const { user, system } = process.cpuUsage(before);
      if (round >= WARM_UP) times[at]?.push((user + system) / 1000);
    }
  }
  return times.map((values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}

function told(ms: number | undefined, base: number | undefined): string {
  return `${Math.round(ms ?? 0)} ms (${((ms ?? 0) / (base ?? 1)).toFixed(2)} of the baseline)`;
}
