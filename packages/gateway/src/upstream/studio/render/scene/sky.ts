/** Sky, sun or moon, stars, clouds, northern lights. */
import { type Canvas, disc, glow, lay, paintDisc, reach, shine } from './canvas.ts';
import type { Chance } from './chance.ts';
import { gradient, mix, type Rgb } from './colour.ts';
import { createNoise, type Noise } from './noise.ts';
import type { Palette } from './palette.ts';
import type { Layer } from './scene.ts';

export interface Sun {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

export function placeSun(palette: Palette, chance: Chance, aspect: number, horizon: number): Sun {
  const side = chance.pick([-1, 1]) * chance.between(0.08, 0.3) * Math.min(aspect, 1.6);
  switch (palette.time) {
    case 'day':
      return { x: side, y: horizon * chance.between(0.14, 0.3), radius: 0.022 };
    case 'night':
      return { x: side, y: horizon * chance.between(0.2, 0.42), radius: chance.between(0.03, 0.055) };
    case 'dawn':
    case 'sunset':
      return { x: side, y: horizon * chance.between(0.74, 0.93), radius: chance.between(0.035, 0.07) };
    case 'dusk':
      return { x: side, y: horizon * chance.between(0.98, 1.05), radius: 0.03 };
    default: {
      const never: never = palette.time;
      throw new Error(`unexpected time: ${never}`);
    }
  }
}

export function skyLayer(palette: Palette, chance: Chance, sun: Sun, horizon: number): Layer {
  const noise = createNoise(chance.fork('sky'));
  const milkyWay = palette.time === 'night';
  const tilt = chance.between(-0.5, 0.5);
  return {
    kind: 'painted',
    depth: 0,
    drift: 0,
    waterFrom: null,
    paint(canvas) {
      paintGradient(canvas, palette, sun, horizon);
      if (milkyWay) paintMilkyWay(canvas, noise, mix(palette.glow, [1, 1, 1], 0.3), tilt);
      if (palette.time === 'night') paintMoon(canvas, sun, palette, noise);
      else paintSun(canvas, sun, palette);
    },
  };
}

function paintGradient(canvas: Canvas, palette: Palette, sun: Sun, horizon: number): void {
  const table = gradient(palette.sky);
  const last = table.length / 3 - 1;
  const { width, height, unit, pixels } = canvas;
  const spread = palette.time === 'day' ? 0.5 : 0.75;
  const power = palette.time === 'night' ? 0.28 : 0.62;
  const [gr, gg, gb] = palette.glow;
  for (let py = 0; py < height; py++) {
    const y = (py + 0.5) / unit;
    const step = Math.min(last, Math.round(Math.min(1, y / horizon) ** 1.15 * last)) * 3;
    const r = table[step] ?? 0;
    const g = table[step + 1] ?? 0;
    const b = table[step + 2] ?? 0;
    const dy = (y - sun.y) * 1.35;
    for (let px = 0; px < width; px++) {
      const offset = (py * width + px) * 4;
      const dx = ((px + 0.5 - width / 2) / unit - sun.x) / 1.25;
      const light = power * Math.exp(-Math.sqrt(dx * dx + dy * dy) / (spread * 0.45));
      pixels[offset] = r + (gr - r) * light;
      pixels[offset + 1] = g + (gg - g) * light;
      pixels[offset + 2] = b + (gb - b) * light;
      pixels[offset + 3] = 1;
    }
  }
}

function paintSun(canvas: Canvas, sun: Sun, palette: Palette): void {
  glow(canvas, sun.x, sun.y, sun.radius * 5, palette.glow, 0.35);
  glow(canvas, sun.x, sun.y, sun.radius * 2.2, mix(palette.glow, palette.sun, 0.5), 0.6);
  disc(canvas, sun.x, sun.y, sun.radius, palette.sun);
}

function paintMoon(canvas: Canvas, moon: Sun, palette: Palette, noise: Noise): void {
  glow(canvas, moon.x, moon.y, moon.radius * 4.5, palette.glow, 0.28);
  glow(canvas, moon.x, moon.y, moon.radius * 1.7, palette.sun, 0.4);
  const pixel = 1 / canvas.unit;
  paintDisc(canvas, moon.x, moon.y, moon.radius + pixel, (distance, offset, dx, dy) => {
    const seas = 0.5 + noise.fbm(dx * 34 + 7, dy * 34, 4);
    const limb = 1 - 0.22 * (distance / moon.radius) ** 4;
    const bright = limb * (0.86 + 0.14 * Math.min(1, Math.max(0, seas * 1.6)));
    const edge = Math.min(1, Math.max(0, (moon.radius - distance) / pixel + 0.5));
    const [r, g, b] = palette.sun;
    lay(canvas.pixels, offset, r * bright, g * bright, b * bright, edge);
  });
}

function paintMilkyWay(canvas: Canvas, noise: Noise, colour: Rgb, tilt: number): void {
  const { width, height, unit, pixels } = canvas;
  for (let py = 0; py < height; py++) {
    const y = py / unit;
    for (let px = 0; px < width; px++) {
      const x = (px - width / 2) / unit;
      const across = (y - 0.3 + x * tilt + noise.at(x * 1.3, y * 1.3) * 0.1) / 0.2;
      const band = Math.exp(-across * across);
      if (band < 0.03) continue;
      const dust = Math.max(0, 0.55 + noise.fbm(x * 3, y * 3, 5));
      const light = band * dust * dust * 0.34;
      shine(pixels, (py * width + px) * 4, colour[0] * light, colour[1] * light, colour[2] * light);
    }
  }
}

/** Small lights that twinkle, each at its own pace. */
export function starLayer(chance: Chance, horizon: number, count: number): Layer {
  const dice = chance.fork('stars');
  const stars = Array.from({ length: count }, () => {
    const bright = dice.next() ** 5;
    return {
      x: dice.between(-1.6, 1.6),
      y: dice.next() ** 1.3 * horizon,
      radius: 0.0011 + 0.0016 * bright,
      strength: dice.between(0.35, 0.75) + 0.25 * bright,
      colour: mix([0.72, 0.82, 1], [1, 0.88, 0.7], dice.next()),
      phase: dice.between(0, 6.28),
      pace: dice.between(1.5, 5),
    };
  });
  return {
    kind: 'lights',
    depth: 0,
    emit(seconds, put) {
      for (const star of stars) {
        const twinkle = 0.72 + 0.28 * Math.sin(star.phase + seconds * star.pace);
        const fade = Math.min(1, (horizon - star.y) / (horizon * 0.35));
        put(star.x, star.y, star.radius, star.colour, star.strength * twinkle * fade, 1);
      }
    },
  };
}

/** Clouds on a plane above the viewer: they flatten and crowd towards the horizon. `amount` 0 to 1. */
export function cloudLayer(
  palette: Palette,
  chance: Chance,
  sun: Sun,
  horizon: number,
  amount: number,
  name: string,
): Layer {
  const dice = chance.fork(name);
  const noise = createNoise(dice);
  const stretch = dice.between(0.5, 0.9);
  const drift = dice.pick([-1, 1]) * dice.between(0.006, 0.013);
  const threshold = 0.2 - amount * 0.42;
  const underlit = palette.time === 'sunset' || palette.time === 'dawn' || palette.time === 'dusk';
  return {
    kind: 'painted',
    depth: 0.06,
    drift,
    waterFrom: null,
    paint(canvas) {
      const { width, unit, pixels } = canvas;
      const rows = Math.min(canvas.height, Math.ceil(horizon * unit));
      for (let py = 0; py < rows; py++) {
        const y = py / unit;
        const distance = 0.42 / (horizon - y + 0.17);
        const v = distance * 2.1;
        const fade = Math.min(1, (horizon - y) / 0.1) * Math.min(1, 0.25 + y / 0.12);
        for (let px = 0; px < width; px++) {
          const x = (px + 0.5 - width / 2) / unit;
          const u = x * distance * stretch * 1.9;
          const warp = noise.at(u * 0.8 + 9, v * 0.8) * 0.35;
          const density = noise.fbm(u + warp, v + warp, 5) - threshold;
          if (density <= 0) continue;
          const cover = Math.min(1, density * 3.4);
          const toSun =
            noise.fbm(u + warp + Math.tanh((sun.x - x) * 4) * 0.09, v + warp + (underlit ? -0.13 : 0.13), 3) -
            threshold;
          const near = Math.exp(-Math.hypot(x - sun.x, y - sun.y) * 2.2);
          const lit = Math.min(1, Math.max(0, 0.55 + (density - toSun) * 2.6 + near * 0.5 - cover * 0.25));
          const smooth = cover * cover * (3 - 2 * cover) * fade * 0.93;
          const a = palette.cloudShade;
          const b = palette.cloudLit;
          const r = a[0] + (b[0] - a[0]) * lit;
          const g = a[1] + (b[1] - a[1]) * lit;
          const blue = a[2] + (b[2] - a[2]) * lit;
          lay(pixels, (py * width + px) * 4, r, g, blue, smooth);
        }
      }
    },
  };
}

/** Curtains of light with rays that hang down from a wandering line. */
export function auroraLayer(chance: Chance, horizon: number): Layer {
  const dice = chance.fork('aurora');
  const noise = createNoise(dice);
  const curtains = [0, 1, 2].map((i) => ({
    base: horizon * (0.52 + 0.14 * i) + dice.between(-0.03, 0.03),
    seed: dice.between(0, 50),
    low: mix([0.2, 1, 0.55], [0.25, 0.9, 0.95], dice.next()),
    high: mix([0.65, 0.3, 0.95], [0.2, 0.6, 0.9], dice.next()),
    strength: dice.between(0.85, 1.2),
  }));
  return {
    kind: 'painted',
    depth: 0.03,
    drift: dice.pick([-1, 1]) * 0.014,
    waterFrom: null,
    paint(canvas) {
      const wide = reach(canvas);
      const { width, unit, pixels } = canvas;
      for (const curtain of curtains) {
        for (let px = 0; px < width; px++) {
          const x = (px / width) * 2 * wide - wide;
          const foot = curtain.base + noise.fbm(x * 1.1 + curtain.seed, curtain.seed, 3) * 0.2;
          const rays = 0.45 + 0.55 * noise.fbm(x * 16 + curtain.seed, curtain.seed * 2, 3);
          const tall = 0.17 + 0.17 * (0.5 + noise.at(x * 2.3, curtain.seed));
          const patch = Math.max(0, 0.45 + noise.at(x * 1.2, curtain.seed + 20));
          const bottom = Math.min(canvas.height - 1, Math.round((foot + 0.05) * unit));
          for (let py = Math.max(0, Math.round((foot - tall * 2) * unit)); py <= bottom; py++) {
            const up = (foot - py / unit) / tall;
            const body = up < 0 ? Math.exp(-up * up * 60) : Math.exp(-up * 1.9);
            const light = Math.max(0, rays) * patch * body * curtain.strength;
            const part = Math.min(1, Math.max(0, up * 0.7));
            const offset = (py * width + px) * 4;
            const r = curtain.low[0] + (curtain.high[0] - curtain.low[0]) * part;
            const g = curtain.low[1] + (curtain.high[1] - curtain.low[1]) * part;
            const b = curtain.low[2] + (curtain.high[2] - curtain.low[2]) * part;
            lay(pixels, offset, r, g, b, Math.min(0.8, light));
          }
        }
      }
    },
  };
}
