/** Ridges of every kind (mountains, hills, dunes, treetops), lit from the sun's side and paler the farther they are. */
import { type Canvas, lay } from './canvas.ts';
import type { Chance } from './chance.ts';
import { mix, type Rgb } from './colour.ts';
import { createNoise, type Noise } from './noise.ts';
import type { Layer } from './scene.ts';

export type RidgeShape = 'peaks' | 'hills' | 'dunes' | 'firs' | 'leaves';

export interface Ridge {
  readonly shape: RidgeShape;
  /** Where its foot would be, and how far its highest point is above, in frame heights. */
  readonly foot: number;
  readonly rise: number;
  readonly depth: number;
  readonly colour: Rgb;
  /** What its foot fades into. */
  readonly mist: Rgb;
  /** How much of the mist there is at the foot, 0 to 1. */
  readonly mistiness: number;
  /** Light on slopes that face the sun. */
  readonly light: Rgb;
  /** x of the sun. */
  readonly sunX: number;
  /** Snow on what is high; null for none. */
  readonly snow: Rgb | null;
}

export function ridgeLayer(ridge: Ridge, chance: Chance, name: string): Layer {
  const dice = chance.fork(name);
  const noise = createNoise(dice);
  const profile = profileOf(ridge, noise, dice);
  return {
    kind: 'painted',
    depth: ridge.depth,
    drift: 0,
    waterFrom: null,
    paint: (canvas) => paintRidge(canvas, ridge, profile, noise),
  };
}

/** Height of the silhouette above the foot at x, as a share of the rise. */
type Profile = (x: number) => number;

function profileOf({ shape, rise }: Ridge, noise: Noise, dice: Chance): Profile {
  const shift = dice.between(0, 90);
  const grain = 0.6 / Math.max(0.12, rise);
  switch (shape) {
    case 'peaks':
      return (x) => {
        const broad = 0.5 + 0.75 * noise.at(x * grain * 0.42 + shift, 3.3);
        return Math.max(
          0.03,
          broad * 0.5 + noise.ridged(x * grain * 0.62 + shift, 7.1, 6) * 0.62 * (0.35 + broad),
        );
      };
    case 'hills':
      return (x) => 0.5 + 0.55 * noise.fbm(x * grain * 0.8 + shift, 1.7, 3) + 0.012 * noise.at(x * 60, shift);
    case 'dunes':
      return (x) => {
        const wave = x * grain * 0.55 + shift + 0.35 * noise.at(x * 0.7, shift);
        const part = wave - Math.floor(wave);
        const crest =
          part < 0.68
            ? Math.sin((part / 0.68) * (Math.PI / 2)) ** 1.6
            : Math.cos(((part - 0.68) / 0.32) * (Math.PI / 2)) ** 1.25;
        return (
          0.3 + crest * (0.45 + 0.3 * noise.at(Math.floor(wave) * 7.3, shift)) + 0.15 * noise.at(x * 0.9, 9.1)
        );
      };
    case 'firs':
      return treeline(noise, dice, rise, 1, (part) => {
        const branch = (part * 9) % 1;
        return Math.max(0, 1 - part ** 0.9 * 1.02 - 0.09 * branch * part);
      });
    case 'leaves':
      return treeline(noise, dice, rise, 2.3, (part, x) => {
        const twigs = 0.07 * noise.at(x * 130, shift) + 0.05 * noise.at(x * 320, shift + 5);
        return Math.max(0, Math.sqrt(1 - part * part) * (0.62 + twigs));
      });
    default: {
      const never: never = shape;
      throw new Error(`unexpected shape: ${never}`);
    }
  }
}

/** Trees side by side on a wavy ground. `crown` gives the height of a tree at a part of the way from its middle (0) to its side (1). */
function treeline(
  noise: Noise,
  dice: Chance,
  rise: number,
  girth: number,
  crown: (part: number, x: number) => number,
): Profile {
  const spacing = rise * 0.1 * Math.sqrt(girth);
  const shift = Math.round(dice.between(0, 1000));
  return (x) => {
    const ground = 0.34 + 0.3 * noise.at(x * 1.6, shift + 0.5);
    const slot = Math.floor(x / spacing);
    let top = 0;
    for (let i = slot - 2; i <= slot + 2; i++) {
      const a = scatter(i + shift);
      const b = scatter(i * 3 + shift + 11);
      const tall = (0.16 + 0.46 * a * a) * (0.75 + 0.5 * (0.5 + noise.at(i * 0.21, shift)));
      const half = spacing * (0.42 + 0.62 * a) * Math.sqrt(girth);
      const part = Math.abs(x - (i + 0.5 + (b - 0.5) * 0.9) * spacing) / half;
      if (part < 1) top = Math.max(top, tall * crown(part, x));
    }
    return ground + top;
  };
}

/** A fixed number from 0 to 1 for every whole number. */
function scatter(i: number): number {
  const wave = Math.sin(i * 127.1 + 3.7) * 43758.5453;
  return wave - Math.floor(wave);
}

const samples = 4;

