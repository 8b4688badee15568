/** An input's size against the exact size the request asks for. */
import type { Problem } from './problem.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Reads `1280x720`; null for ratios, `auto` and everything else. */
export function exactSize(value: unknown): Size | null {
  const parts = typeof value === 'string' ? /^([1-9]\d{0,5})x([1-9]\d{0,5})$/i.exec(value.trim()) : null;
  return parts ? { width: Number(parts[1]), height: Number(parts[2]) } : null;
}

/** What was measured: its parameter, kind and size. */
export interface Measured extends Size {
  readonly param: string;
  readonly kind: 'image' | 'video';
}

/** `name` is the parameter that demands `expected` (`aspect_ratio`). */
export function sizeMismatch(name: string, expected: Size, actual: Measured): Problem | null {
  if (expected.width === actual.width && expected.height === actual.height) return null;
  const [wanted, got] = [sizeInWords(expected), sizeInWords(actual)];
  const [wantedWay, gotWay] = [orientation(expected), orientation(actual)];
  return {
    code: 'image_dimension_mismatch',
    subtype: null,
    param: actual.param,
    because: `${name}=${wanted}${ratioInWords(expected)} requires a ${wanted} ${wantedWay} ${actual.kind}; yours (${actual.param}) is ${got} ${gotWay}.`,
    details: {
      required_by: name,
      expected: wanted,
      actual: got,
      expected_orientation: wantedWay,
      actual_orientation: gotWay,
    },
    mendableBy: actual.kind === 'image' ? ['resize', 'crop', 'pad'] : [],
  };
}

export function sizeInWords({ width, height }: Size): string {
  return `${width}x${height}`;
}

function orientation({ width, height }: Size): 'landscape' | 'portrait' | 'square' {
  return width === height ? 'square' : width > height ? 'landscape' : 'portrait';
}

/** `(16:9)`, or nothing where the ratio is not one people say. */
function ratioInWords({ width, height }: Size): string {
  let [a, b] = [width, height];
  while (b !== 0) [a, b] = [b, a % b];
  const [across, down] = [width / a, height / a];
  return Math.max(across, down) <= 32 ? `(${across}:${down})` : '';
}
