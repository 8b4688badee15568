/** OpenAPI 3.1, derived from the route table. Nothing is written here that the table or the error codes do not say. */
import { type ErrorCode, httpStatusOf, rowOf, subtypesOf } from '@sluice/errors';
import type { TSchema } from 'typebox';
import { CreditsSchema } from './credits.ts';
import { DictionaryEntrySchema, ErrorEnvelope, ErrorSchema, RehearsalSchema } from './errors.ts';
import { FileFailure, FileSchema } from './files.ts';
import { ModelSchema } from './models.ts';
import { PreflightSchema } from './preflight.ts';
import { AudioRequest, ImageRequest, VideoRequest } from './requests.ts';
import { ROUTES, type RouteRow } from './routes.ts';
import { BatchRequest, CompletedTask, FailedTask, TaskSchema, UnfinishedTask } from './task.ts';

/** The schemas that others refer to by `$id`. */
export const SHARED_SCHEMAS: readonly TSchema[] = [
  TaskSchema,
  UnfinishedTask,
  CompletedTask,
  FailedTask,
  ErrorSchema,
  ErrorEnvelope,
  DictionaryEntrySchema,
  RehearsalSchema,
  ModelSchema,
  CreditsSchema,
  FileSchema,
  FileFailure,
  ImageRequest,
  VideoRequest,
  AudioRequest,
  BatchRequest,
  PreflightSchema,
];

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type JsonMap = { [key: string]: Json };

export function openApi(info: { readonly serverUrl: string; readonly version: string }): JsonMap {
  const paths: Record<string, JsonMap> = {};
  for (const row of ROUTES)
    paths[row.path] = { ...paths[row.path], [row.method.toLowerCase()]: operation(row) };

  return {
    openapi: '3.1.0',
    info: {
      title: 'Sluice',
      version: info.version,
      description:
        'One API in front of many generators of images, video and audio, with errors that say what to do.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: info.serverUrl }],
    tags: [...new Set(ROUTES.map((row) => row.group))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key of the gateway.' } },
      headers: {
        RequestId: { description: 'The id of this request, for support.', schema: { type: 'string' } },
      },
      schemas: Object.fromEntries(SHARED_SCHEMAS.map((schema) => [idOf(schema), plain(schema)])),
    },
  };
}

function operation(row: RouteRow): JsonMap {
  const parameters = [
    ...parametersOf(row.params, 'path'),
    ...parametersOf(row.query, 'query'),
    ...parametersOf(row.headers, 'header'),
  ];
  return {
    operationId: row.id,
    tags: [row.group],
    summary: row.summary,
    security: row.auth === 'key' ? [{ key: [] }] : [],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(row.body
      ? {
          requestBody: {
            required: true,
            content: { [row.bodyType ?? 'application/json']: { schema: use(row.body) } },
          },
        }
      : {}),
    responses: { '200': success(row), ...refusals(row.errors), ...ownRefusals(row.failure) },
  };
}

function success(row: RouteRow): JsonMap {
  return {
    description: row.answer.description,
    headers: { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } },
    content: { [row.answer.type]: row.answer.schema ? { schema: use(row.answer.schema) } : {} },
  };
}

/** One response a status; its description names the codes that come with it. */
function refusals(codes: readonly ErrorCode[]): JsonMap {
  const byStatus = new Map<number, Set<ErrorCode>>();
  for (const code of codes) {
    for (const subtype of [null, ...subtypesOf(code)]) {
      const status = httpStatusOf(code, subtype);
      byStatus.set(status, (byStatus.get(status) ?? new Set()).add(code));
    }
  }
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, names]) => [
        String(status),
        {
          description: [...names].map((code) => `\`${code}\`: ${rowOf(code).description}`).join('\n\n'),
          headers: { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } },
          content: { 'application/json': { schema: { $ref: '#/components/schemas/ErrorEnvelope' } } },
        },
      ]),
  );
}

/** Those of a call that has an envelope of its own. */
function ownRefusals(failure: RouteRow['failure']): JsonMap {
  if (!failure) return {};
  return Object.fromEntries(
    Object.entries(failure.statuses).map(([status, description]) => [
      status,
      {
        description,
        headers: { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } },
        content: { 'application/json': { schema: use(failure.schema) } },
      },
    ]),
  );
}

function parametersOf(schema: TSchema | undefined, where: 'path' | 'query' | 'header'): JsonMap[] {
  if (!schema) return [];
  const object = plain(schema);
  const required = Array.isArray(object.required) ? object.required : [];
  return Object.entries(isMap(object.properties) ? object.properties : {}).map(([name, property]) => {
    const { description, ...rest } = isMap(property) ? property : {};
    return {
      name,
      in: where,
      required: where === 'path' || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

/** A shared schema by reference, any other in place. */
function use(schema: TSchema): Json {
  const id = idOf(schema);
  return id ? { $ref: `#/components/schemas/${id}` } : plain(schema);
}

/** The name by which others refer to a shared schema; empty where it has none. */
export function idOf(schema: TSchema): string {
  return '$id' in schema && typeof schema.$id === 'string' ? schema.$id : '';
}

/** The schema as plain JSON, its `X#` references turned into component references. */
function plain(schema: TSchema): JsonMap {
  const json: JsonMap = JSON.parse(
    JSON.stringify(schema, (key, value) => {
      if (key === '$id') return undefined;
      return key === '$ref' && typeof value === 'string'
        ? `#/components/schemas/${value.replace('#', '')}`
        : value;
    }),
  );
  return json;
}

function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
