/**
 * What a Windows or OS/2 bitmap says of itself, from its first bytes: cheap enough for the main thread, and all that
 * decode-bmp.ts needs to know. Facts: Microsoft's documentation of BITMAPFILEHEADER and BITMAPINFOHEADER to BITMAPV5HEADER,
 * and what Jason Summers' "BMP Suite" counts as well-formed.
 */

/** Of the file header before the DIB header; an icon keeps its bitmaps without it. */
const FILE_HEADER_BYTES = 14;

/** BITMAPCOREHEADER: two-byte sides, and three-byte colours. */
const CORE_BYTES = 12;
const INFO_BYTES = 40;
/** What is written in the wild: OS/2 (16 to 64), Windows (40, 52, 56, 108, 124). */
const LARGEST_BYTES = 124;

export interface BmpMasks {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  /** 0: opaque. */
  readonly alpha: number;
}

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bitsPerPixel: number;
  /** `other`: JPEG or PNG inside, Huffman and the like, which nobody writes into files. */
  readonly compression: 'none' | 'rle8' | 'rle4' | 'masks' | 'other';
  /** Null where the pixels are no numbers to be masked. */
  readonly masks: BmpMasks | null;
  readonly palette: { readonly at: number; readonly colours: number; readonly bytesEach: 3 | 4 };
  /** Where the pixels begin. */
  readonly pixelsAt: number;
}

/** Null of what is no bitmap, whatever its first two letters are. `at`: where the DIB header begins. */
export function readBmpHeader(file: Uint8Array, at = FILE_HEADER_BYTES): BmpHeader | null {
  const isFile = at === FILE_HEADER_BYTES;
  if (file.byteLength < at + CORE_BYTES || (isFile && !(file[0] === 0x42 && file[1] === 0x4d))) return null;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const size = view.getUint32(at, true);
  if (size < CORE_BYTES || size > LARGEST_BYTES || file.byteLength < at + size) return null;
  const isCore = size === CORE_BYTES;
  // A header may end early (OS/2): what it does not have is 0.
  const u16 = (offset: number) => (offset + 2 <= size ? view.getUint16(at + offset, true) : 0);
  const u32 = (offset: number) => (offset + 4 <= size ? view.getUint32(at + offset, true) : 0);

  const width = isCore ? u16(4) : u32(4) | 0;
  const signedHeight = isCore ? u16(6) : u32(8) | 0;
  const height = Math.abs(signedHeight);
  const planes = isCore ? u16(8) : u16(12);
  const bitsPerPixel = isCore ? u16(10) : u16(14);
  if (width <= 0 || height <= 0 || planes !== 1 || ![1, 2, 4, 8, 16, 24, 32].includes(bitsPerPixel))
    return null;

  const code = isCore ? 0 : u32(16);
  // OS/2 uses the same numbers for something else.
  const isOs2 = size !== INFO_BYTES && size < 52;
  const compression = compressionOf(code, bitsPerPixel, isOs2);
  // The masks are a part of the later headers, and stand behind the earlier one.
  const trailing = size === INFO_BYTES ? (code === 3 ? 12 : code === 6 ? 16 : 0) : 0;
  if (file.byteLength < at + size + trailing) return null;
  const maskAt = (index: number) => {
    const offset = INFO_BYTES + 4 * index;
    return offset + 4 <= size + trailing ? view.getUint32(at + offset, true) : 0;
  };

  const bytesEach = isCore ? 3 : 4;
  const paletteAt = at + size + trailing;
  const isPalette = bitsPerPixel <= 8;
  const listed = u32(32) || (isPalette ? 2 ** bitsPerPixel : 0);
  const given = isFile ? view.getUint32(10, true) : 0;
  const pixelsAt = given >= at + size ? given : paletteAt + listed * bytesEach;
  const room = Math.max(0, Math.floor((pixelsAt - paletteAt) / bytesEach));
  return {
    width,
    height,
    topDown: signedHeight < 0,
    bitsPerPixel,
    compression,
    masks: compression === 'masks' ? masksFrom(maskAt) : usualMasks(bitsPerPixel),
    palette: { at: paletteAt, colours: isPalette ? Math.min(listed, 2 ** bitsPerPixel, room) : 0, bytesEach },
    pixelsAt,
  };
}

function compressionOf(code: number, bits: number, isOs2: boolean): BmpHeader['compression'] {
  if (code === 0) return 'none';
  if (code === 1 && bits === 8) return 'rle8';
  if (code === 2 && bits === 4) return 'rle4';
  if ((code === 3 || code === 6) && (bits === 16 || bits === 32) && !isOs2) return 'masks';
  return 'other';
}

const FIVE_BITS: BmpMasks = { red: 0x7c00, green: 0x03e0, blue: 0x001f, alpha: 0 };
/** The fourth byte is not alpha unless a mask says so: most programs leave rubbish or zeros there. */
const EIGHT_BITS: BmpMasks = { red: 0xff0000, green: 0xff00, blue: 0xff, alpha: 0 };

function usualMasks(bits: number): BmpMasks | null {
  return bits === 16 ? FIVE_BITS : bits === 32 ? EIGHT_BITS : null;
}

function masksFrom(at: (index: number) => number): BmpMasks {
  return { red: at(0), green: at(1), blue: at(2), alpha: at(3) };
}
