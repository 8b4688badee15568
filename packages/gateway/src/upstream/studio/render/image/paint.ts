/** A picture from words: paints a scene, layer over layer, and develops it (develop.ts). */
import { type Canvas, createCanvas, paintDisc, shine } from '../scene/canvas.ts';
import { buildScene, type PutLight } from '../scene/scene.ts';
import { develop } from './develop.ts';

/** RGBA, 8 bit, `width * height * 4` bytes. */
export function paintPicture(
  prompt: string,
  seed: number,
  width: number,
  height: number,
  onProgress: (percent: number) => void,
): Uint8Array {
  const scene = buildScene(prompt, seed, width / height);
  const canvas = createCanvas(width, height);
  switch (scene.kind) {
    case 'flow':
      scene.paint(canvas, 0);
      break;
    case 'layers':
      for (const [i, layer] of scene.layers.entries()) {
        if (layer.kind === 'painted') layer.paint(canvas, canvas);
        else layer.emit(0, lightOn(canvas));
        onProgress((90 * (i + 1)) / scene.layers.length);
      }
      break;
    default: {
      const never: never = scene;
      throw new Error(`unexpected scene: ${JSON.stringify(never)}`);
    }
  }
  return develop(canvas);
}

function lightOn(canvas: Canvas): PutLight {
  return (x, y, radius, colour, strength, stretch) => {
    // A light smaller than a pixel is one pixel wide, and as much fainter.
    const r = Math.max(radius, 0.75 / canvas.unit);
    const light = strength * Math.min(1, (radius / r) ** 1.3 + 0.15);
    paintDisc(canvas, x, y, r * 2.4 * Math.max(1, stretch), (_, offset, dx, dy) => {
      const u = dx / r;
      const v = dy / (r * stretch);
      const fall = light * Math.exp(-(u * u + v * v));
      if (fall > 0.003) shine(canvas.pixels, offset, colour[0] * fall, colour[1] * fall, colour[2] * fall);
    });
  };
}
