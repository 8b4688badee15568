/** Blossoms close up before a blurred garden, and the dots of colour in a meadow. */
import { type Canvas, disc, glow, lay, paintDisc } from './canvas.ts';
import type { Chance } from './chance.ts';
import { gradient, mix, oklch, type Rgb } from './colour.ts';
import { createNoise, type Noise } from './noise.ts';
import type { Palette } from './palette.ts';
import type { Brief, Layer, Scene } from './scene.ts';
import { floatLayer } from './weather.ts';

interface Blossom {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly petals: number;
  readonly rings: number;
  readonly turn: number;
  /** How much it is seen from the side: 1 is straight on. */
  readonly tilt: number;
  readonly blur: number;
  readonly inner: Rgb;
  readonly outer: Rgb;
  readonly heart: Rgb;
}

export function buildFlowers(brief: Brief): Scene {
  const { chance, palette, aspect, hints } = brief;
  const dice = chance.fork('flowers');
  const hue = hints.hues[0] ?? dice.pick([0.0, 0.05, 0.15, 0.25, 0.71, 0.83, 0.95]);
  const layers: Layer[] = [garden(brief, hue)];
  const rows = [
    { depth: 0.2, count: 7, radius: 0.08, blur: 0.022, y: 0.52 },
    { depth: 0.4, count: 5, radius: 0.12, blur: 0.008, y: 0.6 },
    { depth: 0.65, count: 3, radius: 0.2, blur: 0.0015, y: 0.52 },
  ];
  for (const [i, row] of rows.entries()) {
    const blossoms = Array.from({ length: row.count }, (_, k): Blossom => {
      const own = hue + dice.between(-0.035, 0.035);
      const pale = dice.next() < 0.2;
      return {
        x: ((k + 0.5) / row.count - 0.5 + dice.between(-0.12, 0.12) / row.count) * aspect * 1.25,
        y: row.y + dice.between(-0.16, 0.2),
        radius: row.radius * dice.between(0.78, 1.15) * Math.min(1.1, aspect + 0.3),
        petals: dice.whole(6, 11),
        rings: i === 0 ? 1 : dice.whole(2, 3),
        turn: dice.between(0, 6.28),
        tilt: dice.between(0.62, 0.98),
        blur: row.blur,
        inner: oklch(pale ? 0.9 : 0.45, pale ? 0.06 : 0.18, own + 0.03),
        outer: oklch(pale ? 0.96 : 0.69, pale ? 0.025 : 0.19, own),
        heart: oklch(0.82, 0.16, 0.24),
      };
    });
    const noise = createNoise(dice);
    layers.push({
      kind: 'painted',
      depth: row.depth,
      drift: 0,
      waterFrom: null,
      paint(canvas) {
        for (const blossom of blossoms) paintStem(canvas, blossom, palette);
        for (const blossom of blossoms) paintBlossom(canvas, blossom, noise);
      },
    });
  }
  layers.push(floatLayer(chance, mix(palette.glow, [1, 1, 1], 0.4), 0.1, 0.95, 36));
  return { kind: 'layers', layers };
}

