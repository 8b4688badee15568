/** Rows of houses, with lit windows when it is dark. */
import { type Canvas, glow, lay, reach, shine } from './canvas.ts';
import type { Chance } from './chance.ts';
import { mix, type Rgb } from './colour.ts';
import type { Layer } from './scene.ts';

export interface Skyline {
  readonly foot: number;
  readonly tallest: number;
  readonly depth: number;
  readonly colour: Rgb;
  readonly mist: Rgb;
  readonly mistiness: number;
  readonly windows: readonly Rgb[];
  /** Share of windows with light, 0 to 1. */
  readonly lit: number;
}

interface House {
  readonly x: number;
  readonly wide: number;
  readonly tall: number;
  readonly roof: 'flat' | 'step' | 'spire' | 'slant';
  readonly shade: number;
  readonly light: Rgb;
  readonly seed: number;
}

const widest = 3.2;

export function skylineLayer(skyline: Skyline, chance: Chance, name: string): Layer {
  const dice = chance.fork(name);
  const houses: House[] = [];
  const centre = dice.between(-0.35, 0.35);
  for (let x = -widest; x < widest; ) {
    const wide = dice.between(0.035, 0.085) * (0.6 + skyline.depth);
    const downtown = Math.exp(-(((x - centre) / 0.75) ** 2));
    const tall = skyline.tallest * (0.22 + 0.3 * dice.next() + downtown * 0.5 * dice.next() ** 0.8);
    houses.push({
      x,
      wide,
      tall,
      roof:
        tall > skyline.tallest * 0.62
          ? dice.pick(['spire', 'step', 'slant', 'flat'])
          : dice.pick(['flat', 'flat', 'step', 'slant']),
      shade: dice.between(0.8, 1.15),
      light: dice.pick([[1, 0.82, 0.5], ...skyline.windows]),
      seed: dice.whole(1, 1_000_000),
    });
    x += wide * dice.between(0.82, 1.12);
  }
  return {
    kind: 'painted',
    depth: skyline.depth,
    drift: 0,
    waterFrom: null,
    paint(canvas) {
      const side = reach(canvas);
      for (const house of houses) {
        if (house.x + house.wide > -side && house.x < side) paintHouse(canvas, skyline, house);
      }
    },
  };
}

/** Top of the house at a place across its width (0 to 1), in frame heights above the foot. */
function roofAt({ roof, tall, wide }: House, across: number): number {
  const off = Math.abs(across - 0.5) * 2;
  switch (roof) {
    case 'flat':
      return tall;
    case 'step':
      return off < 0.4 ? tall : off < 0.72 ? tall * 0.93 : tall * 0.86;
    case 'spire':
      return off < 0.05 ? tall * 1.22 : off < 0.3 ? tall * 1.02 : off < 0.66 ? tall * 0.95 : tall * 0.88;
    case 'slant':
      return tall - across * wide * 0.5;
    default: {
      const never: never = roof;
      throw new Error(`unexpected roof: ${never}`);
    }
  }
}

function paintHouse(canvas: Canvas, skyline: Skyline, house: House): void {
  const { width, height, unit, pixels } = canvas;
  const left = (house.x + width / unit / 2) * unit;
  const right = left + house.wide * unit;
  const floor = 0.0125 * (0.55 + skyline.depth);
  const column = floor * 0.8;
  for (let px = Math.max(0, Math.floor(left)); px < Math.min(width, right); px++) {
    const edge = Math.min(1, px + 1 - left, right - px);
    const across = (px + 0.5 - left) / (right - left);
    const top = skyline.foot - roofAt(house, Math.min(1, Math.max(0, across)));
    const body = house.shade * (0.86 + 0.24 * across);
    for (let py = Math.max(0, Math.floor(top * unit)); py < height; py++) {
      const y = (py + 0.5) / unit;
      const cover = Math.min(1, py + 1 - top * unit) * edge;
      if (cover <= 0) continue;
      const low = Math.min(1, Math.max(0, 1 - (skyline.foot - y) / skyline.tallest));
      const mist = low * low * skyline.mistiness;
      const keep = body * (1 - mist);
      const offset = (py * width + px) * 4;
      const c = skyline.colour;
      lay(
        pixels,
        offset,
        c[0] * keep + skyline.mist[0] * mist,
        c[1] * keep + skyline.mist[1] * mist,
        c[2] * keep + skyline.mist[2] * mist,
        cover,
      );
      const across2 = (across * house.wide) / column;
      const up = (skyline.foot - y) / floor;
      const inside = across2 % 1 > 0.28 && across2 % 1 < 0.78 && up % 1 > 0.3 && up % 1 < 0.8;
      if (!inside || y < top + floor * 0.7) continue;
      const chance = windowChance(house.seed, Math.floor(across2), Math.floor(up));
      if (chance > skyline.lit * (0.45 + 0.4 * house.shade)) continue;
      const light = (0.2 + 0.6 * (chance / skyline.lit) ** 2) * (1 - mist * 0.9) * cover;
      shine(pixels, offset, house.light[0] * light, house.light[1] * light, house.light[2] * light);
    }
  }
  if (house.roof === 'spire' && skyline.lit > 0.1) {
    glow(
      canvas,
      house.x + house.wide / 2,
      skyline.foot - house.tall * 1.22,
      0.006,
      mix([1, 0.25, 0.2], house.light, 0.2),
      0.9,
    );
  }
}

function windowChance(seed: number, column: number, floor: number): number {
  let h = Math.imul(seed ^ Math.imul(column + 1, 0x27d4eb2d), 0x85ebca6b) ^ Math.imul(floor + 7, 0x165667b1);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return ((h ^ (h >>> 13)) >>> 0) / 4294967296;
}
