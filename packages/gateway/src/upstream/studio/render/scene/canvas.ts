/** What scenes are painted on: floating-point pixels, so that gradients stay smooth until the very end. */
import type { Rgb } from './colour.ts';

/**
 * Places are given in frame heights: x from the middle of the frame, y from its top, so that a scene does not know its size.
 * A canvas may be wider than the frame, for a camera that moves.
 */
export interface Canvas {
  /** Pixels of the canvas. */
  readonly width: number;
  readonly height: number;
  /** Pixels per frame height. */
  readonly unit: number;
  /** Red, green, blue, cover; colours are multiplied by their cover. */
  readonly pixels: Float32Array;
}

export function createCanvas(width: number, height: number, unit = height): Canvas {
  return { width, height, unit, pixels: new Float32Array(width * height * 4) };
}

/** Half the canvas' width in frame heights. */
export function reach(canvas: Canvas): number {
  return canvas.width / 2 / canvas.unit;
}

/** Lays a colour over a pixel; light beyond black or white stays there. `offset` is the pixel's index times four, `cover` 0 to 1. */
export function lay(
  pixels: Float32Array,
  offset: number,
  r: number,
  g: number,
  b: number,
  cover: number,
): void {
  const rest = 1 - cover;
  pixels[offset] = (pixels[offset] ?? 0) * rest + Math.min(1, Math.max(0, r)) * cover;
  pixels[offset + 1] = (pixels[offset + 1] ?? 0) * rest + Math.min(1, Math.max(0, g)) * cover;
  pixels[offset + 2] = (pixels[offset + 2] ?? 0) * rest + Math.min(1, Math.max(0, b)) * cover;
  pixels[offset + 3] = (pixels[offset + 3] ?? 0) * rest + cover;
}

/** Adds light to a pixel as a second exposure does: it never passes white. */
export function shine(pixels: Float32Array, offset: number, r: number, g: number, b: number): void {
  const red = pixels[offset] ?? 0;
  const green = pixels[offset + 1] ?? 0;
  const blue = pixels[offset + 2] ?? 0;
  pixels[offset] = red + Math.min(1, r) * (1 - Math.min(1, red));
  pixels[offset + 1] = green + Math.min(1, g) * (1 - Math.min(1, green));
  pixels[offset + 2] = blue + Math.min(1, b) * (1 - Math.min(1, blue));
}

/** A soft round light at (x, y), of a radius in frame heights; `strength` 0 to 1 is its middle. */
export function glow(
  canvas: Canvas,
  x: number,
  y: number,
  radius: number,
  colour: Rgb,
  strength: number,
): void {
  paintDisc(canvas, x, y, radius * 2.6, (distance, offset) => {
    const fall = distance / radius;
    const light = strength * Math.exp(-fall * fall);
    shine(canvas.pixels, offset, colour[0] * light, colour[1] * light, colour[2] * light);
  });
}

/** A disc with a smooth edge. */
export function disc(canvas: Canvas, x: number, y: number, radius: number, colour: Rgb, cover = 1): void {
  const pixel = 1 / canvas.unit;
  paintDisc(canvas, x, y, radius + pixel, (distance, offset) => {
    const edge = Math.min(1, Math.max(0, (radius - distance) / pixel + 0.5));
    if (edge > 0) lay(canvas.pixels, offset, colour[0], colour[1], colour[2], edge * cover);
  });
}

/** Calls `paint` for every pixel within `radius` of a place, with the distance in frame heights and the pixel's offset. */
export function paintDisc(
  canvas: Canvas,
  x: number,
  y: number,
  radius: number,
  paint: (distance: number, offset: number, dx: number, dy: number) => void,
): void {
  const { width, height, unit } = canvas;
  const cx = x * unit + width / 2;
  const cy = y * unit;
  const r = radius * unit;
  const left = Math.max(0, Math.floor(cx - r));
  const right = Math.min(width - 1, Math.ceil(cx + r));
  const top = Math.max(0, Math.floor(cy - r));
  const bottom = Math.min(height - 1, Math.ceil(cy + r));
  for (let py = top; py <= bottom; py++) {
    for (let px = left; px <= right; px++) {
      const dx = (px + 0.5 - cx) / unit;
      const dy = (py + 0.5 - cy) / unit;
      const distance = Math.sqrt(dx * dx + dy * dy);
      if (distance <= radius) paint(distance, (py * width + px) * 4, dx, dy);
    }
  }
}
