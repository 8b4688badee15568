/** `POST /v1/preflight` (contract.md 5): every check of a submit, as an answer. */
import type { ErrorObject } from '@sluice/errors';
import Type, { type Static } from 'typebox';
import { FixSchema } from './errors.ts';
import type { AudioRequest, ImageRequest, VideoRequest } from './requests.ts';
import { ref } from './schema.ts';
import { RepairSchema } from './task.ts';

/** The model tells the type, so one call serves all three. */
export type PreflightRequest = ImageRequest | VideoRequest | AudioRequest;
export const PreflightRequest = Type.Unsafe<PreflightRequest>({
  anyOf: [ref('ImageRequest'), ref('VideoRequest'), ref('AudioRequest')],
});

export const PreflightSchema = Type.Object(
  {
    ok: Type.Boolean({ description: 'True: a submit of the same body would be accepted now.' }),
    issues: Type.Array(ref<ErrorObject>('Error'), {
      description: 'Each thing that is wrong, as the error a submit or its task would end with.',
    }),
    fixes: Type.Array(FixSchema, {
      description: 'Repairs that were tried and would do, if `auto_fix` allowed them.',
    }),
    repairs: Type.Array(RepairSchema, { description: 'What the `auto_fix` of this body would change.' }),
    estimate: Type.Unsafe<{ readonly credits: number; readonly seconds: number } | null>({
      description: 'Null where the parameters are too wrong to tell.',
      anyOf: [
        Type.Object({
          credits: Type.Number({ description: 'What would be reserved.' }),
          seconds: Type.Number({ description: 'How long it usually takes.' }),
        }),
        { type: 'null' },
      ],
    }),
  },
  { $id: 'Preflight', description: 'What would become of a request.' },
);
export type PreflightView = Static<typeof PreflightSchema>;
