/**
 * Bitmaps (BMP) to pixels: 1 to 32 bits, palettes, colour masks with alpha, RLE4 and RLE8, either way up. Ours, because what there
 * is on npm reads a minority of well-formed files rightly (docs/decisions/bmp.md). Nothing is reserved before the header's claim
 * was checked against {@link MAX_PIXELS}, and no read leaves the file.
 */
import { type BmpHeader, type BmpMasks, readBmpHeader } from './bmp-header.ts';
import { MAX_PIXELS } from './inspection.ts';
import { CUT_OFF, type Pixels, type Undecodable, withoutAlpha } from './pixels.ts';

const DAMAGED: Undecodable = { why: 'is damaged: its header cannot be read' };
const EXOTIC: Undecodable = { why: 'is compressed in a way that only printers use' };

export function decodeBmp(file: Uint8Array): Pixels | Undecodable {
  const header = readBmpHeader(file);
  return header === null ? DAMAGED : decodeDib(file, header);
}

/** The pixels of the bitmap that `header` describes; offsets in it count from the start of `file`. */
export function decodeDib(file: Uint8Array, header: BmpHeader): Pixels | Undecodable {
  const { width, height, compression } = header;
  if (width * height > MAX_PIXELS) return DAMAGED;
  switch (compression) {
    case 'none':
    case 'masks':
      return header.masks ? fromNumbers(file, header, header.masks) : fromRows(file, header);
    case 'rle4':
    case 'rle8':
      return fromRuns(file, header);
    case 'other':
      return EXOTIC;
    default: {
      const never: never = compression;
      return never;
    }
  }
}

/** Rows are padded to four bytes; the padding of the last one is missing in many files. */
function rowsOf(file: Uint8Array, { width, height, bitsPerPixel, topDown, pixelsAt }: BmpHeader) {
  const stride = Math.floor((bitsPerPixel * width + 31) / 32) * 4;
  const isWhole = pixelsAt + stride * (height - 1) + Math.ceil((bitsPerPixel * width) / 8) <= file.byteLength;
  const startOf = (y: number) => pixelsAt + stride * (topDown ? y : height - 1 - y);
  return { isWhole, startOf };
}

/** Three bytes for each pixel: blue, green, red or a place in the palette. */
function fromRows(file: Uint8Array, header: BmpHeader): Pixels | Undecodable {
  const { width, height, bitsPerPixel } = header;
  const { isWhole, startOf } = rowsOf(file, header);
  if (!isWhole) return CUT_OFF;
  const data = new Uint8Array(width * height * 3);
  const colours = bitsPerPixel <= 8 ? paletteOf(file, header) : null;
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = startOf(y);
    for (let x = 0; x < width; x++, to += 3) {
      if (colours === null) {
        const at = row + 3 * x;
        data[to] = file[at + 2] ?? 0;
        data[to + 1] = file[at + 1] ?? 0;
        data[to + 2] = file[at] ?? 0;
      } else {
        put(colours, indexAt(file, row, x, bitsPerPixel), data, to);
      }
    }
  }
  return { data, width, height, channels: 3 };
}

/** The first pixel is in the highest bits. */
function indexAt(file: Uint8Array, row: number, x: number, bits: number): number {
  if (bits === 8) return file[row + x] ?? 0;
  const perByte = 8 / bits;
  const byte = file[row + Math.floor(x / perByte)] ?? 0;
  return (byte >> (8 - bits * ((x % perByte) + 1))) & (2 ** bits - 1);
}

/** Red, green, blue for all 256 places; what the file leaves out is black. */
function paletteOf(file: Uint8Array, { palette: { at, colours, bytesEach } }: BmpHeader): Uint8Array {
  const table = new Uint8Array(256 * 3);
  for (let index = 0; index < colours; index++) {
    const from = at + index * bytesEach;
    table[3 * index] = file[from + 2] ?? 0;
    table[3 * index + 1] = file[from + 1] ?? 0;
    table[3 * index + 2] = file[from] ?? 0;
  }
  return table;
}

