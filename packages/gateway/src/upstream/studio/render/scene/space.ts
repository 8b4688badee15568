/** Nebulae, stars with spikes, and a planet lit from one side. */
import { glow, lay, paintDisc } from './canvas.ts';
import { gradient, mix, oklch, type Rgb } from './colour.ts';
import { createNoise } from './noise.ts';
import type { Brief, Layer, Scene } from './scene.ts';
import { starLayer } from './sky.ts';

export function buildSpace(brief: Brief): Scene {
  const { chance } = brief;
  const layers = [nebula(brief), starLayer(chance, 1.7, 1700), ...brightStars(brief)];
  if (brief.chance.fork('planet?').next() < 0.75) layers.push(planet(brief));
  return { kind: 'layers', layers };
}

function nebula({ hints, chance }: Brief): Layer {
  const dice = chance.fork('nebula');
  const noise = createNoise(dice);
  const hue = hints.hues[0] ?? dice.next();
  const other = hints.hues[1] ?? hue + dice.pick([0.3, -0.3, 0.45]);
  const gas = gradient([
    oklch(0.09, 0.03, hue),
    oklch(0.2, 0.075, hue),
    oklch(0.4, 0.13, hue + 0.03),
    oklch(0.6, 0.14, (hue + other) / 2),
    oklch(0.8, 0.1, other),
    oklch(0.95, 0.04, other),
  ]);
  const night: Rgb = oklch(0.09, 0.025, hue + 0.05);
  const grain = dice.between(1.1, 1.7);
  return {
    kind: 'painted',
    depth: 0.05,
    drift: 0.003,
    waterFrom: null,
    paint({ width, height, unit, pixels }) {
      const last = gas.length / 3 - 1;
      for (let py = 0; py < height; py++) {
        const y = (py / unit) * grain;
        for (let px = 0; px < width; px++) {
          const x = ((px - width / 2) / unit) * grain;
          const wx = noise.fbm(x + 1.7, y + 9.2, 3);
          const wy = noise.fbm(x + 8.3, y + 2.8, 3);
          const cloud = noise.fbm(x + wx * 0.9, y + wy * 0.9, 7);
          const lanes = Math.abs(noise.fbm(x * 1.2 + wy * 1.2 + 30, y * 1.2 + wx * 1.2, 5));
          const density = Math.min(
            1,
            Math.max(0, 0.4 + cloud * 0.95 + wx * 0.3 - Math.exp(-lanes * lanes * 160) * 0.16),
          );
          const place = Math.min(last, Math.round(density ** 1.5 * last)) * 3;
          const offset = (py * width + px) * 4;
          const cover = Math.min(1, density * 2.4);
          pixels[offset] = night[0] + ((gas[place] ?? 0) - night[0]) * cover;
          pixels[offset + 1] = night[1] + ((gas[place + 1] ?? 0) - night[1]) * cover;
          pixels[offset + 2] = night[2] + ((gas[place + 2] ?? 0) - night[2]) * cover;
          pixels[offset + 3] = 1;
        }
      }
    },
  };
}

function brightStars({ chance, aspect }: Brief): Layer[] {
  const dice = chance.fork('bright stars');
  const stars = Array.from({ length: 14 }, () => ({
    x: dice.between(-0.6, 0.6) * aspect,
    y: dice.next(),
    size: dice.between(0.4, 1) ** 2,
    colour: mix([0.7, 0.83, 1], [1, 0.86, 0.72], dice.next()),
    phase: dice.between(0, 6.28),
  }));
  return [
    {
      kind: 'lights',
      depth: 0.1,
      emit(seconds, put) {
        for (const star of stars) {
          const pulse = 0.85 + 0.15 * Math.sin(star.phase + seconds * 2.2);
          put(star.x, star.y, 0.014 * star.size, star.colour, 0.22 * pulse, 1);
          put(star.x, star.y, 0.0032 * star.size, star.colour, pulse, 1);
          put(star.x, star.y, 0.0011 * star.size, star.colour, 0.5 * pulse, 26);
          for (const step of [-4, -3, -2, -1, 1, 2, 3, 4]) {
            const away = step * 0.0055 * star.size;
            put(star.x + away, star.y, 0.0026 * star.size, star.colour, (0.36 * pulse) / Math.abs(step), 1);
          }
        }
      },
    },
  ];
}

