/**
 * What each family of Seedance and Seedream takes. Names differ by region (`doubao-`, `dreamina-`, `dola-` before the family, a date
 * after it), so a family is found inside the name. A name of no family (an endpoint id, a newer model) is sent what was asked for.
 */

export interface ClipModel {
  /** Whole seconds, from and to. */
  readonly seconds: readonly [number, number];
  readonly qualities: readonly string[];
  /** Pictures that a clip may begin and end with. */
  readonly frames: 0 | 1 | 2;
  /** Pictures to be taken as examples instead. */
  readonly references: number;
  readonly sound: boolean;
}

export interface PictureModel {
  /** Words for the number of pixels. */
  readonly resolutions: readonly string[];
  /** Least pixels of a picture. */
  readonly leastPixels: number;
  readonly references: number;
  readonly formats: readonly string[];
}

const TO_1080P = ['480p', '720p', '1080p'];
const FIRST_GENERATION = { seconds: [2, 12], qualities: TO_1080P, references: 0, sound: false } as const;
const SECOND_GENERATION = { seconds: [4, 15], frames: 2, references: 9, sound: true } as const;

/** The first that fits decides. */
const CLIPS: readonly (readonly [string, ClipModel])[] = [
  ['seedance-2-5', { ...SECOND_GENERATION, seconds: [4, 30], references: 30, qualities: TO_1080P }],
  ['seedance-2-0-fast', { ...SECOND_GENERATION, qualities: ['480p', '720p'] }],
  ['seedance-2-0-mini', { ...SECOND_GENERATION, qualities: ['480p', '720p'] }],
  ['seedance-2-0', { ...SECOND_GENERATION, qualities: [...TO_1080P, '4k'] }],
  ['seedance-1-5', { seconds: [4, 12], qualities: TO_1080P, frames: 2, references: 0, sound: true }],
  ['seedance-1-0-pro-fast', { ...FIRST_GENERATION, frames: 1 }],
  ['seedance-1-0-pro', { ...FIRST_GENERATION, frames: 2 }],
  ['seedance-1-0-lite-t2v', { ...FIRST_GENERATION, frames: 0 }],
  ['seedance-1-0-lite-i2v', { ...FIRST_GENERATION, frames: 2, references: 4 }],
];

const FROM_2K = 3_686_400;

const PICTURES: readonly (readonly [string, PictureModel])[] = [
  [
    'seedream-5-0-pro',
    { resolutions: ['1K', '2K'], leastPixels: 921_600, references: 10, formats: ['png', 'jpeg'] },
  ],
  [
    'seedream-5-0',
    { resolutions: ['2K', '3K', '4K'], leastPixels: FROM_2K, references: 14, formats: ['png', 'jpeg'] },
  ],
  ['seedream-4-5', { resolutions: ['2K', '4K'], leastPixels: FROM_2K, references: 14, formats: ['jpeg'] }],
  [
    'seedream-4-0',
    { resolutions: ['1K', '2K', '4K'], leastPixels: 921_600, references: 10, formats: ['jpeg'] },
  ],
];

export function clipModel(name: string): ClipModel | null {
  return CLIPS.find(([family]) => name.includes(family))?.[1] ?? null;
}

export function pictureModel(name: string): PictureModel | null {
  return PICTURES.find(([family]) => name.includes(family))?.[1] ?? null;
}
