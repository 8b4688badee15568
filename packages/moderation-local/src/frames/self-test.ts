/** At the start: a clip whose frames are known. A decoder that gives other pictures than those of the video is not used at all. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { FrameSource } from './frames.ts';

/** One second each of red, green and blue; H.264, made for this test. */
const CLIP = join(import.meta.dirname, '..', '..', 'self-test', 'colours.mp4');
const COLOURS = ['red', 'green', 'blue'] as const;

/** Rejects with what is wrong. */
export async function selfTest(source: FrameSource): Promise<void> {
  const { size } = await stat(CLIP);
  const clip = { bytes: size, open: async () => createReadStream(CLIP) };
  const sampled = await source.sample(clip, COLOURS.length, new AbortController().signal);
  if (sampled.kind === 'failed') throw new Error(`The video decoder does not work here: ${sampled.reason}.`);
  const seen = await Promise.all(sampled.frames.map(({ jpeg }) => strongest(jpeg)));
  if (seen.join() !== COLOURS.join())
    throw new Error('The video decoder does not work here: it gives other pictures than those of a video.');
}

async function strongest(jpeg: Uint8Array): Promise<(typeof COLOURS)[number] | null> {
  const { channels } = await sharp(jpeg).stats();
  const bright = COLOURS.filter((_, channel) => (channels[channel]?.mean ?? 0) > 180);
  return bright.length === 1 ? (bright[0] ?? null) : null;
}