function planet({ hints, chance, aspect, palette }: Brief): Layer {
  const dice = chance.fork('planet');
  const noise = createNoise(dice);
  const radius = dice.between(0.2, 0.34) * Math.min(1, aspect);
  const x = dice.pick([-1, 1]) * dice.between(0.16, 0.3) * aspect;
  const y = dice.between(0.42, 0.66);
  const hue = hints.hues[1] ?? dice.next();
  const bands = gradient([
    oklch(0.4, 0.08, hue),
    oklch(0.68, 0.1, hue + 0.06),
    oklch(0.85, 0.06, hue + 0.1),
    oklch(0.55, 0.1, hue - 0.06),
    oklch(0.76, 0.08, hue + 0.03),
  ]);
  const air = mix(palette.accent, oklch(0.8, 0.1, 0.68), 0.7);
  const light = { x: -Math.sign(x) * 0.72, y: -0.42, z: 0.55 };
  const ringed = dice.next() < 0.45;
  const tilt = dice.between(-0.35, 0.35);
  return {
    kind: 'painted',
    depth: 0.45,
    drift: 0,
    waterFrom: null,
    paint(canvas) {
      const pixel = 1 / canvas.unit;
      const last = bands.length / 3 - 1;
      glow(canvas, x + light.x * radius * 0.3, y + light.y * radius * 0.3, radius * 1.02, air, 0.3);
      const ring = (front: boolean) => {
        paintDisc(canvas, x, y, radius * 2.2, (_, offset, dx, dy) => {
          const u = dx * Math.cos(tilt) + dy * Math.sin(tilt);
          const v = (-dx * Math.sin(tilt) + dy * Math.cos(tilt)) / 0.24;
          const away = Math.sqrt(u * u + v * v) / radius;
          if (v > 0 !== front || away < 1.25 || away > 2.15) return;
          const edge = Math.min(1, (away - 1.25) * 18, (2.15 - away) * 10);
          const grooves = 0.5 + 0.5 * noise.at(away * 22, 3.7) + 0.25 * noise.at(away * 70, 8.2);
          const shadow = front ? 1 : Math.abs(u) < radius && u * light.x < 0 ? 0.35 : 0.85;
          const c = bands.subarray(Math.floor(last * 0.5) * 3);
          lay(
            canvas.pixels,
            offset,
            (c[0] ?? 0) * shadow,
            (c[1] ?? 0) * shadow,
            (c[2] ?? 0) * shadow,
            Math.min(0.85, Math.max(0, edge * grooves * 0.8)),
          );
        });
      };
      if (ringed) ring(false);
      paintDisc(canvas, x, y, radius + pixel, (distance, offset, dx, dy) => {
        const nx = dx / radius;
        const ny = dy / radius;
        const nz = Math.sqrt(Math.max(0, 1 - nx * nx - ny * ny));
        const along = nx * Math.cos(tilt) + ny * Math.sin(tilt);
        const across = -nx * Math.sin(tilt) + ny * Math.cos(tilt);
        const swirl = noise.fbm(along * 2.2 + 4, across * 6, 4);
        const place = 0.5 + 0.5 * Math.sin(across * 7 + swirl * 1.6) * 0.8 + swirl * 0.25;
        const entry = Math.min(last, Math.max(0, Math.round(place * last))) * 3;
        const facing = nx * light.x + ny * light.y + nz * light.z;
        const day = Math.min(1, Math.max(0.015, facing * 1.25 + 0.12));
        const rim = (1 - nz) ** 3 * Math.max(0, facing + 0.35);
        const edge = Math.min(1, Math.max(0, (radius - distance) / pixel + 0.5));
        const r = (bands[entry] ?? 0) * day + air[0] * rim;
        const g = (bands[entry + 1] ?? 0) * day + air[1] * rim;
        const b = (bands[entry + 2] ?? 0) * day + air[2] * rim;
        lay(canvas.pixels, offset, Math.min(1, r), Math.min(1, g), Math.min(1, b), edge);
      });
      if (ringed) ring(true);
    },
  };
}
