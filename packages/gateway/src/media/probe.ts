import { imageSize } from 'image-size';
import { readBmpHeader } from './bmp-header.ts';

/** The size is near the start of every format but badly written ones; JPEG may hide it behind 200 KB of metadata. */
export const PROBE_BYTES = 262_144;

export interface ImageHeader {
  /** As displayed. */
  readonly width: number;
  readonly height: number;
}

/**
 * The size an image claims to have, from its first bytes: microseconds, no decoding, so that absurd claims never reach a decoder.
 * Null where the header cannot be read; that alone proves nothing.
 */
export function imageHeader(prefix: Uint8Array): ImageHeader | null {
  // Ours is read here: image-size takes every bitmap for a Windows one, and an OS/2 one for a giant.
  const bitmap = readBmpHeader(prefix);
  if (bitmap) return { width: bitmap.width, height: bitmap.height };
  try {
    const { width, height, orientation = 1 } = imageSize(prefix);
    if (!(width > 0 && height > 0)) return null;
    // 5 to 8 are the orientations that lie on their side.
    return orientation >= 5 ? { width: height, height: width } : { width, height };
  } catch {
    // It throws whatever its parsers ran into, RangeErrors included.
    return null;
  }
}
