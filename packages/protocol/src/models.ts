/** What a client may name as `model`, and what it takes (contract.md 7). */
import Type, { type Static } from 'typebox';
import { anyObject, mapOf, oneOf, ref } from './schema.ts';
import { TASK_TYPES } from './task.ts';

const count = (description: string) => Type.Optional(Type.Number({ description }));

export const InputLimitsSchema = Type.Object({
  max: Type.Integer({ description: 'How many.' }),
  formats: Type.Array(Type.String()),
  max_bytes: count('Each.'),
  min_side: count('Pixels, of both sides.'),
  max_side: count('Pixels, of both sides.'),
  max_pixels: count('Width times height.'),
  min_ratio: count('Width over height.'),
  max_ratio: count('Width over height.'),
  min_seconds: count('Length of a clip.'),
  max_seconds: count('Length of a clip.'),
  min_fps: count('Frames per second of a clip.'),
  max_fps: count('Frames per second of a clip.'),
  audio_track: Type.Optional(oneOf(['required', 'forbidden'], 'Whether a clip must come with sound.')),
  must_match: Type.Optional(
    Type.String({
      description: 'A parameter: where it names an exact `WxH`, every input must have that size.',
    }),
  ),
});
export type InputLimitsView = Static<typeof InputLimitsSchema>;

export const ModelSchema = Type.Object(
  {
    id: Type.String({ examples: ['studio-video-1'] }),
    object: oneOf(['model']),
    type: oneOf(TASK_TYPES),
    description: Type.String(),
    parameters: anyObject('JSON Schema (2020-12) of the body of a submit.'),
    pricing: Type.Object({
      rule: oneOf(['per_call', 'per_second', 'per_image']),
      credits: Type.Number({ description: 'For one unit.' }),
      unit: oneOf(['call', 'second', 'image']),
    }),
    limits: Type.Object({
      timeout_seconds: Type.Number({ description: 'From acceptance to the final state.' }),
      estimated_seconds: Type.Number({ description: 'What a task usually takes; a guess.' }),
      inputs: mapOf<InputLimitsView>(InputLimitsSchema, 'By the parameter that carries the media.'),
    }),
    status: oneOf(['available', 'unavailable'], '`unavailable`: it has no route at present.'),
  },
  { $id: 'Model' },
);
export type ModelView = Static<typeof ModelSchema>;

export const ModelList = Type.Object({ object: oneOf(['list']), data: Type.Array(ref<ModelView>('Model')) });
export type ModelList = Static<typeof ModelList>;

export const ModelParams = Type.Object({ id: Type.String() });
