/** Gradient noise and what clouds, ridges and water are made of. */
import type { Chance } from './chance.ts';

export interface Noise {
  /** Smooth, about -1 to 1, features one unit wide. */
  at(x: number, y: number): number;
  /** Sum of `octaves` of ever finer noise, about -1 to 1. */
  fbm(x: number, y: number, octaves: number): number;
  /** Sharp crests and round valleys, 0 to 1: mountains. */
  ridged(x: number, y: number, octaves: number): number;
}

/** Perlin's gradient noise (2002 form: quintic fade) on a lattice shuffled by chance. */
export function createNoise(chance: Chance): Noise {
  const order = new Uint8Array(512);
  const gx = new Float32Array(512);
  const gy = new Float32Array(512);
  for (let i = 0; i < 256; i++) order[i] = i;
  for (let i = 255; i > 0; i--) {
    const j = chance.whole(0, i);
    const swap = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = swap;
  }
  for (let i = 0; i < 256; i++) {
    const angle = chance.between(0, 2 * Math.PI);
    gx[i] = Math.cos(angle) * 1.5;
    gy[i] = Math.sin(angle) * 1.5;
    order[i + 256] = order[i] ?? 0;
    gx[i + 256] = gx[i] ?? 0;
    gy[i + 256] = gy[i] ?? 0;
  }

  function at(x: number, y: number): number {
    const xi = Math.floor(x);
    const yi = Math.floor(y);
    const fx = x - xi;
    const fy = y - yi;
    const u = fx * fx * fx * (fx * (fx * 6 - 15) + 10);
    const v = fy * fy * fy * (fy * (fy * 6 - 15) + 10);
    const left = order[xi & 255] ?? 0;
    const right = order[(xi + 1) & 255] ?? 0;
    const row = yi & 255;
    const a = order[left + row] ?? 0;
    const b = order[right + row] ?? 0;
    const c = order[left + ((row + 1) & 255)] ?? 0;
    const d = order[right + ((row + 1) & 255)] ?? 0;
    const top = (gx[a] ?? 0) * fx + (gy[a] ?? 0) * fy;
    const topRight = (gx[b] ?? 0) * (fx - 1) + (gy[b] ?? 0) * fy;
    const low = (gx[c] ?? 0) * fx + (gy[c] ?? 0) * (fy - 1);
    const lowRight = (gx[d] ?? 0) * (fx - 1) + (gy[d] ?? 0) * (fy - 1);
    const upper = top + u * (topRight - top);
    return upper + v * (low + u * (lowRight - low) - upper);
  }

  function fbm(x: number, y: number, octaves: number): number {
    let sum = 0;
    let weight = 0.5;
    let px = x;
    let py = y;
    for (let i = 0; i < octaves; i++) {
      sum += weight * at(px, py);
      // Turned between octaves, so that the lattice does not show.
      const turned = 1.6 * px + 1.2 * py + 17.3;
      py = -1.2 * px + 1.6 * py + 5.9;
      px = turned;
      weight *= 0.5;
    }
    return sum;
  }

  function ridged(x: number, y: number, octaves: number): number {
    let sum = 0;
    let weight = 0.5;
    let carry = 1;
    let px = x;
    let py = y;
    for (let i = 0; i < octaves; i++) {
      const crest = 1 - Math.abs(at(px, py));
      const sharp = crest * crest * carry;
      sum += weight * sharp;
      carry = Math.min(1, sharp * 1.6);
      weight *= 0.5;
      px = px * 2.03 + 11.7;
      py = py * 2.03 + 3.1;
    }
    return Math.min(1, sum);
  }

  return { at, fbm, ridged };
}
