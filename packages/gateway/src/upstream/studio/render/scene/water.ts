/** Water that mirrors what stands above it, with a path of light under the sun. */
import { lay, shine } from './canvas.ts';
import type { Chance } from './chance.ts';
import type { Rgb } from './colour.ts';
import { createNoise } from './noise.ts';
import type { Layer } from './scene.ts';

export interface Water {
  /** y of the shore line. */
  readonly from: number;
  readonly tint: Rgb;
  readonly light: Rgb;
  readonly sunX: number;
  /** 0 is a mirror, 1 an open sea. */
  readonly rough: number;
}

export function waterLayer(water: Water, chance: Chance): Layer {
  const noise = createNoise(chance.fork('water'));
  return {
    kind: 'painted',
    depth: 0.22,
    drift: 0,
    waterFrom: water.from,
    paint(canvas, behind) {
      const { width, height, unit, pixels } = canvas;
      const shore = Math.round(water.from * unit);
      const deep = 1 - water.from;
      // A row of mirror is read above the shore and written below it, so that painting on what is mirrored is safe.
      for (let py = shore; py < height; py++) {
        const y = (py + 0.5) / unit;
        const down = Math.max(0.0005, (y - water.from) / deep);
        const far = 1 / (down + 0.06);
        const choppy = (0.004 + 0.03 * down) * (0.35 + water.rough);
        for (let px = 0; px < width; px++) {
          const x = (px + 0.5 - width / 2) / unit;
          const wave = noise.fbm(x * far * 1.5, far * 5.5, 3);
          const fine = noise.at(x * far * 5, far * 24);
          const sx = px + (wave * 0.7 + fine * 0.4) * choppy * unit;
          const lift = (wave + fine * 0.6) * choppy * 2.4;
          const sy = (water.from - (y - water.from) * (0.82 - 0.2 * water.rough) + lift) * unit;
          const row = Math.min(shore - 1, Math.max(0, Math.round(sy)));
          const column = Math.min(width - 1, Math.max(0, Math.round(sx)));
          const from = (row * width + column) * 4;
          const part =
            0.18 + 0.34 * down + water.rough * 0.2 + (wave * 0.25 + fine * 0.1) * (0.35 + water.rough);
          const keep = 1 - Math.min(0.9, Math.max(0.08, part));
          const r = (behind.pixels[from] ?? 0) * keep + water.tint[0] * (1 - keep);
          const g = (behind.pixels[from + 1] ?? 0) * keep + water.tint[1] * (1 - keep);
          const b = (behind.pixels[from + 2] ?? 0) * keep + water.tint[2] * (1 - keep);
          const offset = (py * width + px) * 4;
          lay(pixels, offset, r, g, b, Math.min(1, (py - shore + 1) / 1.5));
          const aside = (x - water.sunX) / (0.035 + 0.16 * down);
          const path =
            Math.exp(-aside * aside) * Math.max(0, wave + fine * 0.8 - 0.02) * 2.4 * (1 - down * 0.55);
          if (path > 0.004)
            shine(pixels, offset, water.light[0] * path, water.light[1] * path, water.light[2] * path);
        }
      }
    },
  };
}
