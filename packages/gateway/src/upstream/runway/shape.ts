/** `size`, `aspect_ratio`, `resolution` and `quality` as one of the sizes that a model lists. Pure. */
import type { JsonObject } from '../../json.ts';
import { type Frame, nearest, parseFrame, sizeNear } from '../frame.ts';
import { type Cannot, cannot } from '../translation.ts';

/** Pixels of a picture or frame, by what our contract calls its quality. */
const PIXELS: Readonly<Record<string, number>> = {
  '480p': 854 * 480,
  '720p': 1280 * 720,
  '1080p': 1920 * 1080,
  '4k': 3840 * 2160,
  '1K': 1024 * 1024,
  '2K': 2048 * 2048,
  '4K': 4096 * 4096,
};

/** The same quality has more or fewer pixels by shape; twice as many are another quality. */
const SAME_QUALITY = Math.log(2.2);

export interface ShapeQuestion {
  readonly params: JsonObject;
  /** The parameter that names the shape: `size` of images, `aspect_ratio` of clips; and the one for its pixels. */
  readonly shapeParam: 'size' | 'aspect_ratio';
  readonly pixelsParam: 'resolution' | 'quality';
  readonly usualPixels: '720p' | '1K';
  /** What the model lists; `open` where it may take others too. */
  readonly offered: readonly string[];
  readonly open: boolean;
  /** The shape to take where none is asked for: the first input's, else the usual one. */
  readonly otherwise: Frame;
  /** Whether there is an input whose shape can be kept. */
  readonly canAdapt: boolean;
}

/** A listed size (`1280:720`) or proportion (`16:9`). */
export type Shape = { readonly kind: 'shape'; readonly ratio: string } | Cannot;

export function shapeFor(question: ShapeQuestion): Shape {
  const { params, shapeParam, offered, open } = question;
  const asked = params[shapeParam];
  if (asked === undefined || asked === 'auto' || asked === 'adaptive') return freeShape(question, asked);
  const frame = parseFrame(asked);
  if (frame === null) return none(shapeParam, 'is a ratio such as 16:9 or a size such as 1280x720.');
  if (frame.exact) {
    const ratio = `${frame.width}:${frame.height}`;
    if (open || offered.includes(ratio)) return { kind: 'shape', ratio };
    return none(shapeParam, `can be one of ${list(offered)} on this route.`);
  }
  if (offered.includes(String(asked))) return { kind: 'shape', ratio: String(asked) };
  return ofQuality(question, sizeNear(frame, pixelsOf(question), offered));
}

/** Nothing asked for: the listed shape that is nearest to the input's, or to the usual one. */
function freeShape(question: ShapeQuestion, asked: unknown): Shape {
  const { offered, otherwise, shapeParam, canAdapt } = question;
  if (typeof asked === 'string' && offered.includes(asked)) return { kind: 'shape', ratio: asked };
  if (asked === 'adaptive' && !canAdapt)
    return none(shapeParam, 'can only be adaptive with an input to adapt to.');
  const closest = parseFrame(nearest(otherwise, offered));
  return ofQuality(question, closest && sizeNear(closest, pixelsOf(question), offered));
}

function ofQuality(question: ShapeQuestion, ratio: string | null): Shape {
  const { params, offered, shapeParam, pixelsParam } = question;
  if (ratio === null) return none(shapeParam, `can be one of ${list(offered)} on this route.`);
  const asked = params[pixelsParam];
  const wanted = typeof asked === 'string' ? PIXELS[asked] : undefined;
  const found = parseFrame(ratio);
  const isPixels = found !== null && found.width > 100;
  if (wanted !== undefined && isPixels) {
    const away = Math.abs(Math.log((found.width * found.height) / wanted));
    if (away > SAME_QUALITY) return none(pixelsParam, `has no size for ${asked}: it makes ${list(offered)}.`);
  }
  return { kind: 'shape', ratio };
}

function pixelsOf({ params, pixelsParam, usualPixels }: ShapeQuestion): number {
  const asked = params[pixelsParam];
  return (typeof asked === 'string' ? PIXELS[asked] : undefined) ?? PIXELS[usualPixels] ?? 0;
}

function none(param: string, rest: string): Shape {
  return cannot(param, `${param} ${rest}`);
}

function list(offered: readonly string[]): string {
  const shown = offered.slice(0, 12).map((ratio) => ratio.replace(/^(\d{3,}):/, '$1x'));
  return shown.join(', ') + (offered.length > shown.length ? ' and others' : '');
}
