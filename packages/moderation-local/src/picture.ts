/** Pictures as the models see them: plain pixels. Only for looking threads. */
import sharp from 'sharp';

export interface Rgb {
  readonly width: number;
  readonly height: number;
  /** width x height x 3. */
  readonly data: Uint8Array;
}

export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const MAX_PIXELS = 50_000_000;
const VIPS_SECONDS = 10;
/** Of a side: what is looked at of a larger picture. */
const LARGEST = 1_280;

sharp.cache(false);
sharp.concurrency(1);

/** Upright, on white, in sRGB, at most 1,280 pixels a side. Rejects where it cannot be decoded to its end. */
export async function decoded(bytes: Uint8Array): Promise<Rgb> {
  const { data, info } = await sharp(bytes, {
    failOn: 'truncated',
    limitInputPixels: MAX_PIXELS,
    sequentialRead: true,
  })
    .timeout({ seconds: VIPS_SECONDS })
    .autoOrient()
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .resize(LARGEST, LARGEST, { fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/** Stretched to the size given, of which nothing is less than a pixel. */
export async function resized({ width, height, data }: Rgb, toWidth: number, toHeight: number): Promise<Rgb> {
  const size = { width: Math.max(1, Math.round(toWidth)), height: Math.max(1, Math.round(toHeight)) };
  const made = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize(size.width, size.height, { fit: 'fill' })
    .raw()
    .toBuffer();
  return { ...size, data: made };
}

/** `area` lies within the picture. */
export function cut({ width, data }: Rgb, area: Area): Rgb {
  const row = area.width * 3;
  const made = new Uint8Array(row * area.height);
  for (let y = 0; y < area.height; y++) {
    const from = ((area.top + y) * width + area.left) * 3;
    made.set(data.subarray(from, from + row), y * row);
  }
  return { width: area.width, height: area.height, data: made };
}
