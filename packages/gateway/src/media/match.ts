/** An input's size against the exact size the request asks for. */
import type { Fix } from '@sluice/errors';
import { MAX_ENLARGEMENT } from './limits.ts';
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

/** `name` is the parameter that demands `expected` (`aspect_ratio`), `param` the input that was measured. */
export function sizeMismatch(name: string, expected: Size, param: string, actual: Size): Problem | null {
  if (expected.width === actual.width && expected.height === actual.height) return null;
  const [wanted, got] = [inWords(expected), inWords(actual)];
  const [wantedWay, gotWay] = [orientation(expected), orientation(actual)];
  return {
    code: 'image_dimension_mismatch',
    subtype: null,
    param,
    because: `${name}=${wanted}${ratioInWords(expected)} requires a ${wanted} ${wantedWay} image; ${param} is ${got} ${gotWay}.`,
    details: {
      required_by: name,
      expected: wanted,
      actual: got,
      expected_orientation: wantedWay,
      actual_orientation: gotWay,
    },
    fixes: repairs(param, expected, actual),
  };
}

function repairs(param: string, expected: Size, actual: Size): Fix[] {
  const to = inWords(expected);
  const across = expected.width / actual.width;
  const down = expected.height / actual.height;
  const sameShape = Math.abs(across / down - 1) < 0.01;
  const ops: Fix['op'][] = [];
  if (sameShape && Math.max(across, down) <= MAX_ENLARGEMENT) ops.push('resize');
  // Cropping covers the whole frame, so the larger factor counts; padding fits inside it.
  if (!sameShape && Math.max(across, down) <= MAX_ENLARGEMENT) ops.push('crop');
  if (!sameShape && Math.min(across, down) <= MAX_ENLARGEMENT) ops.push('pad');
  return ops.map((op) => ({ op, param, to }));
}

function inWords({ width, height }: Size): string {
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