function paintRidge(canvas: Canvas, ridge: Ridge, profile: Profile, noise: Noise): void {
  const { width, height, unit, pixels } = canvas;
  const tops = new Float32Array(width * samples);
  for (let i = 0; i < tops.length; i++) {
    const x = ((i + 0.5) / samples - width / 2) / unit;
    tops[i] = (ridge.foot - profile(x) * ridge.rise) * unit;
  }
  const reliefOf = relief(ridge, noise);
  const shaded = mix(ridge.colour, [0.02, 0.03, 0.08], 0.22);
  const lit = mix(ridge.colour, ridge.light, 0.42);
  for (let px = 0; px < width; px++) {
    let highest = height;
    for (let s = 0; s < samples; s++) highest = Math.min(highest, tops[px * samples + s] ?? 0);
    const x = (px + 0.5 - width / 2) / unit;
    for (let py = Math.max(0, Math.floor(highest)); py < height; py++) {
      let cover = 0;
      for (let s = 0; s < samples; s++)
        cover += Math.min(1, Math.max(0, py + 1 - (tops[px * samples + s] ?? 0)));
      cover /= samples;
      if (cover <= 0) continue;
      const y = (py + 0.5) / unit;
      const below = y - highest / unit;
      const sunny = reliefOf(x, y, below);
      const dark = 1 - sunny;
      let r = shaded[0] * dark + lit[0] * sunny;
      let g = shaded[1] * dark + lit[1] * sunny;
      let b = shaded[2] * dark + lit[2] * sunny;
      if (ridge.snow !== null) {
        const line = ridge.foot - ridge.rise * 0.52 + noise.fbm(x * 7, y * 7 + 40, 3) * 0.2;
        const snow = Math.min(1, Math.max(0, (line - y) * 14)) * (0.62 + 0.38 * sunny);
        const shadow = 0.62 + 0.38 * sunny;
        r += (ridge.snow[0] * shadow - r) * snow;
        g += (ridge.snow[1] * shadow - g) * snow;
        b += (ridge.snow[2] * (0.3 + 0.7 * shadow) - b) * snow;
      }
      const low = Math.min(1, Math.max(0, 1 - (ridge.foot - y) / ridge.rise));
      const mist = low * low * ridge.mistiness;
      r += (ridge.mist[0] - r) * mist;
      g += (ridge.mist[1] - g) * mist;
      b += (ridge.mist[2] - b) * mist;
      lay(pixels, (py * width + px) * 4, r, g, b, cover);
    }
  }
}

/** How sunny a point of the slope is, 0 to 1. */
function relief(ridge: Ridge, noise: Noise): (x: number, y: number, below: number) => number {
  switch (ridge.shape) {
    case 'peaks': {
      const grain = 2.6 / Math.max(0.12, ridge.rise);
      return (x, y) => {
        const side = Math.tanh((ridge.sunX - x) * 5);
        const bend = noise.at(x * grain * 0.5, y * grain * 0.5) * 0.5;
        const u = x * grain * 0.8 + y * grain * 0.25 + bend;
        const v = y * grain * 0.62 + bend;
        const slope = noise.ridged(u + side * 0.07, v - 0.05, 5) - noise.ridged(u, v, 5);
        return Math.min(1, Math.max(0, 0.44 + slope * 2.3));
      };
    }
    case 'dunes':
      return (x, y, below) => {
        const ripples = 0.06 * Math.sin((y + 0.04 * noise.at(x * 3, y * 9)) * 260);
        return Math.min(
          1,
          Math.max(
            0,
            0.72 - below * 2.4 + 0.3 * noise.at(x * 1.4 + y * 3, y * 3) + ripples * Math.min(1, below * 8),
          ),
        );
      };
    case 'hills':
      return (x, y, below) =>
        Math.min(1, Math.max(0, 0.55 - below * 2.2 + 0.35 * noise.fbm(x * 9, y * 26, 3)));
    case 'firs':
    case 'leaves':
      return (x, y, below) =>
        Math.min(
          1,
          Math.max(0, 0.42 - below * 5 + 0.3 * noise.at(x * 42, y * 30) + 0.3 * noise.at(x * 130, y * 130)),
        );
    default: {
      const never: never = ridge.shape;
      throw new Error(`unexpected shape: ${never}`);
    }
  }
}

/** A thin bank of mist, thickest at y. */
export function mistLayer(
  y: number,
  thickness: number,
  colour: Rgb,
  strength: number,
  depth: number,
  chance: Chance,
): Layer {
  const noise = createNoise(chance.fork(`mist ${y}`));
  return {
    kind: 'painted',
    depth,
    drift: 0.008,
    waterFrom: null,
    paint(canvas) {
      const { width, height, unit, pixels } = canvas;
      const top = Math.max(0, Math.floor((y - thickness * 2) * unit));
      const bottom = Math.min(height, Math.ceil((y + thickness * 2) * unit));
      for (let py = top; py < bottom; py++) {
        for (let px = 0; px < width; px++) {
          const x = (px - width / 2) / unit;
          const away = (py / unit - y) / thickness + noise.at(x * 1.5, py / unit) * 0.4;
          const cover =
            strength * Math.exp(-away * away * 1.4) * (0.75 + 0.5 * noise.fbm(x * 2.2, (py / unit) * 7, 3));
          if (cover > 0.004)
            lay(pixels, (py * width + px) * 4, colour[0], colour[1], colour[2], Math.min(0.95, cover));
        }
      }
    },
  };
}
