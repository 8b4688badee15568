/**
 * Every call of the gateway, one row each. The server registers its routes from this table, OpenAPI and the docs page are
 * made from it, and the client's calls are typed by the same schemas. A call that is not here does not exist.
 */
import type { ErrorCode } from '@sluice/errors';
import type { TSchema } from 'typebox';
import { CreditsSchema } from './credits.ts';
import { DictionaryEntrySchema, DictionaryList, ErrorCodeParams } from './errors.ts';
import { FILE_ROUTES } from './files.ts';
import { ModelList, ModelParams, ModelSchema } from './models.ts';
import { PreflightRequest, PreflightSchema } from './preflight.ts';
import { AudioRequest, ImageRequest, SubmitHeaders, VideoRequest } from './requests.ts';
import { HealthSchema, ResultParams, ResultQuery } from './service.ts';
import {
  BatchAnswer,
  BatchRequest,
  TaskList,
  TaskListQuery,
  TaskParams,
  TaskQueryString,
  TaskSchema,
} from './task.ts';

export type RouteGroup =
  | 'Submit'
  | 'Tasks'
  | 'Results'
  | 'Files'
  | 'Models and credits'
  | 'Errors'
  | 'Service';

export interface RouteRow {
  readonly id: string;
  readonly group: RouteGroup;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `{name}` marks a part of the path that varies. */
  readonly path: string;
  readonly auth: 'key' | 'signature' | 'none';
  readonly summary: string;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly headers?: TSchema;
  readonly body?: TSchema;
  /** Where it is not JSON. */
  readonly bodyType?: string;
  /** Of the 200 answer; its schema where it is JSON. */
  readonly answer: { readonly type: string; readonly schema?: TSchema; readonly description: string };
  /** Every code a refusal of this call can carry. */
  readonly errors: readonly ErrorCode[];
  /** Of a call that refuses in another shape than the contract's error object: that shape, and what each status means. */
  readonly failure?: { readonly schema: TSchema; readonly statuses: Readonly<Record<number, string>> };
}

const ALWAYS = ['service_error', 'service_unavailable'] as const satisfies readonly ErrorCode[];
const KEYED = ['unauthorized', 'forbidden', ...ALWAYS] as const satisfies readonly ErrorCode[];
const SUBMIT = [
  'invalid_parameters',
  'model_not_found',
  'image_processing_error',
  'image_dimension_mismatch',
  'content_policy_violation',
  'quota_exceeded',
  'idempotency_conflict',
  'request_too_large',
  ...KEYED,
] as const satisfies readonly ErrorCode[];

const JSON_TYPE = 'application/json';
const task = { type: JSON_TYPE, schema: TaskSchema, description: 'The task.' } as const;

