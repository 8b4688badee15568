/** The layers of an animated scene, kept as planes with their cover, and how they are laid over each other row by row. */
import type { Canvas } from '../scene/canvas.ts';
import { bluish, type Frame, luma, reddish, type Sampler, type View } from './planes.ts';

/** What a row of a layer is, from end to end: nothing, everything, or some of both. */
const empty = 0;
const partly = 1;
const solid = 2;

/** Planes of one size that share a cover. Values stand out from `ground` as far as the cover lets them. */
interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly colours: readonly Uint8Array[];
  readonly ground: number;
  readonly cover: Uint8Array;
  readonly rows: Uint8Array;
}

export interface PlaneLayer {
  readonly full: Sheet;
  readonly half: Sheet;
}

/** Where a layer is read in one frame; `waver` gives what to add to a source row's place, as water does. */
export interface Placed {
  readonly layer: PlaneLayer;
  readonly view: View;
  readonly waver: ((row: number) => number) | null;
}

/** The canvas as planes; its size must be even. */
export function toPlaneLayer({ width, height, pixels }: Canvas): PlaneLayer {
  const [halfWidth, halfHeight] = [width / 2, height / 2];
  const brightness = new Uint8Array(width * height);
  const cover = new Uint8Array(width * height);
  const u = new Uint8Array(halfWidth * halfHeight);
  const v = new Uint8Array(halfWidth * halfHeight);
  const halfCover = new Uint8Array(halfWidth * halfHeight);
  let noise = 0x9e3779b9;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      let [red, green, blue, covered] = [0, 0, 0, 0];
      for (let k = 0; k < 4; k++) {
        const at = (y + (k >> 1)) * width + x + (k & 1);
        const r = (pixels[at * 4] ?? 0) * 255;
        const g = (pixels[at * 4 + 1] ?? 0) * 255;
        const b = (pixels[at * 4 + 2] ?? 0) * 255;
        const part = pixels[at * 4 + 3] ?? 0;
        noise ^= noise << 13;
        noise ^= noise >>> 17;
        noise ^= noise << 5;
        // Without this grain, 8 bits would show a soft sky as steps.
        const grain = ((noise >>> 16) / 65536 - 0.5) * 1.6 * part;
        brightness[at] = Math.min(235, Math.max(0, luma(r, g, b) - 16 * (1 - part) + grain));
        cover[at] = Math.round(part * 255);
        red += r;
        green += g;
        blue += b;
        covered += part;
      }
      const at = (y >> 1) * halfWidth + (x >> 1);
      u[at] = Math.round(128 + bluish(red, green, blue) / 4);
      v[at] = Math.round(128 + reddish(red, green, blue) / 4);
      halfCover[at] = Math.round((covered / 4) * 255);
    }
  }
  return {
    full: { width, height, colours: [brightness], ground: 0, cover, rows: rowsOf(cover, width, height) },
    half: {
      width: halfWidth,
      height: halfHeight,
      colours: [u, v],
      ground: 128,
      cover: halfCover,
      rows: rowsOf(halfCover, halfWidth, halfHeight),
    },
  };
}

function rowsOf(cover: Uint8Array, width: number, height: number): Uint8Array {
  const rows = new Uint8Array(height);
  for (let y = 0; y < height; y++) {
    const row = cover.subarray(y * width, (y + 1) * width);
    rows[y] = row.every((part) => part === 0) ? empty : row.every((part) => part === 255) ? solid : partly;
  }
  return rows;
}

export interface Compositor {
  /** Lays the layers over each other, the first at the back; where none of them covers the frame it stays as it was. */
  compose(layers: readonly Placed[], frame: Frame): void;
}

export function createCompositor(sampler: Sampler): Compositor {
  const scratch = new Uint8Array(8192);
  const coverRow = new Uint8Array(8192);

  function lay(
    layers: readonly Placed[],
    pick: (layer: PlaneLayer) => Sheet,
    targets: readonly Uint8Array[],
    width: number,
    height: number,
    scale: number,
  ): void {
    // Rows that a nearer layer hides from end to end need not be drawn: most of a landscape's back.
    const base = new Uint8Array(height);
    for (const [i, placed] of layers.entries()) {
      const sheet = pick(placed.layer);
      for (let y = 0; y < height; y++) if (rowState(sheet, rowOf(placed, y, scale)) === solid) base[y] = i;
    }
    for (const [i, placed] of layers.entries()) {
      const sheet = pick(placed.layer);
      sampler.aim(sheet.width, width, placed.view.left * scale, placed.view.step);
      for (let y = 0; y < height; y++) {
        const row = rowOf(placed, y, scale);
        const state = rowState(sheet, row);
        if (i < (base[y] ?? 0) || state === empty) continue;
        const offset = y * width;
        if (state === solid) {
          for (const [k, target] of targets.entries())
            sampler.row(sheet.colours[k] ?? scratch, sheet.height, row, target, offset);
          continue;
        }
        sampler.row(sheet.cover, sheet.height, row, coverRow, 0);
        for (const [k, target] of targets.entries()) {
          sampler.row(sheet.colours[k] ?? scratch, sheet.height, row, scratch, 0);
          blendRow(target, offset, scratch, coverRow, width, sheet.ground);
        }
      }
    }
  }

  return {
    compose(layers, frame) {
      lay(layers, (layer) => layer.full, [frame.y], frame.width, frame.height, 1);
      lay(layers, (layer) => layer.half, [frame.u, frame.v], frame.width / 2, frame.height / 2, 0.5);
    },
  };
}

function rowOf({ view, waver }: Placed, y: number, scale: number): number {
  const row = view.top * scale + (y + 0.5) * view.step - 0.5;
  return waver === null ? row : row + waver(row / scale) * scale;
}

function rowState(sheet: Sheet, row: number): number {
  const upper = Math.min(sheet.height - 1, Math.max(0, Math.floor(row)));
  const a = sheet.rows[upper] ?? empty;
  const b = sheet.rows[Math.min(sheet.height - 1, upper + 1)] ?? empty;
  return a === b ? a : partly;
}

function blendRow(
  target: Uint8Array,
  offset: number,
  colours: Uint8Array,
  cover: Uint8Array,
  width: number,
  ground: number,
): void {
  for (let x = 0; x < width; x++) {
    const part = cover[x] ?? 0;
    if (part === 0) continue;
    const value = (target[offset + x] ?? 0) - ground;
    target[offset + x] = (colours[x] ?? 0) + ((value * (255 - part) * 257 + 32768) >> 16);
  }
}
