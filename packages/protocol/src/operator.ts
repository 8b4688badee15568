/**
 * The operator's calls: what was tried for a task and what came back, word for word. A table beside the client's, never part of
 * it: these calls are not in `/openapi.json`, and an API key does not open them.
 */
import type { Evidence, TaskCode, Verdict } from '@sluice/errors';
import Type, { type Static, type TSchema } from 'typebox';
import {
  DecisionParams,
  DecisionsAnswer,
  DecisionsQuery,
  OperatorDecision,
  OperatorModeration,
  OverruleQuery,
  OverruleRequest,
} from './decisions.ts';
import type { RouteRow } from './routes.ts';
import { anyObject, nullable, oneOf } from './schema.ts';
import { TASK_STATUSES, TASK_TYPES, TaskParams } from './task.ts';

const nullableCode = Type.Unsafe<TaskCode | null>({ type: ['string', 'null'] });
const orNull = <T extends TSchema>(schema: T) =>
  Type.Unsafe<Static<T> | null>({ anyOf: [schema, { type: 'null' }] });
const evidence = Type.Unsafe<Evidence>({
  type: 'object',
  description: 'What the upstream said, as it was received; secrets and media are already taken out.',
});
const verdict = Type.Unsafe<Verdict>({
  type: 'object',
  description: 'What the classifier made of it: code, rule, confidence, alternatives.',
});

/** What came after an attempt: another one, the end of the task, or nothing yet. */
export type Followed =
  | { readonly kind: 'attempt'; readonly number: number; readonly route: string }
  | { readonly kind: 'end'; readonly status: 'completed' | 'failed'; readonly code: string | null }
  | { readonly kind: 'under_way' };

export const DecisionSchema = Type.Object({
  next: oneOf(
    ['same_route', 'other_route', 'elsewhere', 'never'],
    'What the retry table says, within deadline and attempts.',
  ),
  counts_against_route: Type.Boolean(),
  alarm: Type.Boolean(),
});

export const OperatorAttempt = Type.Object({
  number: Type.Integer(),
  route: Type.String(),
  provider: nullable('string', 'Null where the route is no longer configured.'),
  upstream_model: nullable('string', 'The name the provider knows the model by.'),
  state: Type.String({
    description:
      '`open`, `accepted`, `unknown`, `rejected`, `failed`, `succeeded`, `cancelled`, `abandoned`.',
  }),
  code: nullableCode,
  started_at: Type.String(),
  ended_at: nullable('string', 'Null while it is under way.'),
  idempotency_key: Type.String(),
  handle: Type.Unsafe<unknown>({ description: 'What is needed to ask the provider about its job.' }),
  evidence: orNull(evidence),
  verdict: orNull(verdict),
  decision: orNull(DecisionSchema),
  followed_by: Type.Unsafe<Followed>({
    type: 'object',
    description: 'Another attempt, the end of the task, or nothing yet.',
  }),
  late: orNull(
    Type.Object({
      at: Type.String(),
      outcome: oneOf(['completed', 'failed']),
      files: Type.Array(Type.String({ description: 'Key in the file store.' })),
    }),
  ),
});
export type OperatorAttemptView = Static<typeof OperatorAttempt>;

export const OperatorTask = Type.Object({
  object: oneOf(['operator.task']),
  id: Type.String(),
  account_id: Type.String(),
  key_id: Type.String(),
  request_id: Type.String(),
  type: oneOf(TASK_TYPES),
  model: Type.String(),
  status: oneOf(TASK_STATUSES),
  step: Type.String({ description: '`prepare`, `submit`, `watch`, `collect`, `reconcile` or `done`.' }),
  progress: Type.Number(),
  created_at: Type.String(),
  started_at: nullable('string', 'When the first attempt began.'),
  finished_at: nullable('string', 'Null while it is not final.'),
  deadline_at: Type.String(),
  cancel_requested_at: nullable('string', 'When the client asked to stop.'),
  credits_reserved: Type.Number(),
  credits_used: Type.Number(),
  params: anyObject('As admitted: validated, defaults applied.'),
  error: Type.Unsafe<Readonly<Record<string, unknown>> | null>({
    type: ['object', 'null'],
    description: 'What the client is told.',
  }),
  results: Type.Array(Type.String({ description: 'Key in the file store.' })),
  attempts: Type.Array(OperatorAttempt),
});
export type OperatorTaskView = Static<typeof OperatorTask>;

export const UnknownGroup = Type.Object({
  provider: Type.String(),
  phase: Type.String(),
  http_status: nullable('integer', 'Null where no status line arrived.'),
  shape: Type.String({ description: 'The form of the body, with the values of fields that hold codes.' }),
  count: Type.Integer(),
  last_at: Type.String(),
  routes: Type.Array(Type.String()),
  task_ids: Type.Array(Type.String({ description: 'The newest ones, at most 20.' })),
  sample: evidence,
  verdict_now: verdict,
});
export type UnknownGroupView = Static<typeof UnknownGroup>;

export const UnknownsQuery = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 5000,
        default: 1000,
        description: 'How many of the newest attempts to group.',
      }),
    ),
  },
  { additionalProperties: false },
);
export const UnknownsAnswer = Type.Object({
  object: oneOf(['list']),
  data: Type.Array(UnknownGroup),
  attempts: Type.Integer(),
});
export type UnknownsView = Static<typeof UnknownsAnswer>;

