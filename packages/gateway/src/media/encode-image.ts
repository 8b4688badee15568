/** Only for decoding processes: pixels to a file of one of several formats, of at most so many bytes. */
import type { Pixels } from './pixels.ts';
import { sharp, VIPS_SECONDS } from './vips.ts';

type Target = 'jpeg' | 'png' | 'webp' | 'avif' | 'tiff' | 'gif';

/** Best first; JPEG last for what is partly transparent, because it cannot be. */
const FOR_PHOTOS: readonly Target[] = ['jpeg', 'webp', 'png', 'avif', 'tiff', 'gif'];
const FOR_ALPHA: readonly Target[] = ['png', 'webp', 'avif', 'tiff', 'gif', 'jpeg'];
/** Few colours and hard edges: what lossy formats are worst at. */
const FOR_GRAPHICS: readonly Target[] = ['png', 'webp', 'jpeg', 'avif', 'tiff', 'gif'];

const BEST_QUALITY = 92;
/** Below it the damage is plain to see. */
const LEAST_QUALITY = 40;
const PALETTES = [256, 128, 64] as const;
/** A quarter of the colours saves a third of the bytes, seldom half: what is this many times too large stays too large. */
const PALETTES_SAVE = 3;
/** Nearer to the bytes allowed than this, more quality is not worth the seconds that another encoding of a large picture takes. */
const NEAR_ENOUGH = 0.9;

interface Original {
  readonly format: string;
  readonly hasAlpha: boolean;
  readonly isMask: boolean;
}

/** An AVIF is encoded as a whole, some 35 bytes for each pixel (measured); others take 10. Beyond this it is no target. */
const MOST_PIXELS_AS_AVIF = 12_000_000;

/** The format it has stays the first choice where it may; others only where a conversion is allowed. */
export function targetsFor(
  { format, hasAlpha, isMask }: Original,
  allowed: readonly string[],
  mayConvert: boolean,
): Target[] {
  const order = hasAlpha ? FOR_ALPHA : isMask || format === 'gif' ? FOR_GRAPHICS : FOR_PHOTOS;
  // A mask whose transparency is what it says would say nothing over white.
  const takes = order.filter(
    (target) => allowed.includes(target) && !(isMask && hasAlpha && target === 'jpeg'),
  );
  const own = takes.filter((target) => target === format);
  return mayConvert ? [...own, ...takes.filter((target) => target !== format)] : own;
}

interface EncodeOptions {
  readonly targets: readonly Target[];
  readonly maxBytes: number | null;
  readonly mayCompress: boolean;
}

interface Encoded {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly format: Target;
  /** True where quality was given up for bytes. */
  readonly compressed: boolean;
}

/** Null where no target fits into the bytes. */
export async function encode(pixels: Pixels, options: EncodeOptions): Promise<Encoded | null> {
  const { maxBytes, mayCompress } = options;
  const mayBeAvif = pixels.width * pixels.height <= MOST_PIXELS_AS_AVIF;
  const targets = options.targets.filter((target) => target !== 'avif' || mayBeAvif);
  const fits = (data: Uint8Array) => maxBytes === null || data.byteLength <= maxBytes;
  // Another format instead of less quality is worth a try only where quality may not be given up.
  for (const format of mayCompress ? targets.slice(0, 1) : targets) {
    const data = await write(pixels, format, BEST_QUALITY);
    if (fits(data)) return { data, format, compressed: false };
  }
  if (!mayCompress) return null;
  // A picture without its transparency is another picture: what keeps it goes first, down to a palette.
  const [keeping, flattening] = [
    targets.filter((one) => pixels.channels === 3 || one !== 'jpeg'),
    targets.filter((one) => pixels.channels === 4 && one === 'jpeg'),
  ];
  for (const group of [keeping, flattening]) {
    for (const format of group) {
      const data = isLossy(format) ? await highestQuality(pixels, format, maxBytes) : null;
      if (data) return { data, format, compressed: true };
    }
    if (!group.includes('png')) continue;
    for (const colours of PALETTES) {
      const data = await toBytes(prepare(pixels, 'png').png({ palette: true, colours, effort: 4 }));
      if (fits(data)) return { data, format: 'png', compressed: true };
      if (maxBytes !== null && data.byteLength > maxBytes * PALETTES_SAVE) break;
    }
  }
  return null;
}

function isLossy(format: Target): boolean {
  return format === 'jpeg' || format === 'webp' || format === 'avif';
}

/** The best that fits, by halving the range, or what comes near enough to the bytes allowed. */
async function highestQuality(
  pixels: Pixels,
  format: Target,
  maxBytes: number | null,
): Promise<Uint8Array<ArrayBuffer> | null> {
  let [low, high] = [LEAST_QUALITY, BEST_QUALITY - 1];
  let best: Uint8Array<ArrayBuffer> | null = null;
  // The least first: where even that is too large, the other tries are spared.
  for (let quality = low; low <= high; quality = (low + high) >> 1) {
    const data = await write(pixels, format, quality);
    if (maxBytes === null || data.byteLength <= maxBytes) {
      best = data;
      if (maxBytes !== null && data.byteLength > maxBytes * NEAR_ENOUGH) break;
      low = quality + 1;
    } else {
      high = quality - 1;
    }
  }
  return best;
}

function write(pixels: Pixels, format: Target, quality: number): Promise<Uint8Array<ArrayBuffer>> {
  const image = prepare(pixels, format);
  switch (format) {
    case 'jpeg':
      return toBytes(image.jpeg({ quality }));
    case 'png':
      return toBytes(image.png());
    case 'webp':
      return toBytes(image.webp({ quality, effort: 2 }));
    case 'avif':
      return toBytes(image.avif({ quality, effort: 1 }));
    case 'tiff':
      return toBytes(image.tiff({ compression: 'deflate' }));
    case 'gif':
      return toBytes(image.gif({ effort: 3 }));
    default: {
      const never: never = format;
      return never;
    }
  }
}

function prepare({ data, width, height, channels }: Pixels, format: Target) {
  const image = sharp(data, { raw: { width, height, channels } }).timeout({ seconds: VIPS_SECONDS });
  return format === 'jpeg' ? image.flatten({ background: '#fff' }) : image;
}

/** A copy of its own memory, so that only these bytes are sent. */
async function toBytes(image: ReturnType<typeof sharp>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await image.toBuffer());
}