/** The out-of-focus garden: soft greens, and lights that a wide-open lens turns into discs. */
function garden({ palette, chance, aspect }: Brief, hue: number): Layer {
  const dice = chance.fork('garden');
  const noise = createNoise(dice);
  const dark = palette.time === 'night' || palette.time === 'dusk';
  const green = (light: number, shift: number) => mix(oklch(light, 0.09, 0.36 + shift), palette.glow, 0.14);
  const low = green(dark ? 0.16 : 0.3, 0.03);
  const table = gradient([
    mix(palette.glow, green(0.8, 0), dark ? 0.8 : 0.35),
    green(dark ? 0.4 : 0.66, -0.03),
    green(dark ? 0.26 : 0.46, 0.02),
    low,
  ]);
  const spots = Array.from({ length: 46 }, () => ({
    x: dice.between(-0.75, 0.75) * aspect,
    y: dice.between(-0.05, 0.8),
    radius: dice.between(0.018, 0.075),
    colour: mix(dice.next() < 0.35 ? oklch(0.75, 0.13, hue) : green(0.86, -0.08), palette.glow, 0.4),
    cover: dice.between(0.06, 0.22),
  }));
  return {
    kind: 'painted',
    depth: 0.03,
    drift: 0,
    waterFrom: null,
    paint(canvas) {
      const { width, height, unit, pixels } = canvas;
      const last = table.length / 3 - 1;
      for (let py = 0; py < height; py++) {
        for (let px = 0; px < width; px++) {
          const x = (px - width / 2) / unit;
          const y = py / unit;
          const place = y * 0.95 + noise.fbm(x * 1.6, y * 1.6, 2) * 0.42;
          const entry = Math.round(Math.min(1, Math.max(0, place)) * last) * 3;
          const offset = (py * width + px) * 4;
          pixels[offset] = table[entry] ?? 0;
          pixels[offset + 1] = table[entry + 1] ?? 0;
          pixels[offset + 2] = table[entry + 2] ?? 0;
          pixels[offset + 3] = 1;
        }
      }
      glow(canvas, -0.25 * aspect, 0, 0.6, palette.glow, 0.4);
      for (const spot of spots) {
        paintDisc(canvas, spot.x, spot.y, spot.radius, (distance, offset) => {
          const part = distance / spot.radius;
          const edge = Math.min(1, (1 - part) * 9);
          const [r, g, b] = spot.colour;
          lay(pixels, offset, r, g, b, spot.cover * edge * (0.7 + 0.3 * part * part));
        });
      }
    },
  };
}

function paintStem(canvas: Canvas, { x, y, radius, blur }: Blossom, palette: Palette): void {
  const colour = mix(oklch(0.42, 0.1, 0.37), palette.near, 0.3);
  const half = radius * 0.045 + 0.002;
  const { width, height, unit, pixels } = canvas;
  const soft = Math.max(blur, 1 / unit);
  for (let py = Math.max(0, Math.round(y * unit)); py < height; py++) {
    const down = py / unit - y;
    const cx = x + Math.sin(down * 2.2 + x * 9) * down * 0.14;
    const from = Math.max(0, Math.floor((cx - half - soft) * unit + width / 2));
    const to = Math.min(width - 1, Math.ceil((cx + half + soft) * unit + width / 2));
    for (let px = from; px <= to; px++) {
      const across = (px + 0.5 - width / 2) / unit - cx;
      const cover = Math.min(1, Math.max(0, (half - Math.abs(across)) / soft + 0.5));
      const light = 0.8 - 0.25 * Math.min(1, Math.max(-1, across / half));
      if (cover > 0)
        lay(pixels, (py * width + px) * 4, colour[0] * light, colour[1] * light, colour[2] * light, cover);
    }
  }
}

function paintBlossom(canvas: Canvas, blossom: Blossom, noise: Noise): void {
  for (let ring = 0; ring < blossom.rings; ring++) {
    const size = blossom.radius * (1 - 0.24 * ring);
    for (let i = 0; i < blossom.petals; i++) {
      // Every other petal first: the rest then overlaps both neighbours, as in most flowers.
      const slot = ((i * 2) % blossom.petals) + (blossom.petals % 2 === 0 && i * 2 >= blossom.petals ? 1 : 0);
      const angle = blossom.turn + ((slot + ring * 0.5) / blossom.petals) * 2 * Math.PI;
      paintPetal(canvas, blossom, noise, size, angle, ring);
    }
  }
  const heart = blossom.radius * 0.2;
  const soft = Math.max(blossom.blur, 1.2 / canvas.unit);
  paintDisc(canvas, blossom.x, blossom.y, heart + soft, (_, offset, dx, dy) => {
    const part = Math.hypot(dx, dy / blossom.tilt) / heart;
    const cover = Math.min(1, Math.max(0, ((1 - part) * heart) / soft + 0.5));
    const grain = 0.8 + 0.3 * noise.at((dx / heart) * 9, (dy / heart) * 9) - 0.35 * part * part;
    const [r, g, b] = blossom.heart;
    if (cover > 0) lay(canvas.pixels, offset, r * grain, g * grain * 0.95, b * grain * 0.9, cover);
  });
}

