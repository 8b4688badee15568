/** Only for decoding processes: HEIC by libheif as WebAssembly, because libvips here has no HEVC. Loaded with the first HEIC. */
import decode from 'heic-decode';
import { maxPixelsOf } from './inspection.ts';
import { CUT_OFF, type Foreign } from './pixels.ts';
import { imageHeader, PROBE_BYTES } from './probe.ts';

/** Upright: what the container says of turning and mirroring is applied. */
export async function decodeHeic(file: Uint8Array): Promise<Foreign> {
  // The decoder takes the memory first and asks no questions: a claim that is absent or absurd does not reach it.
  const header = imageHeader(file.subarray(0, PROBE_BYTES));
  if (!header || header.width * header.height > maxPixelsOf('heic'))
    return { kind: 'corrupt', why: 'is damaged: it names no size that can be believed' };
  // Cut anywhere, its boxes promise more than there is; the decoder may show what is left and say nothing.
  if (endOfBoxes(file) > file.byteLength) return { kind: 'corrupt', why: CUT_OFF.why };
  try {
    const { data, width, height } = await decode({ buffer: file });
    const rgba = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return { kind: 'pixels', pixels: { data: rgba, width, height, channels: 4 } };
  } catch {
    return holdsHevc(file)
      ? { kind: 'corrupt', why: 'is damaged: its picture data cannot be decoded' }
      : { kind: 'no_decoder' };
  }
}

/** One past the last of the top boxes (ISO 14496-12, 4.2), as far as they say how long they are. */
function endOfBoxes(file: Uint8Array): number {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = 0;
  while (at + 16 <= file.byteLength) {
    const size = view.getUint32(at);
    // 1: eight bytes of length follow. 0: up to the end, whatever that is.
    const length = size === 1 ? Number(view.getBigUint64(at + 8)) : size;
    if (length < 8) return file.byteLength;
    at += length;
  }
  return at;
}

/** Names of coded items: the container may hold JPEG, AV1 or uncompressed pictures just as well. */
function holdsHevc(file: Uint8Array): boolean {
  const head = Buffer.from(file.subarray(0, PROBE_BYTES)).toString('latin1');
  return head.includes('hvc1') || head.includes('hev1');
}
