/**
 * A fingerprint by which a picture is known again after it was made smaller, recompressed, tinted or lightly marked. It holds 128
 * bits of how light and dark are spread, from which no picture can be made again.
 *
 * Half of it are gradients (is each field lighter than its right neighbour: "difference hash"), half are slow waves (which of the
 * 64 lowest frequencies are above their median: "perceptual hash" by cosine transform). What fools one seldom fools both.
 */
import { sharp, VIPS_SECONDS } from '../media/vips.ts';

const WIDTH = 36;
const HEIGHT = 32;
const FIELD = 4;
const COLUMNS = WIDTH / FIELD;
const ROWS = HEIGHT / FIELD;
const WAVES = 8;
const MAX_PIXELS = 50_000_000;

export const HASH_BITS = (COLUMNS - 1) * ROWS + WAVES * WAVES;

/** Below this spread of greys (standard deviation, of 255) there is nothing to know a picture by. */
const PLAIN = 4;

export interface PictureHash {
  /** 128 bits. */
  readonly bits: Uint32Array;
  /** Of the picture as seen in a mirror. */
  readonly mirrored: Uint32Array;
}

/** Null of a picture that is plain: all such pictures are alike. Rejects where it cannot be decoded. */
export async function perceptualHash(picture: Uint8Array): Promise<PictureHash | null> {
  return hashOf(await greys(picture, WIDTH, HEIGHT));
}

/** Of each side, what a copy may have lost and still be known again. */
const CUTS = [0, 0.05, 0.1];
const ROOM = 10;

/** Of the picture, and of it with its borders cut off: for a picture that others are compared with. Null and rejects as above. */
export async function hashesWithCuts(picture: Uint8Array): Promise<readonly PictureHash[] | null> {
  const width = WIDTH * ROOM;
  const height = HEIGHT * ROOM;
  const raw = { width, height, channels: 1 } as const;
  const large = await greys(picture, width, height);
  const hashes: PictureHash[] = [];
  for (const cut of CUTS) {
    const left = Math.round(width * cut);
    const top = Math.round(height * cut);
    const inner = sharp(large, { raw }).extract({
      left,
      top,
      width: width - 2 * left,
      height: height - 2 * top,
    });
    const hash = hashOf(await inner.resize(WIDTH, HEIGHT, SHRINK).greyscale().raw().toBuffer());
    if (hash === null) return null;
    hashes.push(hash);
  }
  return hashes;
}

const SHRINK = { fit: 'fill', kernel: 'cubic' } as const;

function greys(picture: Uint8Array, width: number, height: number): Promise<Buffer> {
  return sharp(picture, { failOn: 'truncated', limitInputPixels: MAX_PIXELS, sequentialRead: true })
    .timeout({ seconds: VIPS_SECONDS })
    .autoOrient()
    .flatten({ background: '#fff' })
    .greyscale()
    .resize(width, height, SHRINK)
    .raw()
    .toBuffer();
}

function hashOf(pixels: Uint8Array): PictureHash | null {
  const light = Float64Array.from(pixels);
  if (spread(light) < PLAIN) return null;
  return { bits: hash(light), mirrored: hash(mirror(light)) };
}

/** Bits that differ, 0 to 128, the mirror image tried too; 64 is what chance gives. */
export function hashDistance(one: PictureHash, other: PictureHash): number {
  return Math.min(differing(one.bits, other.bits), differing(one.mirrored, other.bits));
}

function hash(light: Float64Array): Uint32Array {
  const bits = new Uint32Array(HASH_BITS / 32);
  let next = 0;
  const push = (isSet: boolean) => {
    if (isSet) bits[next >> 5] = (bits[next >> 5] ?? 0) | (1 << (next & 31));
    next++;
  };
  for (let row = 0; row < ROWS; row++)
    for (let column = 0; column + 1 < COLUMNS; column++)
      push(field(light, row, column) > field(light, row, column + 1));
  const waves = lowFrequencies(light);
  const median = [...waves].sort((a, b) => a - b)[waves.length / 2] ?? 0;
  for (const wave of waves) push(wave > median);
  return bits;
}

/** The sum of one field's pixels. */
function field(light: Float64Array, row: number, column: number): number {
  let sum = 0;
  for (let y = row * FIELD; y < (row + 1) * FIELD; y++)
    for (let x = column * FIELD; x < (column + 1) * FIELD; x++) sum += light[y * WIDTH + x] ?? 0;
  return sum;
}

/** The lowest waves of a cosine transform (DCT-II), without the constant ones: 1 to 8 in both directions. */
function lowFrequencies(light: Float64Array): Float64Array {
  const waves = new Float64Array(WAVES * WAVES);
  for (let v = 0; v < WAVES; v++) {
    for (let x = 0; x < WIDTH; x++) {
      let down = 0;
      for (let y = 0; y < HEIGHT; y++) down += (light[y * WIDTH + x] ?? 0) * cosine(v + 1, y, HEIGHT);
      for (let u = 0; u < WAVES; u++) {
        const at = v * WAVES + u;
        waves[at] = (waves[at] ?? 0) + down * cosine(u + 1, x, WIDTH);
      }
    }
  }
  return waves;
}

function cosine(frequency: number, at: number, length: number): number {
  return Math.cos((Math.PI * frequency * (2 * at + 1)) / (2 * length));
}

function mirror(light: Float64Array): Float64Array {
  return light.map((_, at) => {
    const x = at % WIDTH;
    return light[at - x + (WIDTH - 1 - x)] ?? 0;
  });
}

function spread(light: Float64Array): number {
  const mean = light.reduce((sum, one) => sum + one, 0) / light.length;
  return Math.sqrt(light.reduce((sum, one) => sum + (one - mean) ** 2, 0) / light.length);
}

function differing(one: Uint32Array, other: Uint32Array): number {
  let count = 0;
  for (let at = 0; at < one.length; at++) count += ones((one[at] ?? 0) ^ (other[at] ?? 0));
  return count;
}

/** How many bits of a 32-bit number are set. */
function ones(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
