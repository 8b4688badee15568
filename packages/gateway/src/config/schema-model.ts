/** The `models` section: what a model takes, costs and is made by. */
import { type Static, Type } from 'typebox';
import type { JsonObject } from '../json.ts';
import { closed, count, size, timer } from './fields.ts';

const side = (description: string) => Type.Optional(count({ description }));
const positive = (description: string) =>
  Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000, description }));

const inputOf = (formats: readonly string[]) => ({
  max: count({ default: 1, maximum: 100, description: 'How many the model takes.' }),
  formats: Type.Array(Type.Enum([...formats]), {
    minItems: 1,
    description: `Accepted formats, from ${formats.join(', ')}.`,
  }),
  max_bytes: Type.Optional(size({ description: 'The largest file accepted.' })),
});
const seconds = {
  min_seconds: positive('The shortest accepted.'),
  max_seconds: positive('The longest accepted.'),
};
const clip = {
  min_fps: positive('The fewest frames per second accepted; counted in the file, with 1 % to spare.'),
  max_fps: positive('The most frames per second accepted.'),
  audio_track: Type.Optional(
    Type.Enum(['required', 'forbidden'], {
      description: 'Whether a clip must come with sound or without; by default either will do.',
    }),
  ),
};
const frame = {
  min_side: side('The smallest width and height accepted, in pixels.'),
  max_side: side('The largest width and height accepted, in pixels.'),
  max_pixels: Type.Optional(
    count({ maximum: 1_000_000_000, description: 'The largest width times height accepted.' }),
  ),
  min_ratio: positive('The smallest width / height accepted.'),
  max_ratio: positive('The largest width / height accepted.'),
  must_match: Type.Optional(
    Type.String({
      description:
        'A parameter such as `aspect_ratio`: where its value is an exact `WxH`, every input must have exactly that size.',
    }),
  ),
};

export const IMAGE_FORMATS = ['jpeg', 'png', 'webp', 'gif', 'avif', 'heic', 'tiff', 'bmp'] as const;
const VIDEO_FORMATS = ['mp4', 'webm', 'mov', 'mkv'] as const;
export const AUDIO_FORMATS = ['mp3', 'wav', 'ogg', 'flac', 'm4a', 'aac'] as const;

const imageInput = Type.Object({ ...inputOf(IMAGE_FORMATS), ...frame }, closed);
const { max: _one, ...maskInput } = { ...inputOf(IMAGE_FORMATS), ...frame };

const MAPPED_MEDIA = ['image_urls', 'mask_url', 'video_urls', 'audio_urls'] as const;

/** See `ParameterMapping` in catalog/model.ts, which says what the adapters make of it. */
export const MappingSection = Type.Object(
  {
    rename: Type.Optional(
      Type.Record(Type.String(), Type.Unsafe<string | null>({ type: ['string', 'null'], minLength: 1 }), {
        description: 'Our name of a parameter to theirs; `null` leaves the parameter out.',
      }),
    ),
    values: Type.Optional(
      Type.Record(Type.String(), Type.Unsafe<JsonObject>({ type: 'object' }), {
        description: 'By our name of a parameter: our value to theirs, where they differ.',
      }),
    ),
    as_text: Type.Optional(
      Type.Array(Type.String(), { description: 'Parameters whose values they want as text (`"5"`).' }),
    ),
    media: Type.Optional(
      Type.Object(
        Object.fromEntries(
          MAPPED_MEDIA.map((param) => [
            param,
            Type.Optional(
              Type.Unsafe<string | string[]>({
                type: ['string', 'array'],
                items: { type: 'string' },
                description:
                  'Their name for the whole list, or a list of names that take one input each, in order.',
              }),
            ),
          ]),
        ),
        closed,
      ),
    ),
    fixed: Type.Optional(
      Type.Unsafe<JsonObject>({ type: 'object', description: 'Sent with every request, as it stands.' }),
    ),
  },
  {
    ...closed,
    description: "How the provider's own input is made of our parameters, where they differ.",
  },
);

export const RouteSection = Type.Object(
  {
    provider: Type.String({ description: 'A name under `providers`.' }),
    upstream_model: Type.String({ minLength: 1, description: "The provider's own name for the model." }),
    priority: Type.Integer({
      default: 0,
      minimum: 0,
      maximum: 1000,
      description: 'Routes with a smaller number are used first; among equals the weight decides.',
    }),
    weight: count({
      default: 1,
      maximum: 1000,
      description: 'The share of tasks it gets, relative to the other routes.',
    }),
    max_parallel: Type.Optional(
      count({ description: 'The most tasks it is given at once; without it there is no bound.' }),
    ),
    mapping: Type.Optional(MappingSection),
  },
  closed,
);

export const ModelSection = Type.Object(
  {
    use: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'A model of the catalogue (docs/catalogue.md). Everything else is then optional, and goes over what the catalogue says, key by key.',
      }),
    ),
    via: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        uniqueItems: true,
        description:
          'With `use`: the only providers that may make it, the preferred one first. Without it, every provider that can, by weight.',
      }),
    ),
    type: Type.Enum(['image', 'video', 'audio'], {
      description: 'What the model makes; decides which call it belongs to.',
    }),
    description: Type.String({ default: '', description: 'One line for `GET /v1/models`.' }),
    parameters: Type.Record(Type.String(), Type.Unsafe<Record<string, unknown>>({ type: 'object' }), {
      default: {},
      description:
        'The parameters beyond those every model has, each a JSON Schema (draft 2020-12); `default` is filled in. `prompt` and `seed` may be given here to narrow them.',
    }),
    required: Type.Array(Type.String(), {
      default: [],
      description: 'Parameters a request must give, media parameters included.',
    }),
    unknown_parameters: Type.Enum(['refuse', 'ignore'], {
      default: 'refuse',
      description: 'What to do with a field that the model does not know.',
    }),
    inputs: Type.Object(
      {
        image_urls: Type.Optional(imageInput),
        mask_url: Type.Optional(Type.Object(maskInput, closed)),
        video_urls: Type.Optional(
          Type.Object({ ...inputOf(VIDEO_FORMATS), ...frame, ...seconds, ...clip }, closed),
        ),
        audio_urls: Type.Optional(Type.Object({ ...inputOf(AUDIO_FORMATS), ...seconds }, closed)),
      },
      {
        ...closed,
        default: {},
        description:
          'The media parameters the model takes, with their limits. One that is not named is not taken.',
      },
    ),
    pricing: Type.Object(
      {
        rule: Type.Enum(['per_call', 'per_second', 'per_image'], {
          description:
            '`per_second` multiplies by the parameter `duration`, `per_image` by the parameter `n` (1 where there is none).',
        }),
        credits: Type.Number({
          minimum: 0,
          maximum: 1_000_000,
          multipleOf: 0.001,
          description: 'Credits a call, second or image; up to three decimals.',
        }),
      },
      { ...closed, description: 'What a task costs its account.' },
    ),
    timeout: timer({
      default: '10m',
      description: 'From acceptance to the final state; then the task fails as `generation_timeout`.',
    }),
    estimate: timer({
      default: '10s',
      description: 'How long a task takes, as a first guess (`task_info.estimated_time`).',
    }),
    routes: Type.Array(RouteSection, { minItems: 1, description: 'The ways to make it; at least one.' }),
  },
  closed,
);

export type ModelFile = Static<typeof ModelSection>;
