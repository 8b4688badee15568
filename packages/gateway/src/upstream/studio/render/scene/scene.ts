/**
 * A scene is what a picture or a clip shows, before anyone knows its size: layers from the back to the front. Read this first.
 * A still lays them over each other once (image/paint.ts); a clip moves them against each other (video/animate.ts).
 */
import type { Canvas } from './canvas.ts';
import { type Chance, createChance } from './chance.ts';
import type { Rgb } from './colour.ts';
import { buildFlow } from './flow.ts';
import { buildFlowers } from './flowers.ts';
import { buildLandscape } from './landscape.ts';
import { choosePalette, type Palette } from './palette.ts';
import { buildSpace } from './space.ts';
import { type Hints, type Place, readHints } from './words.ts';

/** Draws one soft light: place and radius in frame heights, strength 0 to 1; `stretch` is how many radii it is long, downwards. */
export type PutLight = (
  x: number,
  y: number,
  radius: number,
  colour: Rgb,
  strength: number,
  stretch: number,
) => void;

export type Layer =
  | {
      readonly kind: 'painted';
      /** 0 is so far away that no camera move shows, 1 is right before the lens. */
      readonly depth: number;
      /** Frame heights per second by which it moves to the right on its own. */
      readonly drift: number;
      /** The y from which down it wavers like water; null where it is firm. */
      readonly waterFrom: number | null;
      /** `behind` is what was painted so far, for what mirrors it. It may be the canvas itself. */
      paint(canvas: Canvas, behind: Canvas): void;
    }
  | {
      readonly kind: 'lights';
      readonly depth: number;
      /** The lights at a moment, in seconds from the start. */
      emit(seconds: number, put: PutLight): void;
    };

export type Scene =
  | { readonly kind: 'layers'; readonly layers: readonly Layer[] }
  /** One smooth field of colour that changes as a whole; no detail is finer than 1/100 of the height. */
  | { readonly kind: 'flow'; paint(canvas: Canvas, seconds: number): void };

/** What the builders of scenes go by. */
export interface Brief {
  readonly hints: Hints;
  readonly palette: Palette;
  readonly chance: Chance;
  /** Width of the frame in frame heights. */
  readonly aspect: number;
}

export function buildScene(prompt: string, seed: number, aspect: number): Scene {
  const hints = readHints(prompt);
  const chance = createChance(prompt, seed);
  const brief = { hints, palette: choosePalette(hints, chance), chance: chance.fork('scene'), aspect };
  const place = hints.places[0] ?? guessPlace(hints, chance.fork('place'));
  switch (place) {
    case 'space':
      return buildSpace(brief);
    case 'abstract':
      return buildFlow(brief);
    case 'flowers':
      return buildFlowers(brief);
    case 'mountains':
    case 'sea':
    case 'lake':
    case 'forest':
    case 'desert':
    case 'city':
    case 'meadow':
      return buildLandscape(brief, place);
    default: {
      const never: never = place;
      throw new Error(`unexpected place: ${never}`);
    }
  }
}

/** No word named a place: times and weathers belong outdoors, bare colours and moods to abstract pictures. */
function guessPlace(hints: Hints, chance: Chance): Place {
  if (hints.times.length > 0 || hints.weathers.length > 0)
    return chance.pick(['mountains', 'sea', 'lake', 'forest', 'meadow']);
  if (hints.hues.length > 0 || hints.moods.length > 0)
    return chance.pick(['abstract', 'abstract', 'mountains', 'sea', 'flowers']);
  return chance.pick([
    'mountains',
    'sea',
    'lake',
    'forest',
    'desert',
    'city',
    'meadow',
    'flowers',
    'space',
    'abstract',
  ]);
}
