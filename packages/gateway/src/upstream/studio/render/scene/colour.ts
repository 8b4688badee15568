/** Colours and how they mix. Components are 0 to 1, sRGB as displays take them; mixing happens in OKLab, where it looks even. */

export type Rgb = readonly [red: number, green: number, blue: number];

export function hex(text: string): Rgb {
  const value = Number.parseInt(text.slice(1), 16);
  return [((value >> 16) & 255) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}

/** `part` 0 gives `a`, 1 gives `b`. */
export function mix(a: Rgb, b: Rgb, part: number): Rgb {
  const p = toOklab(a);
  const q = toOklab(b);
  return fromOklab([p[0] + (q[0] - p[0]) * part, p[1] + (q[1] - p[1]) * part, p[2] + (q[2] - p[2]) * part]);
}

/** Lightness 0 to 1, chroma about 0 to 0.3, hue in turns (0 pink-red, 0.08 orange, 0.3 yellow, 0.4 green, 0.7 blue, 0.9 violet). */
export function oklch(lightness: number, chroma: number, hue: number): Rgb {
  const angle = 2 * Math.PI * hue;
  return fromOklab([lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)]);
}

/** Same lightness and strength of colour, another hue. Greys stay grey. */
export function withHue(colour: Rgb, hue: number, chromaGain = 1): Rgb {
  const [l, a, b] = toOklab(colour);
  return oklch(l, Math.hypot(a, b) * chromaGain, hue);
}

/** Multiplies the strength of colour. */
export function saturate(colour: Rgb, gain: number): Rgb {
  const [l, a, b] = toOklab(colour);
  return fromOklab([l, a * gain, b * gain]);
}

/** A gradient through evenly spaced colours, as a table of `size` entries of three. */
export function gradient(colours: readonly Rgb[], size = 1024): Float32Array {
  const table = new Float32Array(size * 3);
  for (let i = 0; i < size; i++) {
    const place = (i / (size - 1)) * (colours.length - 1);
    const first = Math.min(Math.floor(place), colours.length - 2);
    const from = colours[Math.max(first, 0)] ?? [0, 0, 0];
    const to = colours[first + 1] ?? from;
    table.set(mix(from, to, place - first), i * 3);
  }
  return table;
}

/** Björn Ottosson's OKLab: https://bottosson.github.io/posts/oklab/ */
function toOklab([red, green, blue]: Rgb): Rgb {
  const r = toLinear(red);
  const g = toLinear(green);
  const b = toLinear(blue);
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([lightness, a, b]: Rgb): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    toDisplay(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    toDisplay(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    toDisplay(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function toLinear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function toDisplay(value: number): number {
  if (value <= 0) return 0;
  return Math.min(1, value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055);
}