function put(colours: Uint8Array, index: number, data: Uint8Array, to: number): void {
  data[to] = colours[3 * index] ?? 0;
  data[to + 1] = colours[3 * index + 1] ?? 0;
  data[to + 2] = colours[3 * index + 2] ?? 0;
}

/** Pixels of 16 or 32 bits, each colour some bits of the number. */
function fromNumbers(file: Uint8Array, header: BmpHeader, masks: BmpMasks): Pixels | Undecodable {
  const { width, height, bitsPerPixel } = header;
  const { isWhole, startOf } = rowsOf(file, header);
  if (!isWhole) return CUT_OFF;
  const channels = masks.alpha === 0 ? 3 : 4;
  const data = new Uint8Array(width * height * channels);
  const scales = [masks.red, masks.green, masks.blue, masks.alpha].slice(0, channels).map(scaleOf);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let isVisible = channels === 3;
  let to = 0;
  for (let y = 0; y < height; y++) {
    let at = startOf(y);
    for (let x = 0; x < width; x++) {
      const number = bitsPerPixel === 16 ? view.getUint16(at, true) : view.getUint32(at, true);
      at += bitsPerPixel >> 3;
      for (const { mask, shift, factor } of scales) {
        data[to++] = Math.round(((number & mask) >>> shift) * factor);
      }
      isVisible ||= data[to - 1] !== 0;
    }
  }
  const pixels: Pixels = { data, width, height, channels };
  // A mask for an alpha that is 0 everywhere was never meant: every viewer shows such a picture.
  return isVisible ? pixels : withoutAlpha(pixels);
}

/** `(number & mask) >>> shift`, times `factor`, is 0 to 255. */
function scaleOf(mask: number): { readonly mask: number; readonly shift: number; readonly factor: number } {
  if (mask === 0) return { mask, shift: 0, factor: 0 };
  const shift = 31 - Math.clz32(mask & -mask);
  return { mask, shift, factor: 255 / (mask >>> shift) };
}

/**
 * Runs: a count and a value; or 0 and: 0 end of row, 1 end of picture, 2 jump, n that many single values, padded to an even
 * number of bytes. What is never painted has the palette's first colour.
 */
function fromRuns(file: Uint8Array, header: BmpHeader): Pixels | Undecodable {
  const { width, height, topDown, compression, pixelsAt } = header;
  const isFourBit = compression === 'rle4';
  const colours = paletteOf(file, header);
  const places = new Uint8Array(width * height);
  let [x, y, at, isEnded] = [0, 0, pixelsAt, false];
  const paint = (place: number) => {
    // What runs over the edge is left out, as everywhere.
    if (x < width && y < height) places[(topDown ? y : height - 1 - y) * width + x] = place;
    x++;
  };
  while (!isEnded && y < height) {
    const [count, value] = [file[at], file[at + 1]];
    // Some writers leave out the mark at the end; then the last row must be full.
    if (count === undefined || value === undefined) break;
    at += 2;
    if (count > 0) {
      for (let index = 0; index < count; index++) {
        paint(isFourBit ? (index % 2 === 0 ? value >> 4 : value & 15) : value);
      }
    } else if (value === 0) {
      [x, y] = [0, y + 1];
    } else if (value === 1) {
      isEnded = true;
    } else if (value === 2) {
      [x, y] = [x + (file[at] ?? 0), y + (file[at + 1] ?? 0)];
      at += 2;
    } else {
      const bytes = isFourBit ? Math.ceil(value / 2) : value;
      if (at + bytes > file.byteLength) return CUT_OFF;
      for (let index = 0; index < value; index++) {
        const byte = file[at + (isFourBit ? index >> 1 : index)] ?? 0;
        paint(isFourBit ? (index % 2 === 0 ? byte >> 4 : byte & 15) : byte);
      }
      at += bytes + (bytes % 2);
    }
  }
  const isFull = isEnded || y >= height || (y === height - 1 && x >= width);
  if (!isFull) return CUT_OFF;
  const data = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < places.byteLength; from++, to += 3) {
    put(colours, places[from] ?? 0, data, to);
  }
  return { data, width, height, channels: 3 };
}
