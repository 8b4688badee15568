/** Abstract pictures: sheets of coloured light that hang before one another and wave slowly. */
import type { Canvas } from './canvas.ts';
import { gradient, oklch, type Rgb } from './colour.ts';
import { createNoise } from './noise.ts';
import type { Brief, Scene } from './scene.ts';

interface Sheet {
  /** Where its upper edge is in the middle, across the picture. */
  readonly place: number;
  readonly swing: number;
  readonly grain: number;
  readonly seed: number;
  readonly pace: number;
  /** How far its light reaches below the edge. */
  readonly fall: number;
  readonly strength: number;
  readonly from: Rgb;
  readonly to: Rgb;
}

export function buildFlow({ hints, chance }: Brief): Scene {
  const dice = chance.fork('flow');
  const noise = createNoise(dice);
  const hue =
    hints.hues[0] ?? (hints.moods.includes('warm') ? 0.1 : hints.moods.includes('cold') ? 0.66 : dice.next());
  const second = hints.hues[1] ?? hue + dice.pick([0.14, -0.14, 0.24, -0.3]);
  const gain = hints.moods.includes('pastel') || hints.moods.includes('calm') ? 0.75 : 1;
  const lift = hints.moods.includes('pastel') || hints.moods.includes('bright') ? 0.26 : 0;
  const ground = gradient([
    oklch(0.13 + lift, 0.06 * gain, hue),
    oklch(0.22 + lift, 0.09 * gain, (hue + second) / 2),
    oklch(0.16 + lift, 0.08 * gain, second),
  ]);
  const turn = dice.between(-0.65, 0.65);
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  const count = 11;
  const sheets = Array.from({ length: count }, (_, i): Sheet => {
    const part = i / (count - 1);
    const own = hue + (second - hue) * Math.min(1, Math.max(0, part + dice.between(-0.2, 0.2)));
    return {
      place: -0.15 + 1.15 * part + dice.between(-0.05, 0.05),
      swing: dice.between(0.12, 0.3),
      grain: dice.between(0.55, 1.05),
      seed: dice.between(0, 90),
      pace: dice.between(0.05, 0.11) * dice.pick([-1, 1]),
      fall: dice.between(0.1, 0.34),
      strength: dice.between(0.45, 0.9),
      from: oklch(0.8 + lift * 0.3, 0.14 * gain, own),
      to: oklch(0.5 + lift, 0.2 * gain, own + dice.between(-0.07, 0.07)),
    };
  });

  function paint({ width, height, unit, pixels }: Canvas, seconds: number): void {
    const last = ground.length / 3 - 1;
    for (let py = 0; py < height; py++) {
      for (let px = 0; px < width; px++) {
        const sx = (px + 0.5 - width / 2) / unit;
        const sy = (py + 0.5) / unit - 0.5;
        const x = sx * cos + sy * sin;
        const y = -sx * sin + sy * cos + 0.5;
        const entry = Math.round(Math.min(1, Math.max(0, y)) * last) * 3;
        let r = ground[entry] ?? 0;
        let g = ground[entry + 1] ?? 0;
        let b = ground[entry + 2] ?? 0;
        for (const sheet of sheets) {
          const along = x * sheet.grain + sheet.seed;
          const t = seconds * sheet.pace;
          const edge =
            sheet.place +
            sheet.swing *
              (noise.at(along + t, sheet.seed + t) + 0.35 * noise.at(along * 2.1 - t, sheet.seed));
          const below = y - edge;
          if (below < -0.02 || below > sheet.fall * 4) continue;
          const rise = Math.min(1, (below + 0.02) / 0.026);
          const folds = 0.7 + 0.5 * noise.at(along * 3.2 + below * 2.5, sheet.seed + t * 2);
          const light =
            rise *
            rise *
            (3 - 2 * rise) *
            Math.exp(-Math.max(0, below) / sheet.fall) *
            sheet.strength *
            folds;
          const part = Math.min(1, Math.max(0, below) / (sheet.fall * 1.2));
          r += (1 - r) * light * (sheet.from[0] + (sheet.to[0] - sheet.from[0]) * part);
          g += (1 - g) * light * (sheet.from[1] + (sheet.to[1] - sheet.from[1]) * part);
          b += (1 - b) * light * (sheet.from[2] + (sheet.to[2] - sheet.from[2]) * part);
          // A sheet also dims what hangs behind it, so that the nearest edge reads as an edge.
          const veil = 1 - light * 0.32;
          r *= veil;
          g *= veil;
          b *= veil;
        }
        const offset = (py * width + px) * 4;
        pixels[offset] = r;
        pixels[offset + 1] = g;
        pixels[offset + 2] = b;
        pixels[offset + 3] = 1;
      }
    }
  }
  return { kind: 'flow', paint };
}