export const ROUTES = [
  {
    id: 'submitImage',
    group: 'Submit',
    method: 'POST',
    path: '/v1/images/generations',
    auth: 'key',
    summary: 'Make or edit images. Answers once the task is durable.',
    headers: SubmitHeaders,
    body: ImageRequest,
    answer: task,
    errors: SUBMIT,
  },
  {
    id: 'submitVideo',
    group: 'Submit',
    method: 'POST',
    path: '/v1/videos/generations',
    auth: 'key',
    summary: 'Make a video. Answers once the task is durable.',
    headers: SubmitHeaders,
    body: VideoRequest,
    answer: task,
    errors: SUBMIT,
  },
  {
    id: 'submitAudio',
    group: 'Submit',
    method: 'POST',
    path: '/v1/audios/generations',
    auth: 'key',
    summary: 'Make music or speech. Answers once the task is durable.',
    headers: SubmitHeaders,
    body: AudioRequest,
    answer: task,
    errors: SUBMIT,
  },
  {
    id: 'preflight',
    group: 'Submit',
    method: 'POST',
    path: '/v1/preflight',
    auth: 'key',
    summary:
      'Check a request without making a task: takes the body of any submit, fetches and looks into its inputs, moderates its words and pictures, keeps and spends nothing.',
    body: PreflightRequest,
    answer: {
      type: JSON_TYPE,
      schema: PreflightSchema,
      description:
        'Always 200 where something can be said about the request; what is wrong with it is in `issues`.',
    },
    errors: ['invalid_parameters', 'request_too_large', 'quota_exceeded', ...KEYED],
  },
  {
    id: 'getTask',
    group: 'Tasks',
    method: 'GET',
    path: '/v1/tasks/{id}',
    auth: 'key',
    summary: "One task. Another account's task is not found, like one that never was.",
    params: TaskParams,
    query: TaskQueryString,
    answer: task,
    errors: ['invalid_parameters', 'resource_not_found', ...KEYED],
  },
  {
    id: 'listTasks',
    group: 'Tasks',
    method: 'GET',
    path: '/v1/tasks',
    auth: 'key',
    summary: "The account's tasks, newest first.",
    query: TaskListQuery,
    answer: { type: JSON_TYPE, schema: TaskList, description: 'One page.' },
    errors: ['invalid_parameters', ...KEYED],
  },
  {
    id: 'batchTasks',
    group: 'Tasks',
    method: 'POST',
    path: '/v1/tasks/batch',
    auth: 'key',
    summary: 'Up to 50 tasks by their ids, in one call.',
    body: BatchRequest,
    answer: { type: JSON_TYPE, schema: BatchAnswer, description: 'Those that are yours.' },
    errors: ['invalid_parameters', 'request_too_large', ...KEYED],
  },
  {
    id: 'cancelTask',
    group: 'Tasks',
    method: 'POST',
    path: '/v1/tasks/{id}/cancel',
    auth: 'key',
    summary: 'Stop a task. A pending one ends at once; of a processing one the generator is asked to stop.',
    params: TaskParams,
    answer: task,
    errors: [
      'invalid_parameters',
      'resource_not_found',
      'task_not_cancellable',
      'request_too_large',
      ...KEYED,
    ],
  },
  {
    id: 'taskEvents',
    group: 'Tasks',
    method: 'GET',
    path: '/v1/tasks/{id}/events',
    auth: 'key',
    summary: 'The task now and after each change, as server-sent events, until it is final.',
    params: TaskParams,
    answer: {
      type: 'text/event-stream',
      description:
        'Events named `task`; `id` is the version of the task, `data` the task. 204 when `Last-Event-ID` was the last there is.',
    },
    errors: ['invalid_parameters', 'resource_not_found', ...KEYED],
  },
  {
    id: 'getResult',
    group: 'Results',
    method: 'GET',
    path: '/r/{taskId}/{fileName}',
    auth: 'signature',
    summary:
      'The file behind a link of `results`. Takes single byte ranges; `?download=1` makes a browser save it.',
    params: ResultParams,
    query: ResultQuery,
    answer: {
      type: '*/*',
      description: 'The bytes, with the `ETag` of their SHA-256. 206 for a range, 304 when unchanged.',
    },
    errors: ['invalid_parameters', 'resource_not_found', ...ALWAYS],
  },
  ...FILE_ROUTES,
  {
    id: 'listModels',
    group: 'Models and credits',
    method: 'GET',
    path: '/v1/models',
    auth: 'key',
    summary: 'Every model, what it takes and what it costs.',
    answer: { type: JSON_TYPE, schema: ModelList, description: 'All of them.' },
    errors: KEYED,
  },
  {
    id: 'getModel',
    group: 'Models and credits',
    method: 'GET',
    path: '/v1/models/{id}',
    auth: 'key',
    summary: 'One model.',
    params: ModelParams,
    answer: { type: JSON_TYPE, schema: ModelSchema, description: 'The model.' },
    errors: ['model_not_found', ...KEYED],
  },
  {
    id: 'getCredits',
    group: 'Models and credits',
    method: 'GET',
    path: '/v1/credits',
    auth: 'key',
    summary: 'What the key and its account have left to spend.',
    answer: { type: JSON_TYPE, schema: CreditsSchema, description: 'Credits.' },
    errors: KEYED,
  },
  {
    id: 'listErrors',
    group: 'Errors',
    method: 'GET',
    path: '/v1/errors',
    auth: 'none',
    summary: 'The whole dictionary of error codes, with the words that rehearse each of them.',
    answer: { type: JSON_TYPE, schema: DictionaryList, description: 'One entry a code.' },
    errors: ALWAYS,
  },
  {
    id: 'getError',
    group: 'Errors',
    method: 'GET',
    path: '/v1/errors/{code}',
    auth: 'none',
    summary: 'One error code: causes, solutions, sub-types, retry advice.',
    params: ErrorCodeParams,
    answer: { type: JSON_TYPE, schema: DictionaryEntrySchema, description: 'The entry.' },
    errors: ['resource_not_found', ...ALWAYS],
  },
  {
    id: 'health',
    group: 'Service',
    method: 'GET',
    path: '/healthz',
    auth: 'none',
    summary: 'Liveness: the process answers.',
    answer: { type: JSON_TYPE, schema: HealthSchema, description: 'It is alive.' },
    errors: ['service_error'],
  },
  {
    id: 'readiness',
    group: 'Service',
    method: 'GET',
    path: '/readyz',
    auth: 'none',
    summary: 'Readiness: the store can read and write, and the server is not shutting down.',
    answer: { type: JSON_TYPE, schema: HealthSchema, description: 'It takes work.' },
    errors: ALWAYS,
  },
  {
    id: 'metrics',
    group: 'Service',
    method: 'GET',
    path: '/metrics',
    auth: 'none',
    summary: 'Metrics for Prometheus.',
    answer: { type: 'text/plain', description: 'The Prometheus text format.' },
    errors: ['service_error'],
  },
  {
    id: 'openapi',
    group: 'Service',
    method: 'GET',
    path: '/openapi.json',
    auth: 'none',
    summary: 'This API as an OpenAPI 3.1 document.',
    answer: { type: JSON_TYPE, description: 'OpenAPI 3.1.' },
    errors: ['service_error'],
  },
  {
    id: 'docs',
    group: 'Service',
    method: 'GET',
    path: '/docs',
    auth: 'none',
    summary: 'This API as a page to read.',
    answer: { type: 'text/html', description: 'A page that needs nothing else from the network.' },
    errors: ['service_error'],
  },
  {
    id: 'docsErrors',
    group: 'Service',
    method: 'GET',
    path: '/docs/errors',
    auth: 'none',
    summary: 'The error codes as a page to read; `docs_url` of an error points into it.',
    answer: { type: 'text/html', description: 'A page that needs nothing else from the network.' },
    errors: ['service_error'],
  },
] as const satisfies readonly RouteRow[];

export type RouteId = (typeof ROUTES)[number]['id'];
