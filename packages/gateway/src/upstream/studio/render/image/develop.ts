/** From light to a picture, as in a darkroom: bright parts bleed a little, corners darken, contrast, and a grain that hides 8-bit steps. */
import type { Canvas } from '../scene/canvas.ts';

/** RGBA, 8 bit. */
export function develop({ width, height, pixels }: Canvas): Uint8Array {
  const bloom = createBloom(pixels, width, height);
  const out = new Uint8Array(width * height * 4);
  const reach = (width * width + height * height) / 4;
  let noise = 0x9e3779b9;
  for (let y = 0; y < height; y++) {
    const light = bloom.row(y);
    const dy = y - height / 2;
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * 4;
      const dx = x - width / 2;
      const away = (dx * dx + dy * dy) / reach;
      const vignette = 1 - 0.24 * away * Math.sqrt(away);
      const u = x / bloom.scale;
      const column = Math.floor(u);
      const part = u - column;
      noise ^= noise << 13;
      noise ^= noise >>> 17;
      noise ^= noise << 5;
      const grain = ((noise >>> 16) / 65536 - 0.5) * 2.4 + 0.5;
      for (let c = 0; c < 3; c++) {
        const value = pixels[i + c] ?? 0;
        const left = light[column * 3 + c] ?? 0;
        const bright = value + (left + ((light[column * 3 + 3 + c] ?? 0) - left) * part) * (1 - value);
        // A cubic through 0, 1/2 and 1: more contrast in the middle, ends where they were.
        const contrast = bright + 0.22 * bright * bright * (2 * bright - 1) * (1 - bright);
        out[i + c] = Math.min(255, Math.max(0, contrast * vignette * 255 + grain));
      }
      out[i + 3] = 255;
    }
  }
  return out;
}

interface Bloom {
  /** Pixels of the picture per entry of a row. */
  readonly scale: number;
  /** The light that is added along a row of the picture; valid until the next call. */
  row(y: number): Float32Array;
}

/** Light that spills from bright parts: much smaller than the picture, blurred, read back smoothly. */
function createBloom(pixels: Float32Array, width: number, height: number): Bloom {
  const scale = Math.max(2, Math.round(height / 128));
  const w = Math.ceil(width / scale) + 2;
  const h = Math.ceil(height / scale) + 2;
  let small = new Float32Array(w * h * 3);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const from = (Math.min(height - 1, y * scale) * width + Math.min(width - 1, x * scale)) * 4;
      const bright =
        Math.max(0, Math.max(pixels[from] ?? 0, pixels[from + 1] ?? 0, pixels[from + 2] ?? 0) - 0.62) * 0.62;
      for (let c = 0; c < 3; c++) small[(y * w + x) * 3 + c] = (pixels[from + c] ?? 0) * bright;
    }
  }
  for (let pass = 0; pass < 3; pass++) small = blur(blur(small, w, h, 3, w * 3), h, w, w * 3, 3);
  const out = new Float32Array(w * 3);
  return {
    scale,
    row(y) {
      const upper = Math.min(h - 2, Math.floor(y / scale));
      const part = y / scale - upper;
      for (let i = 0; i < out.length; i++) {
        const a = small[upper * w * 3 + i] ?? 0;
        out[i] = a + ((small[(upper + 1) * w * 3 + i] ?? 0) - a) * part;
      }
      return out;
    },
  };
}

/** Box blur of radius 3 along lines of `length` pixels `step` apart; `lines` of them are `stride` apart. */
function blur(
  source: Float32Array,
  length: number,
  lines: number,
  step: number,
  stride: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(source.length);
  const radius = 3;
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < length; i++) {
      const at = line * stride + i * step;
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let k = -radius; k <= radius; k++)
          sum += source[line * stride + Math.min(length - 1, Math.max(0, i + k)) * step + c] ?? 0;
        out[at + c] = sum / (2 * radius + 1);
      }
    }
  }
  return out;
}
