/**
 * The picture as a service gets it: upright, small, JPEG. That keeps every service's limits of size and format, and takes off
 * whatever else the file holds: place, camera, comments, a second file behind the first.
 */
import { sharp, VIPS_SECONDS } from '../../media/vips.ts';
import { type Failed, failed } from './ask.ts';

/** Services look at pictures of a few hundred pixels; a larger one helps only with small faces and logos. */
const LONGEST_SIDE = 1_600;
/** Rekognition wants 50 pixels at least and finds no face in fewer than 80, Content Safety wants 50. */
const SHORTEST_SIDE = 80;
const MAX_PIXELS = 50_000_000;
/** The smallest limit of the four services is 4 MB. */
const MAX_BYTES = 3_500_000;

export type Fitted = { readonly kind: 'fitted'; readonly base64: string } | Failed;

/** Decoding runs in libvips' threads. An animation becomes its first frame. */
export async function fitPicture(bytes: Uint8Array): Promise<Fitted> {
  try {
    const inside = await sharp(bytes, {
      failOn: 'truncated',
      limitInputPixels: MAX_PIXELS,
      sequentialRead: true,
    })
      .timeout({ seconds: VIPS_SECONDS })
      .autoOrient()
      .flatten({ background: '#fff' })
      .toColourspace('srgb')
      .resize(LONGEST_SIDE, LONGEST_SIDE, { fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 85 })
      .toBuffer({ resolveWithObject: true });
    const { width, height } = inside.info;
    const data = Math.min(width, height) < SHORTEST_SIDE ? await widened(inside.data) : inside.data;
    if (data.length > MAX_BYTES) return failed('the picture is too large for the service');
    return { kind: 'fitted', base64: data.toString('base64') };
  } catch {
    return failed('the picture could not be made smaller');
  }
}

/** White borders, not stretching: a strip of 2000 x 4 pixels stays what it is. */
async function widened(data: Buffer): Promise<Buffer> {
  const { width = 1, height = 1 } = await sharp(data).metadata();
  return sharp(data)
    .extend({
      right: Math.max(0, SHORTEST_SIDE - width),
      bottom: Math.max(0, SHORTEST_SIDE - height),
      background: '#fff',
    })
    .jpeg({ quality: 85 })
    .toBuffer();
}
