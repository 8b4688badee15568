/**
 * The studio's three models, as catalogue entries: what they take, what they cost, how long they may run. The configuration
 * offers them as the default catalogue, and the studio checks every request against the same entries.
 *
 * The limits are the ones the error dictionary uses in its examples, so that each example can be met in practice: prompts of at
 * most 2,000 characters; pictures of 240 to 7,680 pixels a side and 10 MB (10,000,000 bytes); clips of 1 to 30 seconds.
 */
import type { InputLimits, JsonSchemaObject, ModelDefinition } from '../../catalog/model.ts';
import { EXACT_VIDEO_SIZES, IMAGE_RATIOS, IMAGE_SIDE, VIDEO_RATIOS } from './sizes.ts';

export const STUDIO = 'studio';

const MINUTE = 60_000;

const prompt = {
  type: 'string',
  minLength: 1,
  maxLength: 2_000,
  description:
    'What to make. The studio is a renderer, not an AI model: it knows some words (places, times of day, moods, colours) and lets the seed decide the rest. Prompts with `rehearse:` words rehearse failures: see docs/rehearsal.md.',
} as const;

const seed = {
  type: 'integer',
  minimum: 0,
  maximum: 4_294_967_295,
  description:
    'The same request with the same seed gives the same bytes. Without it every task gets its own.',
} as const;

const pictures: Omit<InputLimits, 'max'> = {
  formats: ['jpeg', 'png', 'webp', 'gif'],
  maxBytes: 10_000_000,
  minSide: 240,
  maxSide: 7_680,
};

const imageParameters: JsonSchemaObject = {
  type: 'object',
  required: ['prompt'],
  properties: {
    prompt,
    seed,
    size: {
      type: 'string',
      pattern: `^(auto|${IMAGE_RATIOS.join('|')}|${IMAGE_SIDE.pattern}x${IMAGE_SIDE.pattern})$`,
      default: 'auto',
      examples: ['auto', ...IMAGE_RATIOS, '1024x768'],
      description: `\`auto\` (the ratio of the first input, else 1:1), a ratio (${IMAGE_RATIOS.join(', ')}), or WxH with sides of ${IMAGE_SIDE.min} to ${IMAGE_SIDE.max} pixels.`,
    },
    resolution: {
      type: 'string',
      enum: ['1K', '2K'],
      default: '1K',
      description: 'The longer side: 1024 or 2048 pixels. An exact `size` goes before it.',
    },
    n: { type: 'integer', minimum: 1, maximum: 4, default: 1, description: 'How many pictures.' },
    negative_prompt: {
      type: 'string',
      maxLength: 2_000,
      description: 'Words to leave out: they are struck from the prompt before it is read.',
    },
    output_format: { type: 'string', enum: ['png', 'jpeg', 'webp'], default: 'png' },
  },
};

const videoParameters: JsonSchemaObject = {
  type: 'object',
  required: ['prompt'],
  properties: {
    prompt,
    seed,
    duration: {
      type: 'integer',
      minimum: 1,
      maximum: 30,
      default: 5,
      description: 'Seconds, at 24 frames each.',
    },
    aspect_ratio: {
      type: 'string',
      enum: ['adaptive', ...VIDEO_RATIOS, ...EXACT_VIDEO_SIZES],
      default: 'adaptive',
      description:
        '`adaptive` (the ratio of the first input, else 16:9), a ratio, or an exact size. An exact size demands input pictures of exactly that size.',
    },
    quality: {
      type: 'string',
      enum: ['360p', '480p', '720p', '1080p'],
      default: '720p',
      description: 'The shorter side in pixels. An exact `aspect_ratio` goes before it.',
    },
    generate_audio: { type: 'boolean', default: false, description: 'Adds a sound track.' },
  },
};

const audioParameters: JsonSchemaObject = {
  type: 'object',
  required: ['prompt'],
  properties: {
    prompt,
    seed,
    duration: { type: 'integer', minimum: 1, maximum: 60, default: 10, description: 'Seconds.' },
    style: {
      type: 'string',
      maxLength: 200,
      description: 'Further words for the mood; read together with the prompt.',
    },
    instrumental: {
      type: 'boolean',
      enum: [true],
      default: true,
      description: 'The studio has no voice: all it plays is instrumental.',
    },
    output_format: { type: 'string', enum: ['wav', 'mp3', 'ogg'], default: 'mp3' },
  },
};

/** Every entry has one route, to the studio itself under its own name. */
function entry(definition: Omit<ModelDefinition, 'routes' | 'unknownParameters'>): ModelDefinition {
  const route = { provider: STUDIO, upstreamModel: definition.id, weight: 1, maxParallel: null };
  return { ...definition, unknownParameters: 'refuse', routes: [{ id: `${definition.id}/0`, ...route }] };
}

export const studioModels: readonly ModelDefinition[] = [
  entry({
    id: 'studio-image-1',
    type: 'image',
    description:
      'Paints a picture from a prompt, or edits and composes given pictures. A renderer for trying out, not an AI model.',
    parameters: imageParameters,
    inputs: { image_urls: { max: 4, ...pictures }, mask_url: { max: 1, ...pictures } },
    pricing: { rule: 'per_image', milliCredits: 4_000 },
    timeoutMs: 2 * MINUTE,
    estimateSeconds: 2,
  }),
  entry({
    id: 'studio-video-1',
    type: 'video',
    description:
      'Makes a clip from a prompt, moves a camera over one given picture, or goes from a first to a last. A renderer for trying out, not an AI model.',
    parameters: videoParameters,
    inputs: { image_urls: { max: 2, ...pictures, mustMatch: 'aspect_ratio' } },
    pricing: { rule: 'per_second', milliCredits: 5_000 },
    timeoutMs: 10 * MINUTE,
    estimateSeconds: 12,
  }),
  entry({
    id: 'studio-audio-1',
    type: 'audio',
    description: 'Plays a short melodic piece from a prompt. A renderer for trying out, not an AI model.',
    parameters: audioParameters,
    inputs: {},
    pricing: { rule: 'per_call', milliCredits: 10_000 },
    timeoutMs: 2 * MINUTE,
    estimateSeconds: 2,
  }),
];
