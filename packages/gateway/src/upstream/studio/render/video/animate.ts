/** A scene as a film: nearer layers slide past farther ones, clouds drift, water wavers, stars twinkle, snow falls. */
import { createCanvas, lay } from '../scene/canvas.ts';
import { createChance } from '../scene/chance.ts';
import type { Rgb } from '../scene/colour.ts';
import { buildScene, type Layer, type Scene } from '../scene/scene.ts';
import type { Film } from './film.ts';
import { createCompositor, type Placed, type PlaneLayer, toPlaneLayer } from './layers.ts';
import { bluish, createSampler, type Frame, luma, reddish, resample, toPlanes } from './planes.ts';

type LayeredScene = Extract<Scene, { kind: 'layers' }>;
type FlowScene = Extract<Scene, { kind: 'flow' }>;

/** Frames per second of every clip. */
export const frameRate = 24;

/** A flow is painted this much smaller than the frame: it has no detail that would be missed. */
const flowScale = 4;

/** The height, as a share of the frame, that stays in place when the camera goes forward. */
const eyeLevel = 0.6;

/** `onProgress` covers the painting of the layers only, as a share of 1. */
export function animateScene(
  prompt: string,
  seed: number,
  size: { readonly width: number; readonly height: number; readonly seconds: number },
  onProgress: (part: number) => void,
): Film {
  const scene = buildScene(prompt, seed, size.width / size.height);
  switch (scene.kind) {
    case 'flow':
      return flowFilm(scene, size.width, size.height);
    case 'layers':
      return layeredFilm(scene, createChance('travel', prompt, seed).pick([-1, 1]), size, onProgress);
    default: {
      const never: never = scene;
      throw new Error(`unexpected scene: ${JSON.stringify(never)}`);
    }
  }
}

function flowFilm(scene: FlowScene, width: number, height: number): Film {
  const even = (pixels: number) => 2 * Math.ceil(pixels / flowScale / 2 + 1);
  const canvas = createCanvas(even(width), even(height), height / flowScale);
  const bytes = new Uint8Array(canvas.width * canvas.height * 4);
  const sampler = createSampler();
  return {
    draw(index, frame) {
      scene.paint(canvas, index / frameRate);
      for (let i = 0; i < bytes.length; i++) bytes[i] = Math.round((canvas.pixels[i] ?? 0) * 255);
      const left = (canvas.width - width / flowScale) / 2;
      resample(
        toPlanes(bytes, canvas.width, canvas.height, 4),
        { left, top: 0, step: 1 / flowScale },
        frame,
        sampler,
      );
    },
  };
}

type FilmLayer =
  | {
      readonly kind: 'painted';
      readonly layer: Extract<Layer, { kind: 'painted' }>;
      readonly planes: PlaneLayer;
    }
  | Extract<Layer, { kind: 'lights' }>;

function layeredFilm(
  scene: LayeredScene,
  direction: number,
  { width, height, seconds }: { readonly width: number; readonly height: number; readonly seconds: number },
  onProgress: (part: number) => void,
): Film {
  const slide = direction * Math.min(0.5, 0.14 + 0.03 * seconds);
  const forward = Math.min(0.2, 0.04 + 0.012 * seconds);
  const drifts = scene.layers.map((layer) => (layer.kind === 'painted' ? Math.abs(layer.drift) : 0));
  const margin =
    2 * Math.ceil(((Math.abs(slide) * 1.1) / 2 + (Math.max(...drifts) * seconds) / 2) * (height / 2)) + 4;
  const wide = width + 2 * margin;

  // Water mirrors what is behind it as it is in the middle of the clip; its wavering hides the rest.
  const behind = createCanvas(wide, height);
  const layers: FilmLayer[] = [];
  for (const [i, layer] of scene.layers.entries()) {
    if (layer.kind === 'lights') {
      layers.push(layer);
    } else {
      const canvas = createCanvas(wide, height);
      layer.paint(canvas, behind);
      for (let k = 0; k < canvas.pixels.length; k += 4) {
        const cover = canvas.pixels[k + 3] ?? 0;
        if (cover > 0) layOver(behind.pixels, k, canvas.pixels, cover);
      }
      layers.push({ kind: 'painted', layer, planes: toPlaneLayer(canvas) });
    }
    onProgress((i + 1) / scene.layers.length);
  }

  const compositor = createCompositor(createSampler());
  const vignette = createVignette(width, height);
  return {
    draw(index, frame) {
      const now = index / frameRate;
      const part = now / seconds;
      const scaleAt = (depth: number) => 1 + forward * (0.12 + depth) * part;
      const shiftAt = (depth: number) => slide * (0.1 + depth) * (part - 0.5);
      let stack: Placed[] = [];
      const flush = () => {
        if (stack.length > 0) compositor.compose(stack, frame);
        stack = [];
      };
      const place = ({ layer, planes }: Extract<FilmLayer, { kind: 'painted' }>): Placed => {
        const step = 1 / scaleAt(layer.depth);
        const shift = (shiftAt(layer.depth) + layer.drift * (now - seconds / 2)) * height;
        const view = {
          left: wide / 2 - shift - (width * step) / 2,
          top: eyeLevel * height * (1 - step),
          step,
        };
        return {
          layer: planes,
          view,
          waver: layer.waterFrom === null ? null : waver(layer.waterFrom * height, height, now),
        };
      };
      for (const item of layers) {
        if (item.kind === 'painted') {
          stack.push(place(item));
        } else {
          flush();
          const scale = scaleAt(item.depth);
          const shift = shiftAt(item.depth);
          item.emit(now, (x, y, radius, colour, strength, stretch) =>
            light(
              frame,
              (x + shift) * scale,
              eyeLevel + (y - eyeLevel) * scale,
              radius * scale,
              colour,
              strength,
              stretch,
            ),
          );
        }
      }
      flush();
      for (let i = 0; i < frame.y.length; i++)
        frame.y[i] = 16 + ((((frame.y[i] ?? 16) - 16) * (vignette[i] ?? 255) * 257) >> 16);
    },
  };
}

