/**
 * Whether a face is that of a person in the operator's gallery. Only loaded where there is a gallery: what is computed here from a
 * face, its descriptor, is biometric data. Descriptors of pictures that are looked at never leave this thread; those of the
 * gallery are kept in memory only, and nothing of either is logged.
 */
import { join } from 'node:path';
import type { Face } from './faces.ts';
import type { Libraries } from './libraries.ts';
import { type Rgb, resized } from './picture.ts';

/** 1,024 numbers, of length 1 together. */
export type Descriptor = Float32Array;

/** One person of the gallery. */
export interface Person {
  /** The operator's own word for them. */
  readonly label: string;
  /** Of each of their pictures. */
  readonly descriptors: readonly Descriptor[];
}

/** The face of a picture that is most like a person. */
export interface Alike {
  readonly label: string;
  /** -1 to 1. Unrelated people have about 0.37, the same person about 0.67 (docs/moderation-images.md). */
  readonly cosine: number;
}

export interface LikenessModel {
  describe(picture: Rgb, face: Face): Promise<Descriptor>;
}

export const DESCRIPTOR_LENGTH = 1_024;
/** The model sees so many pixels a side. */
const SIDE = 224;

export async function loadLikeness({ tf, converter, humanFolder }: Libraries): Promise<LikenessModel> {
  const model = await converter.loadGraphModel(`file://${join(humanFolder, 'models', 'faceres.json')}`);
  return {
    async describe(picture, face) {
      const input = tf.tensor(await upright(picture, face), [1, SIDE, SIDE, 3], 'float32');
      const outputs = model.execute(input);
      try {
        // The other outputs guess age and sex, and are not looked at.
        const descriptor = outputs.find(({ shape }) => shape[1] === DESCRIPTOR_LENGTH);
        if (descriptor === undefined) throw new Error('the likeness model gave no descriptor');
        return unit(await descriptor.data());
      } finally {
        input.dispose();
        for (const output of outputs) output.dispose();
      }
    },
  };
}

/** Of several faces and several pictures of a person the two that are most alike count. */
export function compare(
  people: readonly Person[],
  shown: readonly { readonly descriptor: Descriptor }[],
): readonly Alike[] {
  if (shown.length === 0) return [];
  return people.map(({ label, descriptors }) => ({
    label,
    cosine: Math.max(
      -1,
      ...descriptors.flatMap((known) => shown.map(({ descriptor }) => cosine(known, descriptor))),
    ),
  }));
}

/** Of two vectors of length 1. */
export function cosine(one: Descriptor, other: Descriptor): number {
  return one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
}

/** A face without a descriptor must not pass for the face of nobody known. */
function unit(values: ArrayLike<number>): Descriptor {
  const raw = Float32Array.from(values);
  const length = Math.sqrt(raw.reduce((sum, value) => sum + value * value, 0));
  if (!(raw.length === DESCRIPTOR_LENGTH && length > 0 && Number.isFinite(length)))
    throw new Error('the likeness model gave no descriptor');
  return raw.map((value) => value / length);
}

/** The head in the middle of a square, turned so that the eyes are level; black beyond the picture. */
async function upright(picture: Rgb, face: Face): Promise<Float32Array> {
  const side = sideOf(picture, face);
  // Shrunk first: a large face that is sampled at so few points only is noise.
  const scale = Math.min(1, SIDE / side);
  const small = scale < 1 ? await resized(picture, picture.width * scale, picture.height * scale) : picture;
  const step = (side * scale) / SIDE;
  const [left, right] = face.eyes;
  const angle = Math.atan2((right.y - left.y) * picture.height, (right.x - left.x) * picture.width);
  const [along, across] = [Math.cos(angle) * step, Math.sin(angle) * step];
  const [x, y] = [face.x * small.width, face.y * small.height];
  const values = new Float32Array(SIDE * SIDE * 3);
  for (let row = 0; row < SIDE; row++) {
    const down = row + 0.5 - SIDE / 2;
    for (let column = 0; column < SIDE; column++) {
      const to = column + 0.5 - SIDE / 2;
      const at = (row * SIDE + column) * 3;
      sample(small, x + to * along - down * across - 0.5, y + to * across + down * along - 0.5, values, at);
    }
  }
  return values;
}

/** Pixels of the square around a head. */
export function sideOf(picture: Rgb, { width, height }: Face): number {
  return Math.max(1, width * picture.width, height * picture.height);
}

/** The colour between four pixels. Runs 50,000 times a face: hence no arrays. */
function sample({ width, height, data }: Rgb, x: number, y: number, into: Float32Array, at: number): void {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const right = x - column;
  const below = y - row;
  for (let corner = 0; corner < 4; corner++) {
    const cx = column + (corner & 1);
    const cy = row + (corner >> 1);
    if (cx < 0 || cy < 0 || cx >= width || cy >= height) continue;
    const share = (corner & 1 ? right : 1 - right) * (corner >> 1 ? below : 1 - below);
    const from = (cy * width + cx) * 3;
    into[at] = (into[at] ?? 0) + share * (data[from] ?? 0);
    into[at + 1] = (into[at + 1] ?? 0) + share * (data[from + 1] ?? 0);
    into[at + 2] = (into[at + 2] ?? 0) + share * (data[from + 2] ?? 0);
  }
}
