/** From our `aspect_ratio` and `quality` to the dialect's `size`, which is pixels. Pure. */
import { type Frame, nearest, parseFrame, sizeNear } from '../frame.ts';
import type { Unsupported } from '../unsupported.ts';

/** What is known of a model; null where any value may be good. Facts: OpenAI's Videos API reference and guide. */
export interface VideoFamily {
  readonly sizes: readonly string[] | null;
  readonly seconds: readonly number[] | null;
}

const SORA: VideoFamily = { sizes: ['1280x720', '720x1280'], seconds: [4, 8, 12] };
const SORA_PRO: VideoFamily = {
  ...SORA,
  sizes: ['1280x720', '720x1280', '1792x1024', '1024x1792', '1920x1080', '1080x1920'],
};
const UNKNOWN: VideoFamily = { sizes: null, seconds: null };

export function familyOf(upstreamModel: string): VideoFamily {
  if (/^sora-2-pro/.test(upstreamModel)) return SORA_PRO;
  return /^sora-2/.test(upstreamModel) ? SORA : UNKNOWN;
}

/** The shorter side in pixels. */
const QUALITIES: Readonly<Record<string, number>> = { '480p': 480, '720p': 720, '1080p': 1080, '4k': 2160 };
const USUAL_SIDE = 720;
const USUAL_SHAPE: Frame = { width: 16, height: 9, exact: false };

export interface AskedSize {
  readonly aspectRatio: unknown;
  readonly quality: unknown;
  /** The first input picture. */
  readonly first: { readonly width: number; readonly height: number } | null;
}

/** Null leaves the choice to the model. `adaptive`, and no ratio at all, follow the input picture. */
export function sizeOf({ sizes }: VideoFamily, asked: AskedSize): string | null | Unsupported {
  const side = sideOf(asked.quality);
  if (side === null) return refuse('quality', '`quality` must be one of: 480p, 720p, 1080p, 4k.');
  const free = asked.aspectRatio === undefined || asked.aspectRatio === 'adaptive';
  if (free && asked.first === null && asked.quality === undefined) return null;
  const pictured: Frame | null = asked.first && { ...asked.first, exact: false };
  const frame = free ? (pictured ?? USUAL_SHAPE) : parseFrame(asked.aspectRatio);
  if (frame === null)
    return refuse('aspect_ratio', '`aspect_ratio` must be a ratio such as 16:9, pixels, or `adaptive`.');
  if (frame.exact) return exactSize(frame, sizes);
  if (sizes === null) return computed(frame, side);
  const ofQuality = sizes.filter((size) => shorterSide(size) === side);
  if (ofQuality.length === 0) {
    const offered = [...new Set(sizes.map(shorterSide))].map((one) => `${one}p`);
    return refuse('quality', `This model makes ${offered.join(', ')} only.`);
  }
  // A picture of another shape is for the provider to refuse: it says how large the picture must be.
  const found = free ? nearest(frame, ofQuality) : sizeNear(frame, side * side, ofQuality);
  return found ?? refuse('aspect_ratio', `This model makes clips of ${ofQuality.join(', ')} only.`);
}

function exactSize({ width, height }: Frame, sizes: readonly string[] | null): string | Unsupported {
  const size = `${width}x${height}`;
  return sizes === null || sizes.includes(size)
    ? size
    : refuse('aspect_ratio', `This model makes clips of ${sizes.join(', ')} only.`);
}

/** Even sides, as video encoders want them: 480p in 16:9 is 854x480. */
function computed({ width, height }: Frame, side: number): string {
  const long = 2 * Math.round((side * Math.max(width, height)) / Math.min(width, height) / 2);
  return width >= height ? `${long}x${side}` : `${side}x${long}`;
}

function sideOf(quality: unknown): number | null {
  if (quality === undefined) return USUAL_SIDE;
  return (typeof quality === 'string' ? QUALITIES[quality.toLowerCase()] : undefined) ?? null;
}

const shorterSide = (size: string) => Math.min(...size.split('x').map(Number));

const refuse = (param: string, message: string): Unsupported => ({ param, message });
