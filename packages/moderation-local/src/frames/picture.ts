/**
 * A decoded frame as a small JPEG. Only for the decoding process.
 *
 * The library converts eight-bit formats that it knows by name. All others it calls `I420`, and then gives whatever lay in memory:
 * a picture that no detector could look at, without an error. So of an `I420` frame the planes are taken as they are, and what they
 * are is told by how many bytes they fill; what is neither eight nor ten bits 4:2:0 is refused.
 */
import sharp from 'sharp';
import { CannotLook } from './cannot-look.ts';
import type { Codecs, DecodedFrame } from './codec.ts';

type Plain = Pick<Codecs, 'VideoFrame'>;

const LONGEST_SIDE = 1_280;
/** 8K. A file may claim any size, and the frames of a small one may be of any size too. */
const MAX_PIXELS = 36_000_000;

sharp.cache(false);
sharp.concurrency(1);

/** @param rotation clockwise degrees, as the container says. The frame is closed. */
export async function toJpeg(codecs: Plain, frame: DecodedFrame, rotation: number): Promise<Uint8Array> {
  const { codedWidth: width, codedHeight: height } = frame;
  if (width * height > MAX_PIXELS) throw new CannotLook(`its frames have ${width} x ${height} pixels`);
  const rgba = Buffer.alloc(width * height * 4);
  const known = frame.format === 'I420' ? await asPlainFrame(codecs, frame) : frame;
  await known.copyTo(rgba, { format: 'RGBA' });
  known.close();
  return sharp(rgba, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .rotate(rotation)
    .resize(LONGEST_SIDE, LONGEST_SIDE, { fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 85 })
    .toBuffer();
}

async function asPlainFrame(codecs: Plain, frame: DecodedFrame): Promise<DecodedFrame> {
  const { codedWidth, codedHeight } = frame;
  const eightBits = codedWidth * codedHeight + 2 * Math.ceil(codedWidth / 2) * Math.ceil(codedHeight / 2);
  const planes = await planesOf(frame, eightBits * 2);
  frame.close();
  if (planes?.length === eightBits) return plain(planes);
  if (planes?.length === eightBits * 2 && isTenBits(planes)) return plain(fromTenBits(planes));
  throw new CannotLook('its colours are stored in a way that is not supported');

  function plain(data: Uint8Array): DecodedFrame {
    return new codecs.VideoFrame(data, { format: 'I420', codedWidth, codedHeight, timestamp: 0 });
  }
}

/** As many bytes as the frame has, found by copying it over two different grounds; null where there are more than `most`. */
async function planesOf(frame: DecodedFrame, most: number): Promise<Uint8Array | null> {
  const [zeros, ones] = [Buffer.alloc(most, 0), Buffer.alloc(most, 255)];
  try {
    await frame.copyTo(zeros);
    await frame.copyTo(ones);
  } catch {
    return null;
  }
  let length = most;
  while (length > 0 && zeros[length - 1] === 0 && ones[length - 1] === 255) length--;
  return zeros.subarray(0, length);
}

/** Of two bytes, the higher comes second and holds two bits. Eight-bit colours do not look like that: grey is 128. */
function isTenBits(planes: Uint8Array): boolean {
  for (let at = 1; at < planes.length; at += 2) if ((planes[at] ?? 0) > 3) return false;
  return true;
}

function fromTenBits(planes: Uint8Array): Uint8Array {
  const eight = new Uint8Array(planes.length / 2);
  for (let at = 0; at < eight.length; at++)
    eight[at] = ((planes[2 * at + 1] ?? 0) << 6) | ((planes[2 * at] ?? 0) >> 2);
  return eight;
}
