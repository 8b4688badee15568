/**
 * How the families of Wan, Qwen-Image and Z-Image are spoken to, and what each takes. DashScope has several interfaces for the same
 * thing; which one a model lives on is told by its name. A model newer than this page is spoken to in the newest way, and sent what
 * was asked for.
 */

/**
 * `words`: `parameters.size` in pixels. `frame`: one picture as `input.img_url`. `frames`: first and last picture. `media`: since
 * 2.7, a list of whatever is given.
 */
export type ClipDialect = 'words' | 'frame' | 'frames' | 'media';

export interface ClipModel {
  readonly dialect: ClipDialect;
  /** What a clip is made from. */
  readonly from: 'words' | 'pictures' | 'examples' | 'anything';
  /** Whole seconds. Null: not known. */
  readonly seconds: readonly number[] | null;
  readonly qualities: readonly string[];
  /** `choice`: the parameter `audio` says whether. */
  readonly sound: 'none' | 'choice' | 'always';
}

const TO_15_SECONDS = Array.from({ length: 14 }, (_, index) => index + 2);
const HD = ['720p', '1080p'];
const FROM_480P = ['480p', ...HD];
const NEWER: ClipModel = {
  dialect: 'media',
  from: 'anything',
  seconds: null,
  qualities: FROM_480P,
  sound: 'choice',
};

const CLIP_NAME = /^wanx?(\d+\.\d+)-(t2v|i2v|kf2v|r2v)(-flash)?/;

export function clipModel(name: string): ClipModel {
  const [, number, sort, flash] = CLIP_NAME.exec(name) ?? [];
  if (number === undefined || sort === undefined) return NEWER;
  const version = Number(number);
  if (sort === 'kf2v') {
    return { dialect: 'frames', from: 'pictures', seconds: [5], qualities: FROM_480P, sound: 'none' };
  }
  const from = sort === 't2v' ? 'words' : sort === 'r2v' ? 'examples' : 'pictures';
  if (version >= 2.7 || sort === 'r2v') {
    return { dialect: 'media', from, seconds: TO_15_SECONDS, qualities: HD, sound: 'always' };
  }
  const dialect = sort === 't2v' ? 'words' : 'frame';
  if (version >= 2.6) {
    const sound = flash === undefined ? 'always' : 'choice';
    return { dialect, from, seconds: TO_15_SECONDS, qualities: HD, sound };
  }
  if (version >= 2.5) return { dialect, from, seconds: [5, 10], qualities: FROM_480P, sound: 'choice' };
  return { dialect, from, seconds: version >= 2.2 ? [5] : [3, 4, 5], qualities: FROM_480P, sound: 'none' };
}

/** The sizes of a quality, as `parameters.size` lists them. */
export const CLIP_SIZES: Readonly<Record<string, readonly string[]>> = {
  '480p': ['832x480', '480x832', '624x624'],
  '720p': ['1280x720', '720x1280', '960x960', '1088x832', '832x1088'],
  '1080p': ['1920x1080', '1080x1920', '1440x1440', '1632x1248', '1248x1632'],
};

export const CLIP_RATIOS = ['16:9', '9:16', '1:1', '4:3', '3:4'];

/** `prompt` and `edit` are jobs with the prompt as a field, `messages` is a job with a conversation, `answer` is the same at once. */
export type PictureDialect = 'prompt' | 'edit' | 'messages' | 'answer';

export type PictureSizes =
  | { readonly kind: 'fixed'; readonly sizes: readonly string[] }
  /** Sides of a square of as many pixels: the least, the most, and the usual. `longest` bounds each side itself. */
  | {
      readonly kind: 'free';
      readonly least: number;
      readonly most: number;
      readonly usual: number;
      readonly longest?: number;
      /** Takes `2K` as a size too. */
      readonly words?: true;
    }
  /** As large as the picture given. */
  | { readonly kind: 'own' };

export interface PictureModel {
  readonly dialect: PictureDialect;
  readonly sizes: PictureSizes;
  /** Least and most pictures given. */
  readonly given: readonly [number, number];
  readonly n: number;
}

const QWEN_SIZES: PictureSizes = {
  kind: 'fixed',
  sizes: ['1328x1328', '1664x928', '928x1664', '1472x1104', '1104x1472'],
};
const TO_2K = { kind: 'free', least: 512, most: 2048, usual: 2048 } as const;
const WAN_26: PictureSizes = { kind: 'free', least: 768, most: 1280, usual: 1280 };

/** The first that the name begins with decides. */
const PICTURES: readonly (readonly [string, PictureModel])[] = [
  ['qwen-image-edit-', { dialect: 'answer', sizes: { ...TO_2K, usual: 1024 }, given: [1, 3], n: 6 }],
  ['qwen-image-edit', { dialect: 'answer', sizes: { kind: 'own' }, given: [1, 3], n: 1 }],
  ['qwen-image-2', { dialect: 'answer', sizes: TO_2K, given: [0, 3], n: 6 }],
  ['qwen-image-3', { dialect: 'messages', sizes: TO_2K, given: [0, 3], n: 6 }],
  ['qwen-image-max', { dialect: 'answer', sizes: QWEN_SIZES, given: [0, 0], n: 1 }],
  ['qwen-image', { dialect: 'prompt', sizes: QWEN_SIZES, given: [0, 0], n: 1 }],
  ['z-image', { dialect: 'answer', sizes: { ...TO_2K, usual: 1024 }, given: [0, 0], n: 1 }],
  [
    'wan2.7-image-pro',
    {
      dialect: 'messages',
      sizes: { kind: 'free', least: 768, most: 4096, usual: 2048, words: true },
      given: [0, 9],
      n: 4,
    },
  ],
  [
    'wan2.7-image',
    {
      dialect: 'messages',
      sizes: { kind: 'free', least: 768, most: 2048, usual: 2048, words: true },
      given: [0, 9],
      n: 4,
    },
  ],
  ['wan2.6-image', { dialect: 'messages', sizes: WAN_26, given: [1, 4], n: 4 }],
  [
    'wan2.6-t2i',
    {
      dialect: 'messages',
      sizes: { kind: 'free', least: 1280, most: 1440, usual: 1400 },
      given: [0, 0],
      n: 4,
    },
  ],
  ['wan2.5-i2i', { dialect: 'edit', sizes: WAN_26, given: [1, 3], n: 4 }],
  [
    'wan2.5-t2i',
    { dialect: 'prompt', sizes: { kind: 'free', least: 768, most: 1440, usual: 1280 }, given: [0, 0], n: 4 },
  ],
  [
    'wan',
    {
      dialect: 'prompt',
      sizes: { kind: 'free', least: 512, most: 1440, usual: 1024, longest: 1440 },
      given: [0, 0],
      n: 4,
    },
  ],
];

const NEWER_PICTURES: PictureModel = {
  dialect: 'messages',
  sizes: { kind: 'free', least: 1, most: 8192, usual: 1024 },
  given: [0, 16],
  n: 16,
};

export function pictureModel(name: string): PictureModel {
  return PICTURES.find(([start]) => name.startsWith(start))?.[1] ?? NEWER_PICTURES;
}
