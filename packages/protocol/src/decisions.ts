/** Moderation's decisions as the operator sees them. Nothing here is a word or a pixel of what was looked at. */
import Type, { type Static } from 'typebox';
import { nullable, oneOf } from './schema.ts';

export const FindingSchema = Type.Object({
  category: Type.String({ description: 'The sub-type: `adult`, `violence` ...' }),
  score: Type.Number({ description: '0 to 1.' }),
  input: Type.String({
    description: 'The parameter, or the result: `prompt`, `image_urls[0]`, `results[1]`.',
  }),
  at_seconds: Type.Optional(
    Type.Number({ description: 'Of a frame of a video or an animation: seconds from its start.' }),
  ),
  detector: Type.String(),
  rule: nullable('string', 'Null where the detector has but one per category.'),
  why: Type.String({ description: "The detector's words." }),
  spans: Type.Array(Type.Object({ start: Type.Integer(), end: Type.Integer() }), {
    description: 'Where in a text, in UTF-16 code units.',
  }),
  absolute: Type.Boolean({ description: 'A sexualised minor: no setting lets it pass.' }),
});
export type FindingView = Static<typeof FindingSchema>;

export const OperatorDecision = Type.Object({
  object: oneOf(['operator.decision']),
  id: Type.String({ description: '`decision_id` of the error.' }),
  at: Type.String(),
  task_id: nullable('string', 'Null where it was a preflight.'),
  account_id: Type.String(),
  key_id: Type.String(),
  model: Type.String(),
  stage: oneOf(['input', 'output']),
  verdict: oneOf(['block', 'report', 'allow'], '`report`: mode `monitor` would have blocked it.'),
  decided_by: Type.Unsafe<'threshold' | 'sexualised_minor' | 'face_and_adult' | 'detector_failed' | null>({
    type: ['string', 'null'],
    description: '`threshold`, `sexualised_minor`, `face_and_adult`, `detector_failed`.',
  }),
  deciding: Type.Unsafe<FindingView | null>({
    description: 'The finding that decided.',
    anyOf: [FindingSchema, { type: 'null' }],
  }),
  threshold: nullable('number', 'That its score was compared with.'),
  findings: Type.Array(FindingSchema),
  failures: Type.Array(
    Type.Object({ detector: Type.String(), input: Type.String(), reason: Type.String() }),
    { description: 'Detectors that could not look.' },
  ),
  can_overrule: Type.Boolean(),
  overruled_for: Type.Array(
    Type.Object({
      key_id: Type.String(),
      by: nullable(
        'string',
        "The operator's key it was overruled with: `op_` and the first eight digits of its SHA-256. Null in old records.",
      ),
      at: Type.String(),
    }),
    { description: 'Keys for which findings like the deciding one pass, by whom and since when.' },
  ),
});
export type OperatorDecisionView = Static<typeof OperatorDecision>;

/** What looks at what, so that nobody takes for watched what is not. */
export const OperatorModeration = Type.Object({
  object: oneOf(['operator.moderation']),
  detectors: Type.Array(
    Type.Object({ name: Type.String(), looks_at: Type.Array(oneOf(['text', 'image', 'video_frame'])) }),
  ),
  videos: Type.Object({
    watch: oneOf(
      ['watched', 'blind', 'unwatched'],
      '`blind`: they should be looked at and cannot be, so every task with one meets `moderation.on_error`. `unwatched`: they pass unseen.',
    ),
    frames: nullable('integer', 'Of each video; null unless `watched`.'),
    reason: nullable('string', 'Why not; null where `watched`.'),
  }),
});
export type OperatorModerationView = Static<typeof OperatorModeration>;

export const DecisionParams = Type.Object({ id: Type.String({ examples: ['mod_8k2w0q7x5c1v'] }) });

export const DecisionsQuery = Type.Object(
  { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 50 })) },
  { additionalProperties: false },
);
export const DecisionsAnswer = Type.Object({ object: oneOf(['list']), data: Type.Array(OperatorDecision) });

const forKey = (description: string) => ({
  key_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description })),
});

/** The body may be left out. */
export const OverruleRequest = Type.Unsafe<{ readonly key_id?: string } | null | undefined>({
  ...Type.Object(forKey('For whom it shall pass. Default: the key that the decision was made for.'), {
    additionalProperties: false,
  }),
  type: ['object', 'null'],
});
export const OverruleQuery = Type.Object(forKey('Only for this key. Default: for all of them.'), {
  additionalProperties: false,
});
