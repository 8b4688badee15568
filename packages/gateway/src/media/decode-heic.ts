/** Only for decoding threads: HEIC by libheif as WebAssembly, because libvips here has no HEVC. Loaded with the first HEIC. */
import decode from 'heic-decode';
import { MAX_PIXELS } from './inspection.ts';
import { imageHeader, PROBE_BYTES } from './probe.ts';

// libheif tells the console what is wrong with a file. In this thread nobody else writes there, and a client must not fill a log.
console.log = () => {};

export interface RgbaImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Upright: what the container says of turning and mirroring is applied. Raises where it cannot be decoded. */
export async function decodeHeic(file: Uint8Array): Promise<RgbaImage> {
  // The decoder takes the memory first and asks no questions: a claim that is absent or absurd does not reach it.
  const header = imageHeader(file.subarray(0, PROBE_BYTES));
  if (!header || header.width * header.height > MAX_PIXELS) throw new Error('not a HEIC of a bearable size');
  const { data, width, height } = await decode({ buffer: file });
  if (width * height > MAX_PIXELS) throw new Error('not a HEIC of a bearable size');
  return { data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), width, height };
}
