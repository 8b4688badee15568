/**
 * Pictures as H.264 wants them: brightness at full size, two colour planes at half size (4:2:0, BT.709, studio range).
 * Colours are converted once per source; each frame then only resamples planes, half the work of resampling RGB.
 */

export interface Planes {
  /** Pixels, even. */
  readonly width: number;
  readonly height: number;
  readonly y: Uint8Array;
  readonly u: Uint8Array;
  readonly v: Uint8Array;
}

/** A frame, with its planes in one buffer in the order the encoder reads them. */
export interface Frame extends Planes {
  readonly data: Uint8Array;
}

export function createFrame(width: number, height: number): Frame {
  const size = width * height;
  const data = new Uint8Array(size + size / 2);
  return {
    width,
    height,
    data,
    y: data.subarray(0, size),
    u: data.subarray(size, size + size / 4),
    v: data.subarray(size + size / 4),
  };
}

/** From 8-bit pixels of `channels` (3 or 4) bytes; width and height even. */
export function toPlanes(pixels: Uint8Array, width: number, height: number, channels: number): Frame {
  const frame = createFrame(width, height);
  const half = width / 2;
  for (let row = 0; row < height; row += 2) {
    for (let column = 0; column < width; column += 2) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let k = 0; k < 4; k++) {
        const at = (row + (k >> 1)) * width + column + (k & 1);
        const r = pixels[at * channels] ?? 0;
        const g = pixels[at * channels + 1] ?? 0;
        const b = pixels[at * channels + 2] ?? 0;
        frame.y[at] = luma(r, g, b);
        red += r;
        green += g;
        blue += b;
      }
      const at = (row >> 1) * half + (column >> 1);
      frame.u[at] = 128.5 + bluish(red, green, blue) / 4;
      frame.v[at] = 128.5 + reddish(red, green, blue) / 4;
    }
  }
  return frame;
}

/** BT.709, 8 bit in, 16 to 235 out; the half in 16.5 (and in 128.5 above) rounds what the byte then cuts off. */
export function luma(r: number, g: number, b: number): number {
  return 16.5 + 0.18259 * r + 0.61423 * g + 0.06201 * b;
}

export function bluish(r: number, g: number, b: number): number {
  return -0.10064 * r - 0.33857 * g + 0.43922 * b;
}

export function reddish(r: number, g: number, b: number): number {
  return 0.43922 * r - 0.39894 * g - 0.04027 * b;
}

/** The part of a source that a frame shows, in source pixels: its upper left corner and the size of one frame pixel. */
export interface View {
  readonly left: number;
  readonly top: number;
  readonly step: number;
}

/** Fills the frame with the view, interpolated between source pixels: a move of a tenth of a pixel is a tenth of a pixel. */
export function resample(source: Planes, view: View, frame: Frame, sampler: Sampler): void {
  const { width, height } = frame;
  sampler.aim(source.width, width, view.left, view.step);
  for (let y = 0; y < height; y++) {
    sampler.row(source.y, source.height, view.top + (y + 0.5) * view.step - 0.5, frame.y, y * width);
  }
  const half = width / 2;
  sampler.aim(source.width / 2, half, view.left / 2, view.step);
  for (let y = 0; y < height / 2; y++) {
    const row = view.top / 2 + (y + 0.5) * view.step - 0.5;
    sampler.row(source.u, source.height / 2, row, frame.u, y * half);
    sampler.row(source.v, source.height / 2, row, frame.v, y * half);
  }
}

/** Reads a source at any place and size. */
export interface Sampler {
  /** Fixes where the following rows read: column x of a row shows the source at `left + x * step`. */
  aim(sourceWidth: number, width: number, left: number, step: number): void;
  /** One row of the target from two rows of the source. `row` is a place between them. */
  row(source: Uint8Array, sourceHeight: number, row: number, target: Uint8Array, offset: number): void;
}

/** Bilinear in fixed point, separated: a target row first blends two source rows, then gathers along the blend. */
export function createSampler(): Sampler {
  let columns = new Int32Array(0);
  let weights = new Int32Array(0);
  let blend = new Int32Array(0);
  let count = 0;
  let sourceWidth = 0;
  return {
    aim(newSourceWidth, width, left, step) {
      sourceWidth = newSourceWidth;
      count = width;
      if (columns.length < width) {
        columns = new Int32Array(width);
        weights = new Int32Array(width);
      }
      if (blend.length < sourceWidth) blend = new Int32Array(sourceWidth);
      for (let x = 0; x < width; x++) {
        const at = Math.min(sourceWidth - 1, Math.max(0, left + (x + 0.5) * step - 0.5));
        const column = Math.min(sourceWidth - 2, Math.floor(at));
        columns[x] = column;
        weights[x] = Math.round((at - column) * 256);
      }
    },
    row(source, sourceHeight, row, target, offset) {
      const at = Math.min(sourceHeight - 1, Math.max(0, row));
      const upperRow = Math.min(sourceHeight - 2, Math.floor(at));
      const weight = Math.round((at - upperRow) * 256);
      const upper = upperRow * sourceWidth;
      const lower = upper + sourceWidth;
      const end = (columns[count - 1] ?? 0) + 2;
      for (let i = columns[0] ?? 0; i < end; i++) {
        const a = source[upper + i] ?? 0;
        blend[i] = (a << 8) + ((source[lower + i] ?? 0) - a) * weight;
      }
      for (let x = 0; x < count; x++) {
        const column = columns[x] ?? 0;
        const a = blend[column] ?? 0;
        target[offset + x] = ((a << 8) + ((blend[column + 1] ?? 0) - a) * (weights[x] ?? 0) + 32768) >> 16;
      }
    },
  };
}

/** Blends `over` into the frame; `part` 0 leaves the frame, 1 replaces it. */
export function dissolve(frame: Frame, over: Frame, part: number): void {
  const weight = Math.round(part * 256);
  const { data } = frame;
  for (let i = 0; i < data.length; i++) {
    const a = data[i] ?? 0;
    data[i] = a + ((((over.data[i] ?? 0) - a) * weight + 128) >> 8);
  }
}