function paintPetal(
  canvas: Canvas,
  blossom: Blossom,
  noise: Noise,
  size: number,
  angle: number,
  ring: number,
): void {
  const { x, y, tilt, blur, inner, outer, petals } = blossom;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const soft = Math.max(blur, 1.2 / canvas.unit);
  const widest = (size * 2.5) / petals;
  const mx = x + cos * size * 0.5;
  const my = y + sin * size * 0.5 * tilt;
  paintDisc(canvas, mx, my, size * 0.62 + soft, (_, offset, ddx, ddy) => {
    const dx = ddx + mx - x;
    const dy = (ddy + my - y) / tilt;
    const along = (dx * cos + dy * sin) / size;
    const across = -dx * sin + dy * cos;
    if (along < -0.02 || along > 1.04) return;
    const half =
      widest *
      Math.sqrt(Math.max(0, Math.sin(Math.PI * Math.min(1, Math.max(0, along)) ** 1.35))) *
      (0.5 + 0.5 * along);
    const cover = Math.min(1, Math.max(0, (half - Math.abs(across)) / soft + 0.5)) * Math.min(1, half / soft);
    if (cover <= 0) return;
    // In the soft rim of a narrow tip one is far beyond the petal's own side.
    const side = Math.min(1, Math.max(-1, across / (half + 0.0001)));
    const veins = noise.at(side * 5 + angle * 7, along * 1.6) * 0.07;
    const part = Math.min(1, Math.max(0, along * 1.15 - 0.1 + veins));
    const fold =
      1 - 0.16 * side * side - 0.1 * Math.exp(-side * side * 30) + (cos * -0.35 - sin * 0.65) * 0.12;
    const depth = (0.7 + 0.3 * Math.min(1, along * 2.2)) * (0.86 + 0.07 * ring) * fold + veins;
    const r = (inner[0] + (outer[0] - inner[0]) * part) * depth;
    const g = (inner[1] + (outer[1] - inner[1]) * part) * depth;
    const b = (inner[2] + (outer[2] - inner[2]) * part) * depth;
    lay(canvas.pixels, offset, r, g, b, cover);
  });
}

/** Thousands of blossoms too far to be flowers, smaller and denser towards `from`. */
export function meadowFlowers(palette: Palette, chance: Chance, from: number): Layer {
  const dice = chance.fork('meadow flowers');
  const noise = createNoise(dice);
  const dots = Array.from({ length: 2600 }, () => {
    const near = dice.next() ** 1.7;
    return {
      x: dice.between(-1.7, 1.7),
      y: from + near * (1.03 - from),
      near,
      radius: (0.0014 + 0.0085 * near ** 1.4) * dice.between(0.7, 1.2),
      colour: mix(
        dice.next() < 0.62
          ? palette.accent
          : dice.pick([palette.cloudLit, palette.glow, mix(palette.accent, palette.cloudLit, 0.5)]),
        palette.near,
        palette.time === 'night' ? 0.6 : 0.3 * dice.next(),
      ),
    };
  })
    .filter((dot) => noise.fbm(dot.x * 2.4, dot.y * 5, 3) > -0.08)
    .sort((a, b) => a.near - b.near);
  return {
    kind: 'painted',
    depth: 0.6,
    drift: 0,
    waterFrom: null,
    paint(canvas) {
      for (const dot of dots) {
        for (const [ox, oy] of [
          [-0.7, 0.1],
          [0.7, 0.1],
          [0, -0.6],
          [0, 0.6],
        ] as const) {
          disc(
            canvas,
            dot.x + ox * dot.radius * 0.7,
            dot.y + oy * dot.radius * 0.6,
            dot.radius * 0.62,
            mix(dot.colour, [1, 1, 1], oy < 0 ? 0.16 : 0),
            0.92,
          );
        }
        if (dot.radius > 0.004) disc(canvas, dot.x, dot.y, dot.radius * 0.3, palette.glow, 0.9);
      }
    },
  };
}