export const RouteReportSchema = Type.Object({
  route: Type.String(),
  provider: Type.String(),
  upstream_model: Type.String(),
  weight: Type.Number(),
  priority: Type.Number(),
  max_parallel: nullable('integer', 'Null: no limit.'),
  in_use: Type.Integer({ description: 'Tasks whose attempt is under way on it.' }),
  drained: Type.Boolean(),
  health: oneOf(['closed', 'open', 'half_open'], 'Of the breaker: `open` is cooling down.'),
  open_until: nullable('string', 'When the cool-down is over.'),
});
export type RouteReportView = Static<typeof RouteReportSchema>;
export const RoutesAnswer = Type.Object({ object: oneOf(['list']), data: Type.Array(RouteReportSchema) });

export const DrainRequest = Type.Object(
  {
    route: Type.String({ minLength: 1, description: 'As `GET /operator/v1/routes` names it.' }),
    drained: Type.Boolean({
      description: 'True takes the route out: no new attempts, what is under way goes on.',
    }),
  },
  { additionalProperties: false },
);

export type OperatorRow = Omit<RouteRow, 'auth' | 'group'>;

const JSON_TYPE = 'application/json';
const decision = {
  type: JSON_TYPE,
  schema: OperatorDecision,
  description: 'The decision as it is now.',
} as const;

export const OPERATOR_ROUTES = [
  {
    id: 'operatorTask',
    method: 'GET',
    path: '/operator/v1/tasks/{id}',
    summary:
      'The timeline of any task: every attempt with its evidence, the rule that decided, and what followed.',
    params: TaskParams,
    answer: { type: JSON_TYPE, schema: OperatorTask, description: 'The task as the gateway knows it.' },
    errors: ['invalid_parameters', 'resource_not_found', 'service_error', 'service_unavailable'],
  },
  {
    id: 'operatorUnknowns',
    method: 'GET',
    path: '/operator/v1/unknowns',
    summary:
      'Evidence no rule matched, grouped by provider, phase, status and shape, so that the missing rule can be written.',
    query: UnknownsQuery,
    answer: { type: JSON_TYPE, schema: UnknownsAnswer, description: 'The largest group first.' },
    errors: ['invalid_parameters', 'service_error', 'service_unavailable'],
  },
  {
    id: 'operatorRoutes',
    method: 'GET',
    path: '/operator/v1/routes',
    summary: 'Every route: health, how many tasks use it, whether it is drained.',
    answer: {
      type: JSON_TYPE,
      schema: RoutesAnswer,
      description: 'All routes, in the order of the configuration.',
    },
    errors: ['service_error', 'service_unavailable'],
  },
  {
    id: 'operatorDrain',
    method: 'POST',
    path: '/operator/v1/routes',
    summary: 'Take a route out of use, or put it back. Lasts until the gateway restarts.',
    body: DrainRequest,
    answer: { type: JSON_TYPE, schema: RouteReportSchema, description: 'The route as it is now.' },
    errors: [
      'invalid_parameters',
      'resource_not_found',
      'request_too_large',
      'service_error',
      'service_unavailable',
    ],
  },
  {
    id: 'operatorModeration',
    method: 'GET',
    path: '/operator/v1/moderation',
    summary: 'Which detectors look at what, and whether videos are looked at.',
    answer: { type: JSON_TYPE, schema: OperatorModeration, description: 'What moderation can see.' },
    errors: ['service_error', 'service_unavailable'],
  },
  {
    id: 'operatorDecisions',
    method: 'GET',
    path: '/operator/v1/decisions',
    summary:
      'What moderation blocked or reported, the newest first. Kept 30 days, and as long as it is overruled.',
    query: DecisionsQuery,
    answer: {
      type: JSON_TYPE,
      schema: DecisionsAnswer,
      description: 'Decisions, without what was looked at.',
    },
    errors: ['invalid_parameters', 'service_error', 'service_unavailable'],
  },
  {
    id: 'operatorDecision',
    method: 'GET',
    path: '/operator/v1/decisions/{id}',
    summary: 'The decision behind the `decision_id` of an error: category, score, rule, place, key and task.',
    params: DecisionParams,
    answer: decision,
    errors: ['resource_not_found', 'service_error', 'service_unavailable'],
  },
  {
    id: 'operatorOverrule',
    method: 'POST',
    path: '/operator/v1/decisions/{id}/overrule',
    summary:
      'Let findings like the one that decided pass for a key from now on. The task stays failed: its client sends it again.',
    params: DecisionParams,
    body: OverruleRequest,
    answer: decision,
    errors: [
      'invalid_parameters',
      'forbidden',
      'resource_not_found',
      'request_too_large',
      'service_error',
      'service_unavailable',
    ],
  },
  {
    id: 'operatorUndoOverrule',
    method: 'DELETE',
    path: '/operator/v1/decisions/{id}/overrule',
    summary: 'Take an overrule back: findings like that one are blocked again.',
    params: DecisionParams,
    query: OverruleQuery,
    answer: decision,
    errors: [
      'invalid_parameters',
      'resource_not_found',
      'request_too_large',
      'service_error',
      'service_unavailable',
    ],
  },
] as const satisfies readonly OperatorRow[];

export type OperatorRouteId = (typeof OPERATOR_ROUTES)[number]['id'];

/** Where a provider says that a job of a task has changed; the token is made by the gateway. Answers 204 or 404, nothing else. */
export const HOOK_PATH = '/hooks/{task_id}/{token}';
