/**
 * The task, the one resource everything else is about (contract.md 2). Read this first.
 *
 * A union on `status`: results exist when it is `completed`, an error exists when it is `failed`, and neither before.
 * Times are unix seconds unless the name ends in `at`; credits may have three decimals.
 */
import type { ErrorObject, TaskCode } from '@sluice/errors';
import Type, { type Static } from 'typebox';
import { TaskCodeSchema } from './errors.ts';
import { mapOf, nullable, oneOf, ref } from './schema.ts';

export const TASK_TYPES = ['image', 'video', 'audio'] as const;
export const TASK_STATUSES = ['pending', 'processing', 'completed', 'failed'] as const;

/** `task-unified-<unix seconds>-<12 or more of a-z0-9>` */
export const TASK_ID_PATTERN = '^task-unified-[0-9]{1,12}-[a-z0-9]{12,64}$';

export const ResultSchema = Type.Object({
  image_url: Type.Optional(Type.String({ description: 'In an image task.' })),
  video_url: Type.Optional(Type.String({ description: 'In a video task.' })),
  audio_url: Type.Optional(Type.String({ description: 'In an audio task.' })),
  width: nullable('integer', 'Pixels; null for audio.'),
  height: nullable('integer', 'Pixels; null for audio.'),
  duration: nullable('number', 'Seconds; null for an image.'),
  mime_type: Type.String({ examples: ['video/mp4'] }),
  bytes: Type.Integer(),
  sha256: Type.String({ description: 'Hex; also the ETag of the file.' }),
  expires_at: Type.String({ format: 'date-time', description: 'When the link stops working.' }),
});
export type ResultView = Static<typeof ResultSchema>;

/** How far a paid try got. `unknown`: the answer to its submit was lost and it is being found out what became of it. */
export const ATTEMPT_OUTCOMES = [
  'running',
  'succeeded',
  'rejected',
  'failed',
  'unknown',
  'cancelled',
  'abandoned',
] as const;

export const AttemptSchema = Type.Object({
  number: Type.Integer({ minimum: 1 }),
  outcome: oneOf(ATTEMPT_OUTCOMES),
  code: Type.Unsafe<TaskCode | null>({
    type: ['string', 'null'],
    description: 'Why it failed; null where it did not.',
  }),
  at: Type.String({ format: 'date-time', description: 'When it began.' }),
});

export const RepairSchema = Type.Object({
  op: Type.String(),
  param: Type.String(),
  from: Type.String(),
  to: Type.String(),
});

const common = {
  id: Type.String({ pattern: TASK_ID_PATTERN, examples: ['task-unified-1772618027-cmeisy8h2k4q'] }),
  object: oneOf(['image.generation.task', 'video.generation.task', 'audio.generation.task']),
  type: oneOf(TASK_TYPES),
  model: Type.String(),
  created: Type.Integer({ description: 'Unix seconds.' }),
  progress: Type.Integer({ minimum: 0, maximum: 100, description: 'Never falls; 100 only when completed.' }),
  task_info: Type.Object({
    can_cancel: Type.Boolean(),
    estimated_time: Type.Number({ description: 'Seconds, from acceptance to the end; a guess.' }),
    video_duration: Type.Optional(
      Type.Number({ description: 'Seconds; in a video task whose length is known.' }),
    ),
  }),
  usage: Type.Object({
    billing_rule: Type.String({ examples: ['per_second'] }),
    credits_reserved: Type.Number(),
    credits_used: Type.Number({ description: '0 until completed, and for good when failed.' }),
    user_group: Type.String(),
  }),
  metadata: mapOf<string>(Type.String(), 'As sent with the submit.'),
  request_id: Type.String({ description: 'Of the submit.' }),
  repairs: Type.Array(RepairSchema, { description: 'What `auto_fix` changed in the inputs.' }),
  attempts: Type.Array(AttemptSchema, { description: 'Every paid try.' }),
};

const finished = {
  duration: Type.Number({ description: 'Seconds from creation to the end.' }),
  expires_at: Type.String({ format: 'date-time', description: 'When the task itself is removed.' }),
};

export const UnfinishedTask = Type.Object(
  { ...common, status: oneOf(['pending', 'processing']) },
  {
    $id: 'UnfinishedTask',
    description: '`pending`: accepted, not yet given to a generator. `processing`: being made.',
  },
);

export const CompletedTask = Type.Object(
  {
    ...common,
    status: oneOf(['completed']),
    ...finished,
    results: Type.Array(Type.String(), { description: 'Links to the files, signed, for 24 hours.' }),
    result_data: Type.Array(ResultSchema, { description: 'The same files with all that is known of them.' }),
  },
  { $id: 'CompletedTask' },
);

export const FailedTask = Type.Object(
  { ...common, status: oneOf(['failed']), ...finished, error: ref<ErrorObject>('Error') },
  { $id: 'FailedTask', description: 'It cost nothing; `error` says why.' },
);

export type UnfinishedTaskView = Static<typeof UnfinishedTask>;
export type CompletedTaskView = Static<typeof CompletedTask>;
export type FailedTaskView = Static<typeof FailedTask>;
export type TaskView = UnfinishedTaskView | CompletedTaskView | FailedTaskView;

export const TaskSchema = Type.Unsafe<TaskView>({
  $id: 'Task',
  oneOf: [{ $ref: 'UnfinishedTask#' }, { $ref: 'CompletedTask#' }, { $ref: 'FailedTask#' }],
});

export const TaskParams = Type.Object({ id: Type.String({ pattern: TASK_ID_PATTERN }) });

/** Longest `wait`, of the query and of `Prefer: wait=N`. */
export const MAX_WAIT_SECONDS = 60;

export const TaskQueryString = Type.Object({
  wait: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: MAX_WAIT_SECONDS,
      description: 'Holds the answer until the task is final or this many seconds passed.',
    }),
  ),
});

export const TASK_FILTERS = [...TASK_STATUSES, 'cancelled'] as const;

export const TaskListQuery = Type.Object(
  {
    status: Type.Optional(
      oneOf(
        TASK_FILTERS,
        '`processing` includes pending; `cancelled` means failed with `request_cancelled`.',
      ),
    ),
    type: Type.Optional(oneOf(TASK_TYPES)),
    model: Type.Optional(Type.String({ maxLength: 200 })),
    error_code: Type.Optional(TaskCodeSchema),
    page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 })),
    page_size: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  },
  { additionalProperties: false },
);

export const TaskList = Type.Object({
  data: Type.Array(ref<TaskView>('Task'), { description: 'Newest first.' }),
  total: Type.Integer({ description: 'Of all pages.' }),
  page: Type.Integer(),
  page_size: Type.Integer(),
});
export type TaskList = Static<typeof TaskList>;

export const BatchRequest = Type.Object(
  { task_ids: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 50 }) },
  { $id: 'BatchRequest', additionalProperties: false },
);

export const BatchAnswer = Type.Object({
  data: Type.Array(ref<TaskView>('Task'), {
    description: 'In the order asked for; unknown and foreign ids are absent.',
  }),
});
export type BatchAnswer = Static<typeof BatchAnswer>;
