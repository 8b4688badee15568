/** What looking into a file can tell: a closed union. */

/** Pixels an image may have at most, all channels aside: 50 MP. Beyond it a small file can unpack into gigabytes. */
export const MAX_PIXELS = 50_000_000;

/** Those that are decoded as a whole, some 20 bytes for each pixel, where others are read row by row: 30 MP, 0.7 GB. */
const MAX_PIXELS_AT_ONCE = 30_000_000;

export function maxPixelsOf(format: string): number {
  return format === 'heic' || format === 'avif' ? MAX_PIXELS_AT_ONCE : MAX_PIXELS;
}

export interface ImageFacts {
  readonly kind: 'image';
  readonly format: string;
  readonly mimeType: string;
  /** As displayed: EXIF orientation is applied. */
  readonly width: number;
  readonly height: number;
  /** EXIF, 1 to 8; 1 is upright. */
  readonly orientation: number;
  readonly frames: number;
  /** False where only the header could be read: JPEG XL and others without a decoder here, HEIC where its package was left out. */
  readonly decoded: boolean;
}

export interface VideoFacts {
  readonly kind: 'video';
  readonly format: string;
  readonly mimeType: string;
  /** As displayed, rotation applied. */
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
  /** Frames per second as counted, not as declared; null where its packets tell no times. */
  readonly fps: number | null;
  readonly codec: string | null;
  readonly hasAudio: boolean;
}

export interface AudioFacts {
  readonly kind: 'audio';
  readonly format: string;
  readonly mimeType: string;
  readonly seconds: number;
  readonly codec: string | null;
}

export type MediaFacts = ImageFacts | VideoFacts | AudioFacts;

export type Inspection =
  | MediaFacts
  /** Known by name, but not something we can look into (SVG, AVI ...). */
  | { readonly kind: 'unsupported'; readonly format: string }
  /** `why` completes "the file ...": "ends too early or is damaged". */
  | { readonly kind: 'corrupt'; readonly format: string; readonly why: string }
  | {
      readonly kind: 'too_large';
      readonly format: string;
      readonly maxPixels: number;
      readonly width: number | null;
      readonly height: number | null;
    }
  | {
      readonly kind: 'not_media';
      readonly what: 'empty' | 'web_page' | 'text' | 'other';
      readonly label: string;
    };

/** The bytes, or the path of a file of this machine. */
export type MediaSource = Uint8Array | string;

export function corrupt(format: string, why: string): Inspection {
  return { kind: 'corrupt', format, why };
}
