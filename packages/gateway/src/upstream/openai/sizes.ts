/** From our `size` and `resolution` to the one size that the Images API knows. Pure. */
import { type Frame, parseFrame, sizeNear } from '../frame.ts';
import type { Unsupported } from '../unsupported.ts';
import { FREE_SIZE, type ImageFamily } from './families.ts';

/** Pixels of a square: `2K` is 2048 x 2048 in area, whatever the ratio. */
const RESOLUTIONS: Readonly<Record<string, number>> = { '1K': 1024 ** 2, '2K': 2048 ** 2, '4K': 4096 ** 2 };

export interface AskedSize {
  readonly size: unknown;
  readonly resolution: unknown;
}

/** Null leaves the choice to the model. A ratio without a resolution is 1K; an exact size needs none. */
export function pixelSize({ sizes }: ImageFamily, asked: AskedSize): string | null | Unsupported {
  const { size } = asked;
  const resolution = typeof asked.resolution === 'string' ? asked.resolution.toUpperCase() : '1K';
  const pixels = RESOLUTIONS[resolution];
  if (pixels === undefined)
    return refuse('resolution', 'This model knows the resolutions 1K, 2K and 4K. Choose one of them.');
  if (size === undefined || size === 'auto') {
    if (resolution === '1K') return size === 'auto' && !Array.isArray(sizes) ? 'auto' : null;
    return refuse('resolution', 'A resolution needs a shape here. Give `size` a ratio such as 16:9 as well.');
  }
  const frame = parseFrame(size);
  if (frame === null)
    return refuse('size', '`size` must be `auto`, a ratio such as 16:9, or pixels such as 1024x1024.');
  if (typeof sizes !== 'string') return offeredSize(frame, resolution, pixels, sizes);
  if (!frame.exact) return fromRatio(frame, pixels);
  const fault = sizes === 'free' ? faultOf(frame) : null;
  return fault === null ? `${frame.width}x${frame.height}` : refuse('size', fault);
}

function offeredSize(
  frame: Frame,
  resolution: string,
  pixels: number,
  offered: readonly string[],
): string | Unsupported {
  if (!frame.exact && resolution !== '1K')
    return refuse('resolution', 'This model makes pictures of about one megapixel. Leave `resolution` out.');
  const exact = `${frame.width}x${frame.height}`;
  const found = frame.exact ? offered.find((one) => one === exact) : sizeNear(frame, pixels, offered);
  return found ?? refuse('size', `This model makes pictures of ${offered.join(', ')} only.`);
}

/** The largest allowed size of this shape within the area. Rounded so that it is never steeper than the ratio asked for. */
function fromRatio({ width, height }: Frame, pixels: number): string | Unsupported {
  const { step, longestSide, steepest, mostPixels } = FREE_SIZE;
  const ratio = Math.max(width, height) / Math.min(width, height);
  if (ratio > steepest) return refuse('size', 'The ratio in `size` must lie between 1:3 and 3:1.');
  const area = Math.min(pixels, mostPixels);
  const short = down(Math.min(Math.sqrt(area / ratio), longestSide / ratio), step);
  const long = down(short * ratio, step);
  return width >= height ? `${long}x${short}` : `${short}x${long}`;
}

function faultOf({ width, height }: Frame): string | null {
  const { step, longestSide, steepest, fewestPixels, mostPixels } = FREE_SIZE;
  if (width % step !== 0 || height % step !== 0) return `Both sides must be multiples of ${step} pixels.`;
  if (Math.max(width, height) > longestSide) return `No side may be longer than ${longestSide} pixels.`;
  if (Math.max(width, height) > steepest * Math.min(width, height))
    return 'The ratio of the sides must lie between 1:3 and 3:1.';
  if (width * height < fewestPixels || width * height > mostPixels)
    return `The size must have between ${fewestPixels} and ${mostPixels} pixels in all.`;
  return null;
}

/** Forgives what division leaves behind: 2160 * 16 / 9 is a hair under 3840. */
const down = (value: number, step: number) => Math.floor(value / step + 1e-9) * step;

const refuse = (param: string, message: string): Unsupported => ({ param, message });
