/**
 * After every load: a picture whose answer is known. A missing or damaged model is only logged by its library, and from then on
 * every picture is clean and without faces; so models that do not answer as they should are not used at all.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { cosine, type Descriptor } from './likeness.ts';
import { describe, type Look, look, type Models } from './look.ts';

/** A photograph with one face; public domain (NASA). */
const FACE = join(import.meta.dirname, '..', 'self-test', 'face.jpg');

/** Measured with the pinned models; a different libvips or CPU moves them by less than `TOLERANCE`. */
const EXPECTED = { small: 0.98, mid: 0.95, mirrored: 0.93, negative: 0.37 };
const TOLERANCE = 0.1;
const isAsMeasured = (value: number, expected: number) => Math.abs(value - expected) < TOLERANCE;

/** Rejects with what is wrong. */
export async function selfTest(models: Models): Promise<void> {
  const photograph = await readFile(FACE);
  const seen = await look(models, photograph);
  if (seen.faces.count !== 1 || seen.faces.surest < 0.5) throw new Error('self-test: the face was not found');
  const [small, mid] = seen.nudity;
  if (!isAsMeasured(small.neutral, EXPECTED.small) || !isAsMeasured(mid.neutral, EXPECTED.mid))
    throw new Error('self-test: a nudity model does not answer as it should');
  const empty = await look(models, await nothing());
  if (empty.faces.count > 0) throw new Error('self-test: a face was found where there is none');
  if (isSame(empty, seen)) throw new Error('self-test: the models give every picture the same answer');
  if (models.likeness !== null) await testLikeness(models, photograph);
}

/** The same face in another picture must be alike, and another face must not: a model that fails does neither or both. */
async function testLikeness(models: Models, photograph: Buffer): Promise<void> {
  const known = await only(models, photograph);
  const mirrored = await only(
    models,
    await sharp(photograph).flop().modulate({ brightness: 0.7 }).toBuffer(),
  );
  const negative = await only(models, await sharp(photograph).negate().toBuffer());
  const answers =
    isAsMeasured(cosine(known, mirrored), EXPECTED.mirrored) &&
    isAsMeasured(cosine(known, negative), EXPECTED.negative);
  if (!answers) throw new Error('self-test: the likeness model does not answer as it should');
}

async function only(models: Models, bytes: Uint8Array): Promise<Descriptor> {
  const [face, another] = await describe(models, bytes);
  if (face === undefined || another !== undefined)
    throw new Error('self-test: the face to be compared was not found');
  return face.descriptor;
}

function isSame(one: Look, other: Look): boolean {
  return one.nudity.some((scores, at) => Math.abs(scores.neutral - (other.nudity[at]?.neutral ?? 0)) < 1e-6);
}

function nothing(): Promise<Buffer> {
  return sharp({ create: { width: 300, height: 200, channels: 3, background: '#4a7' } })
    .png()
    .toBuffer();
}
