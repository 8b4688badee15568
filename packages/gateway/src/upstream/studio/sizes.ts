/**
 * From what a request says about size to pixels. Pure.
 *
 * Pictures: a ratio makes the longer side 1024 (1K) or 2048 (2K) pixels. Clips: the shorter side is the number in the quality
 * (720p: 16:9 is 1280x720, 9:16 is 720x1280, 21:9 is 1680x720). An exact size is taken as it is. Clips have even sides, as
 * H.264 wants them.
 */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export const IMAGE_RATIOS = ['1:1', '16:9', '9:16', '4:3', '3:4', '3:2', '2:3', '21:9'] as const;
/** The sides of an exact picture size; `pattern` is the same range for a JSON Schema. */
export const IMAGE_SIDE = {
  min: 64,
  max: 2_048,
  pattern: '(6[4-9]|[7-9][0-9]|[1-9][0-9]{2}|1[0-9]{3}|20[0-3][0-9]|204[0-8])',
} as const;

export const VIDEO_RATIOS = ['16:9', '9:16', '1:1', '4:3', '3:4', '21:9'] as const;
export const EXACT_VIDEO_SIZES = [
  '640x360',
  '360x640',
  '854x480',
  '480x854',
  '1280x720',
  '720x1280',
  '720x720',
  '960x720',
  '720x960',
  '1920x1080',
  '1080x1920',
  '1080x1080',
] as const;

/** Inputs flatter or taller than this are cropped to it by `auto` and `adaptive`. */
const WIDEST = 21 / 9;

/** `1280x720` as a size; null for anything else. */
export function exactSize(text: string): Size | null {
  const [, width, height] = /^([1-9]\d{0,4})x([1-9]\d{0,4})$/.exec(text) ?? [];
  return width && height ? { width: Number(width), height: Number(height) } : null;
}

/** `first` is the first input picture, null without one. */
export function imageSize(size: string, resolution: string, first: Size | null): Size {
  const exact = exactSize(size);
  if (exact) return exact;
  const ratio = ratioOf(size, first, 1);
  const longer = resolution === '2K' ? 2_048 : 1_024;
  return ratio >= 1
    ? { width: longer, height: Math.round(longer / ratio) }
    : { width: Math.round(longer * ratio), height: longer };
}

export function videoSize(aspectRatio: string, quality: string, first: Size | null): Size {
  const exact = exactSize(aspectRatio);
  if (exact) return { width: even(exact.width), height: even(exact.height) };
  const ratio = ratioOf(aspectRatio, first, 16 / 9);
  const shorter = even(Number.parseInt(quality, 10));
  return ratio >= 1
    ? { width: even(shorter * ratio), height: shorter }
    : { width: shorter, height: even(shorter / ratio) };
}

/** `auto` and `adaptive` follow the first input, within what a screen can show. */
function ratioOf(text: string, first: Size | null, otherwise: number): number {
  const [, width, height] = /^(\d+):(\d+)$/.exec(text) ?? [];
  if (width && height) return Number(width) / Number(height);
  if (!first) return otherwise;
  return Math.min(WIDEST, Math.max(1 / WIDEST, first.width / first.height));
}

/** To the nearest even number, at least 2: 853.3 becomes 854. */
const even = (pixels: number) => Math.max(2, Math.round(pixels / 2) * 2);
