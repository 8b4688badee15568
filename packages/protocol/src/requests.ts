/**
 * What a submit takes (contract.md 1). These schemas hold what many models share; which of it one model takes, with its
 * ranges, is that model's own JSON Schema (`GET /v1/models/{id}`), and fields only that model knows pass through here.
 */
import Type, { type Static } from 'typebox';
import { mapOf, oneOf } from './schema.ts';

const urls = (description: string) =>
  Type.Optional(
    Type.Array(Type.String(), { description: `${description} \`https:\` URLs or \`data:\` URLs.` }),
  );

/** Fields every model understands. */
export const COMMON_FIELDS = {
  model: Type.String({ description: 'A name of `GET /v1/models`.' }),
  prompt: Type.Optional(Type.String({ description: 'What to make.' })),
  seed: Type.Optional(
    Type.Integer({
      description: 'The same seed and the same request give the same result where the model can.',
    }),
  ),
  metadata: Type.Optional(mapOf<string>(Type.String(), 'At most 16 strings of your own; returned as sent.')),
  callback_url: Type.Optional(
    Type.String({ description: 'Where the finished task is posted. Not available yet: refused.' }),
  ),
  auto_fix: Type.Optional(
    Type.Array(oneOf(['orient', 'convert', 'resize', 'crop', 'pad', 'compress', 'truncate_prompt']), {
      description: 'What the gateway may change in the inputs instead of refusing them.',
    }),
  ),
} as const;

const passThrough = { additionalProperties: true };

export const ImageRequest = Type.Object(
  {
    ...COMMON_FIELDS,
    size: Type.Optional(Type.String({ description: '`auto`, a ratio such as `16:9`, or `WxH` in pixels.' })),
    resolution: Type.Optional(
      oneOf(['1K', '2K', '4K'], 'About how many pixels the longer side has, where `size` is no exact `WxH`.'),
    ),
    quality: Type.Optional(Type.String({ description: 'How much care the model takes, in its own words.' })),
    n: Type.Optional(Type.Integer({ minimum: 1, description: 'How many pictures.' })),
    image_urls: urls('Pictures to edit or to follow.'),
    mask_url: Type.Optional(Type.String({ description: 'Where to edit the first picture.' })),
    negative_prompt: Type.Optional(Type.String({ description: 'What is not to be seen.' })),
    output_format: Type.Optional(
      Type.String({
        description: 'The format of the files, such as `png` or `webp`.',
        examples: ['png', 'jpeg', 'webp'],
      }),
    ),
  },
  { $id: 'ImageRequest', ...passThrough },
);

export const VideoRequest = Type.Object(
  {
    ...COMMON_FIELDS,
    duration: Type.Optional(Type.Number({ description: 'Seconds.' })),
    aspect_ratio: Type.Optional(Type.String({ description: 'A ratio, `WxH` in pixels, or `adaptive`.' })),
    quality: Type.Optional(
      Type.String({
        description: 'The shorter side, such as `720p` or `1080p`, where `aspect_ratio` is no exact `WxH`.',
        examples: ['480p', '720p', '1080p', '4k'],
      }),
    ),
    image_urls: urls('One is the first frame; two are the first and the last.'),
    video_urls: urls('Clips to follow.'),
    audio_urls: urls('Sound to follow.'),
    generate_audio: Type.Optional(Type.Boolean({ description: 'Whether the clip gets a sound track.' })),
  },
  { $id: 'VideoRequest', ...passThrough },
);

export const AudioRequest = Type.Object(
  {
    ...COMMON_FIELDS,
    custom_mode: Type.Optional(
      Type.Boolean({
        description: '`style`, `title` and `text` say exactly what to make; without it, `prompt` does.',
      }),
    ),
    instrumental: Type.Optional(Type.Boolean({ description: 'Without a voice.' })),
    style: Type.Optional(Type.String({ description: 'Genre and mood.' })),
    title: Type.Optional(Type.String({ description: 'The name of the piece.' })),
    negative_tags: Type.Optional(Type.String({ description: 'Styles to keep away from.' })),
    vocal_gender: Type.Optional(Type.String({ description: 'Of the singing voice.' })),
    duration: Type.Optional(Type.Number({ description: 'Seconds.' })),
    voice: Type.Optional(Type.String({ description: 'The name of a voice of the model.' })),
    text: Type.Optional(Type.String({ description: 'What is spoken or sung.' })),
  },
  { $id: 'AudioRequest', ...passThrough },
);

export type ImageRequest = Static<typeof ImageRequest>;
export type VideoRequest = Static<typeof VideoRequest>;
export type AudioRequest = Static<typeof AudioRequest>;

export const SubmitHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'The same key with the same body gives the same task again, for 24 hours.',
    }),
  ),
  prefer: Type.Optional(
    Type.String({
      description: '`wait=N`: answer when the task is final, or after N (at most 60) seconds.',
      examples: ['wait=30'],
    }),
  ),
});
