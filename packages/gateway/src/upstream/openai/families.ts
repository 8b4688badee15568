/**
 * What each family of image models takes. Facts: the Images API reference and the types of the official Node client 7.57
 * (OpenAI's own models); Microsoft's guide to image models in Foundry (DALL·E 3, which lives on there).
 */
export interface ImageFamily {
  /** The sizes there are; `free` for any that keeps {@link FREE_SIZE}; `any` where nothing is known of the model. */
  readonly sizes: readonly string[] | 'free' | 'any';
  /** Null where nothing is known. */
  readonly qualities: readonly string[] | null;
  readonly formats: readonly string[] | null;
  readonly most: number;
  /** Whether it has to be asked for bytes; the others give nothing else, and refuse the question. */
  readonly asksForBytes: boolean;
}

/** For models with free sizes: both sides are multiples of `step`. */
export const FREE_SIZE = {
  step: 16,
  longestSide: 3_840,
  steepest: 3,
  fewestPixels: 655_360,
  mostPixels: 8_294_400,
} as const;

const FORMATS = ['png', 'jpeg', 'webp'];
const GPT_QUALITIES = ['auto', 'low', 'medium', 'high'];

const GPT_IMAGE: ImageFamily = {
  sizes: ['1024x1024', '1536x1024', '1024x1536'],
  qualities: GPT_QUALITIES,
  formats: FORMATS,
  most: 10,
  asksForBytes: false,
};

const GPT_IMAGE_2: ImageFamily = { ...GPT_IMAGE, sizes: 'free' };

const FAMILIES: readonly (readonly [RegExp, ImageFamily])[] = [
  [/^gpt-image-2(-\d|$)/, GPT_IMAGE_2],
  [/^gpt-image-([2-9])/, { ...GPT_IMAGE_2, qualities: [...GPT_QUALITIES, 'xhigh', 'max'] }],
  [/^(gpt-image-1|chatgpt-image)/, GPT_IMAGE],
  [
    /^dall-e-3/,
    {
      sizes: ['1024x1024', '1792x1024', '1024x1792'],
      qualities: ['standard', 'hd'],
      formats: ['png'],
      most: 1,
      asksForBytes: true,
    },
  ],
];

/** A deployment or a gateway's model may have any name: then nothing is refused that the upstream might take. */
const UNKNOWN: ImageFamily = { sizes: 'any', qualities: null, formats: null, most: 10, asksForBytes: false };

export function familyOf(upstreamModel: string): ImageFamily {
  return FAMILIES.find(([name]) => name.test(upstreamModel))?.[1] ?? UNKNOWN;
}
