/** The error object (contract.md 3) as a schema. What the codes mean stands in `@sluice/errors`; this is only their shape. */
import {
  ERROR_CODES,
  type ErrorCode,
  type ErrorObject,
  RETRY_ACTIONS,
  type RetryAction,
  TASK_CODES,
  type TaskCode,
} from '@sluice/errors';
import Type, { type Static } from 'typebox';
import { anyObject, nullable, oneOf, ref } from './schema.ts';

export const ErrorCodeSchema = Type.Unsafe<ErrorCode>({ type: 'string', enum: [...ERROR_CODES] });
export const TaskCodeSchema = Type.Unsafe<TaskCode>({ type: 'string', enum: [...TASK_CODES] });

export const RetrySchema = Type.Object({
  retryable: Type.Boolean({ description: 'True when the very same request may succeed later.' }),
  action: Type.Unsafe<RetryAction>({ type: 'string', enum: [...RETRY_ACTIONS] }),
  after_seconds: nullable('number', 'Seconds to wait; null where waiting does not help or nothing is known.'),
});

export const FixSchema = Type.Object({
  op: oneOf(['orient', 'convert', 'resize', 'crop', 'pad', 'compress', 'truncate_prompt']),
  param: Type.String(),
  to: Type.String(),
});

export const ErrorSchema = Type.Object(
  {
    code: ErrorCodeSchema,
    message: Type.String({
      description: 'For people: what happened, why in this very case, what to do. One line each.',
    }),
    type: Type.String({
      description: 'A coarse class, for clients that switch on it.',
      examples: ['invalid_request_error'],
    }),
    subtype: nullable('string', 'A finer name within the code, or null.'),
    retry: RetrySchema,
    param: nullable('string', 'The field at fault as a path (`image_urls[1]`), or null.'),
    details: anyObject('What a program needs to act, with units in the names.'),
    issues: Type.Optional(
      Type.Array(ref<ErrorObject>('Error'), {
        description: 'Everything that is wrong, when it is more than one thing.',
      }),
    ),
    fixes: Type.Optional(Type.Array(FixSchema, { description: 'Repairs that `auto_fix` could have made.' })),
    docs_url: Type.String({ description: 'Where to read more.' }),
    request_id: nullable('string', 'What to give to support.'),
    suggestion: Type.String({ description: 'What to do, in one line.' }),
    fallback_suggestion: Type.String({ description: 'The same as `suggestion`.' }),
  },
  {
    $id: 'Error',
    description: 'What went wrong, whether the same request can succeed later, and what to change.',
  },
);

export const ErrorEnvelope = Type.Object(
  { error: ref<ErrorObject>('Error') },
  { $id: 'ErrorEnvelope', description: 'The body of every refused request.' },
);
export type ErrorEnvelope = Static<typeof ErrorEnvelope>;

const DictionarySubtype = Type.Object({
  subtype: Type.String(),
  description: Type.String(),
  example: Type.String({ description: 'An example of the first line of the message.' }),
  suggestion: Type.String(),
  retry: RetrySchema,
  http_status: Type.Integer(),
  type: Type.String(),
});

export const RehearsalSchema = Type.Object(
  {
    words: Type.String({ description: 'What to write into a prompt.' }),
    stage: oneOf(['submit', 'running', 'result'], 'Where it strikes.'),
    code: Type.Unsafe<TaskCode | null>({
      type: ['string', 'null'],
      description: 'The code the task ends with; null where it completes in the end.',
    }),
    subtype: nullable('string', 'The sub-type it ends with, or null.'),
    description: Type.String({ description: 'What the built-in studio does.' }),
  },
  { $id: 'Rehearsal', description: 'Magic words that make the built-in studio misbehave in one known way.' },
);
export type RehearsalView = Static<typeof RehearsalSchema>;

export const DictionaryEntrySchema = Type.Object(
  {
    code: ErrorCodeSchema,
    scope: oneOf(
      ['task', 'request'],
      'A `task` code can end a task; a `request` code can only refuse a request.',
    ),
    category: oneOf(['client', 'server']),
    title: Type.String(),
    description: Type.String(),
    example: Type.String(),
    suggestion: Type.String(),
    causes: Type.Array(Type.String()),
    solutions: Type.Array(Type.String()),
    retry: RetrySchema,
    http_status: Type.Integer({ description: 'Of a request refused with it; a sub-type may have its own.' }),
    type: Type.String(),
    subtypes: Type.Array(DictionarySubtype),
    rehearsals: Type.Array(ref<RehearsalView>('Rehearsal'), { description: 'Those that end in this code.' }),
    docs_url: Type.String(),
  },
  { $id: 'DictionaryEntry', description: 'All there is to know about one error code.' },
);
export type DictionaryEntryView = Static<typeof DictionaryEntrySchema>;

export const DictionaryList = Type.Object({
  object: oneOf(['list']),
  data: Type.Array(ref<DictionaryEntryView>('DictionaryEntry')),
  rehearsals: Type.Array(ref<RehearsalView>('Rehearsal'), { description: 'All, with those that end well.' }),
});

export const ErrorCodeParams = Type.Object({ code: Type.String({ examples: ['invalid_parameters'] }) });
