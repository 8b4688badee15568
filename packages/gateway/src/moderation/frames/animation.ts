/** Frames of animated pictures. Detectors see the first frame of a picture as it is; here are others, up to the last. */
import { sharp, VIPS_SECONDS } from '../../media/vips.ts';
import type { Frame, Sampled } from './frames.ts';

const LONGEST_SIDE = 1_280;
const MAX_PIXELS = 50_000_000;
/** What browsers make of a frame that names no time, or next to none. */
const USUAL_MS = 100;
const LEAST_MS = 11;

/** Of a still picture, none. Every frame needs those before it: a long animation may need more than the time there is, and fails. */
export async function sampleAnimation(
  bytes: Uint8Array,
  count: number,
  signal: AbortSignal,
): Promise<Sampled> {
  try {
    const { pages = 1, delay = [] } = await sharp(bytes, { limitInputPixels: MAX_PIXELS }).metadata();
    const frames: Frame[] = [];
    for (const page of laterPages(pages, count)) {
      if (signal.aborted) return { kind: 'failed', reason: 'was given up' };
      frames.push({ atSeconds: secondsBefore(page, delay), jpeg: await frameOf(bytes, page) });
    }
    return { kind: 'sampled', frames };
  } catch {
    return { kind: 'failed', reason: 'the frames of the animation could not be decoded' };
  }
}

/** `count` pages from the first to the last, without the first. */
function laterPages(pages: number, count: number): readonly number[] {
  const places = Array.from({ length: count }, (_, at) => Math.round(((pages - 1) * at) / (count - 1)));
  return [...new Set(places)].filter((page) => page > 0);
}

function secondsBefore(page: number, delay: readonly number[]): number {
  const shown = Array.from({ length: page }, (_, at) => delay[at] ?? USUAL_MS);
  return shown.reduce((sum, ms) => sum + (ms < LEAST_MS ? USUAL_MS : ms), 0) / 1000;
}

function frameOf(bytes: Uint8Array, page: number): Promise<Uint8Array> {
  return sharp(bytes, { page, pages: 1, failOn: 'truncated', limitInputPixels: MAX_PIXELS })
    .timeout({ seconds: VIPS_SECONDS })
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .resize(LONGEST_SIDE, LONGEST_SIDE, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 85 })
    .toBuffer();
}
