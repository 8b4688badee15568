/** Which part of a picture an edit may change. */
import type { InputFile } from '../job.ts';
import { open, reading } from './open.ts';
import { type Picture, take } from './picture.ts';

/**
 * The edited picture where the mask says so, the original elsewhere, and a mixture on the mask's soft edges.
 * A mask with any transparency speaks by it: transparent is edited. An opaque one speaks by brightness: white is edited.
 */
export async function applyMask(original: Picture, edited: Picture, mask: InputFile): Promise<Picture> {
  const { width, height } = original;
  const { data } = await reading(mask, take(open(mask).resize(width, height, { fit: 'fill' })));
  let transparent = false;
  for (let i = 3; i < data.length && !transparent; i += 4) transparent = (data[i] ?? 255) < 250;
  const out = new Uint8Array(original.data.length);
  for (let i = 0; i < out.length; i += 4) {
    const bright = 0.2126 * (data[i] ?? 0) + 0.7152 * (data[i + 1] ?? 0) + 0.0722 * (data[i + 2] ?? 0);
    const part = transparent ? 1 - (data[i + 3] ?? 255) / 255 : bright / 255;
    for (let c = 0; c < 4; c++) {
      const before = original.data[i + c] ?? 0;
      out[i + c] = Math.round(before + ((edited.data[i + c] ?? 0) - before) * part);
    }
  }
  return { width, height, data: out };
}
