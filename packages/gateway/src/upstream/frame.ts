/** Sizes as clients write them, and the nearest of those that a provider offers. */

/** Width and height: in pixels where `exact`, else only their proportion. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly exact: boolean;
}

/** `16:9` or `1280x720`; null for anything else (`auto`, `adaptive`). */
export function parseFrame(text: unknown): Frame | null {
  const found = typeof text === 'string' ? /^(\d{1,5})([:x])(\d{1,5})$/i.exec(text.trim()) : null;
  const width = Number(found?.[1]);
  const height = Number(found?.[3]);
  return found && width > 0 && height > 0 ? { width, height, exact: found[2] !== ':' } : null;
}

/** How far two proportions are apart: 0 is the same, 0.05 about five per cent, whichever side is longer. */
export function distance(a: Frame, b: Frame): number {
  return Math.abs(Math.log((a.width * b.height) / (a.height * b.width)));
}

/** Frames of pixel pairs are multiples of 8 or 16, so their proportions are a little off the ratio they stand for. */
const SAME_SHAPE = 0.04;

/** The offered ratio (`16:9`) that a frame has the shape of; null where there is none. */
export function ratioOf(frame: Frame, offered: readonly string[]): string | null {
  return nearest(frame, offered, SAME_SHAPE);
}

/** The offered ratio or size whose shape is closest, at most `within` away. */
export function nearest(
  frame: Frame,
  offered: readonly string[],
  within = Number.POSITIVE_INFINITY,
): string | null {
  let best: string | null = null;
  let least = within;
  for (const candidate of offered) {
    const parsed = parseFrame(candidate);
    const away = parsed === null ? Number.POSITIVE_INFINITY : distance(frame, parsed);
    if (away > least || (away === least && best !== null)) continue;
    best = candidate;
    least = away;
  }
  return best;
}

/** Of the offered sizes of the same shape the one whose number of pixels is closest; null where none has the shape. */
export function sizeNear(frame: Frame, pixels: number, offered: readonly string[]): string | null {
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of offered) {
    const parsed = parseFrame(candidate);
    if (parsed === null || distance(frame, parsed) > SAME_SHAPE) continue;
    const away = Math.abs(Math.log((parsed.width * parsed.height) / pixels));
    if (away >= least) continue;
    best = candidate;
    least = away;
  }
  return best;
}
