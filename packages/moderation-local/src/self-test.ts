/**
 * After every load: a picture whose answer is known. A missing or damaged model is only logged by its library, and from then on
 * every picture is clean and without faces; so models that do not answer as they should are not used at all.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { type Look, look, type Models } from './look.ts';

/** A photograph with one face; public domain (NASA). */
const FACE = join(import.meta.dirname, '..', 'self-test', 'face.jpg');

/** Measured with the pinned models; a different libvips or CPU moves them by less than `TOLERANCE`. */
const EXPECTED = { small: 0.98, mid: 0.95 };
const TOLERANCE = 0.1;

/** Rejects with what is wrong. */
export async function selfTest(models: Models): Promise<void> {
  const seen = await look(models, await readFile(FACE));
  if (seen.faces.count !== 1 || seen.faces.surest < 0.5) throw new Error('self-test: the face was not found');
  const [small, mid] = seen.nudity;
  const isAsMeasured =
    Math.abs(small.neutral - EXPECTED.small) < TOLERANCE && Math.abs(mid.neutral - EXPECTED.mid) < TOLERANCE;
  if (!isAsMeasured) throw new Error('self-test: a nudity model does not answer as it should');
  const empty = await look(models, await nothing());
  if (empty.faces.count > 0) throw new Error('self-test: a face was found where there is none');
  if (isSame(empty, seen)) throw new Error('self-test: the models give every picture the same answer');
}

function isSame(one: Look, other: Look): boolean {
  return one.nudity.some((scores, at) => Math.abs(scores.neutral - (other.nudity[at]?.neutral ?? 0)) < 1e-6);
}

function nothing(): Promise<Buffer> {
  return sharp({ create: { width: 300, height: 200, channels: 3, background: '#4a7' } })
    .png()
    .toBuffer();
}
