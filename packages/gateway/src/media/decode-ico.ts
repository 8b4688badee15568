/**
 * Icons and cursors (ICO, CUR): several sizes of one picture, of which the largest counts. Each is a whole PNG, which is handed
 * back as such, or a bitmap without its file header, of twice the height: the colours, then a mask of one bit that cuts out.
 */
import { readBmpHeader } from './bmp-header.ts';
import { decodeDib } from './decode-bmp.ts';
import { CUT_OFF, type Pixels, type Undecodable } from './pixels.ts';

const LIST_AT = 6;
const ENTRY_BYTES = 16;
const PNG_MARK = 0x89504e47;
const DAMAGED: Undecodable = { why: 'is damaged: its list of pictures cannot be read' };

export type Icon = Pixels | Undecodable | { readonly png: Uint8Array };

export function decodeIco(file: Uint8Array): Icon {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.byteLength < LIST_AT) return DAMAGED;
  const count = view.getUint16(4, true);
  if (count === 0 || file.byteLength < LIST_AT + count * ENTRY_BYTES) return DAMAGED;
  const entries = Array.from({ length: count }, (_, index) => {
    const at = LIST_AT + index * ENTRY_BYTES;
    const side = (offset: number) => view.getUint8(at + offset) || 256;
    const [bytes, start] = [view.getUint32(at + 8, true), view.getUint32(at + 12, true)];
    return { area: side(0) * side(1), depth: view.getUint16(at + 6, true), bytes, start };
  });
  if (entries.some(({ start, bytes }) => start + bytes > file.byteLength)) return CUT_OFF;
  const [largest] = entries.sort((a, b) => b.area - a.area || b.depth - a.depth);
  if (!largest) return DAMAGED;
  const { start, bytes } = largest;
  if (bytes < 8) return DAMAGED;
  const picture = file.subarray(start, start + bytes);
  return view.getUint32(start) === PNG_MARK ? { png: picture } : decodeIconBitmap(picture);
}

function decodeIconBitmap(picture: Uint8Array): Pixels | Undecodable {
  const header = readBmpHeader(picture, 0);
  if (header === null || header.height % 2 !== 0) return DAMAGED;
  const half = { ...header, height: header.height / 2 };
  // In an icon the fourth byte is alpha.
  const { masks } = half;
  const withAlpha =
    half.bitsPerPixel === 32 && masks?.alpha === 0
      ? { ...half, masks: { ...masks, alpha: 0xff000000 } }
      : half;
  const colours = decodeDib(picture, withAlpha);
  return 'why' in colours || colours.channels === 4
    ? colours
    : cutOut(colours, picture, half.pixelsAt, half.bitsPerPixel);
}

/** Where a bit of the mask is set, nothing is seen. */
function cutOut(colours: Pixels, picture: Uint8Array, pixelsAt: number, bits: number): Pixels {
  const { width, height } = colours;
  const rowBytes = (each: number) => Math.floor((each * width + 31) / 32) * 4;
  const maskAt = pixelsAt + rowBytes(bits) * height;
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    const row = maskAt + rowBytes(1) * (height - 1 - y);
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const isCutOut = (((picture[row + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1) === 1;
      data.set(colours.data.subarray(3 * at, 3 * at + 3), 4 * at);
      data[4 * at + 3] = isCutOut ? 0 : 255;
    }
  }
  return { data, width, height, channels: 4 };
}
