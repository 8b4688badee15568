/**
 * Is anything behind the picture's own end? Such files are two things at once (a JPEG that is also a ZIP); picture readers show
 * the picture, and others what is behind it. Zeros are padding and mean nothing.
 */
import { endOfGif } from './gif.ts';

export function hasTrailingData(file: Uint8Array, format: string): boolean {
  const end = endOf(file, format);
  return end !== null && file.subarray(end).some((byte) => byte !== 0);
}

/** One past the last byte of the picture; null where that is not known. */
function endOf(file: Uint8Array, format: string): number | null {
  switch (format) {
    case 'jpeg':
      return endOfJpeg(file);
    case 'png':
      return endOfPng(file);
    case 'webp': {
      // RIFF: the length of what follows the first eight bytes, padded to an even number.
      const length = viewOf(file).getUint32(4, true);
      return 8 + length + (length & 1);
    }
    case 'gif':
      return endOfGif(file);
    default:
      return null;
  }
}

/** Segments up to the end-of-image marker (ITU T.81, B.1); a thumbnail inside a segment is stepped over with it. */
function endOfJpeg(file: Uint8Array): number | null {
  const view = viewOf(file);
  let at = 2;
  while (at + 4 <= file.byteLength) {
    const marker = file[at + 1] ?? 0;
    // Inside a scan: data, stuffed bytes (FF 00), restarts and fill bytes are no segments.
    if (file[at] !== 0xff || marker === 0 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd7)) {
      const next = file.indexOf(0xff, at + 1);
      if (next < 0) return null;
      at = next;
    } else if (marker === 0xd9) {
      return at + 2;
    } else {
      at += 2 + view.getUint16(at + 2);
    }
  }
  return at + 2 <= file.byteLength && file[at] === 0xff && file[at + 1] === 0xd9 ? at + 2 : null;
}

/** Chunks of length, name, data and check sum, up to IEND. */
export function endOfPng(file: Uint8Array): number | null {
  const view = viewOf(file);
  let at = 8;
  while (at + 12 <= file.byteLength) {
    const isLast = view.getUint32(at + 4) === 0x49454e44;
    at += 12 + view.getUint32(at);
    if (isLast) return at;
  }
  return null;
}

function viewOf(file: Uint8Array): DataView {
  return new DataView(file.buffer, file.byteOffset, file.byteLength);
}
