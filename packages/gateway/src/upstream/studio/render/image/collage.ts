/** Several pictures become one: side by side on a quiet ground, or, where the prompt asks, melted into each other. */
import sharp from 'sharp';
import type { InputFile } from '../job.ts';
import type { Chance } from '../scene/chance.ts';
import { asSharp, loadPicture, type Picture, take } from './picture.ts';

const blendWords = /\b(blend(ed)?|merge(d)?|double exposure|mix(ed)?|fuse(d)?|overlay)\b|融合|叠加|混合/i;

export async function collage(
  inputs: readonly InputFile[],
  width: number,
  height: number,
  prompt: string,
  dice: Chance,
): Promise<Picture> {
  return blendWords.test(prompt) ? blend(inputs, width, height) : arrange(inputs, width, height, dice);
}

interface Cell {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

async function arrange(
  inputs: readonly InputFile[],
  width: number,
  height: number,
  dice: Chance,
): Promise<Picture> {
  const gap = Math.max(2, Math.round(Math.min(width, height) * 0.014));
  const cells = layout(inputs.length, width, height, gap, dice);
  const parts: {
    input: Buffer;
    raw: { width: number; height: number; channels: 4 };
    left: number;
    top: number;
  }[] = [];
  let ground = { r: 245, g: 243, b: 238 };
  for (const [i, file] of inputs.entries()) {
    const cell = cells[i];
    if (cell === undefined) break;
    const picture = await loadPicture(file, cell.width, cell.height);
    if (i === 0) ground = groundFor(picture);
    parts.push({
      input: Buffer.from(picture.data),
      raw: { width: cell.width, height: cell.height, channels: 4 },
      left: cell.left,
      top: cell.top,
    });
  }
  return take(sharp({ create: { width, height, channels: 4, background: ground } }).composite(parts));
}

/** A pale or a deep shade of the picture's mean colour, whichever stands off from it. */
function groundFor({ data }: Picture): { r: number; g: number; b: number } {
  const sum = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4)
    for (let c = 0; c < 3; c++) sum[c] = (sum[c] ?? 0) + (data[i + c] ?? 0);
  const mean = (c: number) => ((sum[c] ?? 0) * 4) / data.length;
  const dark = mean(0) * 0.3 + mean(1) * 0.6 + mean(2) * 0.1 < 118;
  const shade = (c: number) => Math.round(dark ? 236 + mean(c) * 0.06 : 18 + mean(c) * 0.09);
  return { r: shade(0), g: shade(1), b: shade(2) };
}

/** Rows of nearly square cells; a row that has fewer pictures gives each more room. The seed says where the fuller rows are. */
function layout(count: number, width: number, height: number, gap: number, dice: Chance): Cell[] {
  const rows = Math.min(count, Math.max(1, Math.round(Math.sqrt((count * height) / width))));
  const perRow = Array.from(
    { length: rows },
    (_, row) => Math.floor(count / rows) + (row < count % rows ? 1 : 0),
  );
  if (dice.next() < 0.5) perRow.reverse();
  const edges = (parts: number, length: number) =>
    Array.from({ length: parts + 1 }, (_, i) => Math.round(gap + ((length - gap) * i) / parts));
  const tops = edges(rows, height);
  return perRow.flatMap((inRow, row) => {
    const lefts = edges(inRow, width);
    const top = tops[row] ?? 0;
    return Array.from({ length: inRow }, (_, i) => {
      const left = lefts[i] ?? 0;
      return {
        left,
        top,
        width: Math.max(1, (lefts[i + 1] ?? width) - gap - left),
        height: Math.max(1, (tops[row + 1] ?? height) - gap - top),
      };
    });
  });
}

/** A double exposure: each further picture is screened over what is there, and the whole brought back to a normal brightness. */
async function blend(inputs: readonly InputFile[], width: number, height: number): Promise<Picture> {
  let result: Picture | null = null;
  for (const file of inputs) {
    const next = await loadPicture(file, width, height);
    result = result === null ? next : screen(result, next);
  }
  if (result === null) throw new Error('a collage of nothing');
  return take(asSharp(result).removeAlpha().modulate({ saturation: 1.1 }));
}

function screen(a: Picture, b: Picture): Picture {
  const data = new Uint8Array(a.data.length);
  for (let i = 0; i < data.length; i++) {
    const p = (a.data[i] ?? 0) / 255;
    const q = (b.data[i] ?? 0) / 255;
    data[i] = (i & 3) === 3 ? 255 : Math.round(255 * (1 - (1 - p * 0.86) * (1 - q * 0.86)) ** 1.25);
  }
  return { ...a, data };
}