function layOver(target: Float32Array, at: number, over: Float32Array, cover: number): void {
  lay(target, at, (over[at] ?? 0) / cover, (over[at + 1] ?? 0) / cover, (over[at + 2] ?? 0) / cover, cover);
}

/** Waves that run towards the viewer: rows of the mirror move up and down, less at the shore, where they are far away. */
function waver(shore: number, height: number, now: number): (row: number) => number {
  return (row) => {
    const down = (row - shore) / (height - shore);
    if (down <= 0) return 0;
    const far = 1 / (down + 0.08);
    return (
      height * 0.0052 * (0.12 + down) * (Math.sin(far * 9 + now * 2.1) + 0.6 * Math.sin(far * 21 + now * 3.4))
    );
  };
}

function createVignette(width: number, height: number): Uint8Array {
  const table = new Uint8Array(width * height);
  const reach = Math.hypot(width, height) / 2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const away = Math.hypot(x - width / 2, y - height / 2) / reach;
      table[y * width + x] = Math.round(255 * (1 - 0.22 * away ** 3));
    }
  }
  return table;
}

/** Adds a soft light to a frame; place and radius in frame heights, x from the middle. */
function light(
  frame: Frame,
  x: number,
  y: number,
  radius: number,
  colour: Rgb,
  strength: number,
  stretch: number,
): void {
  const { width, height } = frame;
  const r = Math.max(radius * height, 0.75);
  const power = strength * Math.min(1, ((radius * height) / r) ** 1.3 + 0.15);
  const [cx, cy] = [x * height + width / 2, y * height];
  const [rx, ry] = [r * 2.3, r * 2.3 * stretch];
  const bright = luma(colour[0] * 255, colour[1] * 255, colour[2] * 255);
  const blue = bluish(colour[0] * 255, colour[1] * 255, colour[2] * 255);
  const red = reddish(colour[0] * 255, colour[1] * 255, colour[2] * 255);
  const [left, right] = [Math.max(0, Math.floor(cx - rx)), Math.min(width - 1, Math.ceil(cx + rx))];
  const [top, bottom] = [Math.max(0, Math.floor(cy - ry)), Math.min(height - 1, Math.ceil(cy + ry))];
  for (let py = top; py <= bottom; py++) {
    const v = (py + 0.5 - cy) / (r * stretch);
    for (let px = left; px <= right; px++) {
      const u = (px + 0.5 - cx) / r;
      const fall = power * Math.exp(-(u * u + v * v));
      if (fall < 0.004) continue;
      const at = py * width + px;
      const value = frame.y[at] ?? 16;
      frame.y[at] = value + Math.max(0, bright - value) * fall + 0.5;
      if ((px & 1) === 1 || (py & 1) === 1) continue;
      const half = (py >> 1) * (width >> 1) + (px >> 1);
      frame.u[half] = (frame.u[half] ?? 128) * (1 - fall) + (128 + blue) * fall + 0.5;
      frame.v[half] = (frame.v[half] ?? 128) * (1 - fall) + (128 + red) * fall + 0.5;
    }
  }
}
