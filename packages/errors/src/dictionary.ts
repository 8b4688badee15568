/** The table as `GET /v1/errors` gives it: plain JSON, one entry a code. */
import {
  ERROR_CODES,
  type ErrorCode,
  type ErrorType,
  errorTypeOf,
  headlineOf,
  httpStatusOf,
  type RetryAdvice,
  retryAdvice,
  rowOf,
  subtypesOf,
  tipOf,
} from './codes.ts';
import { docsUrlOf } from './task-error.ts';

export interface DictionarySubtype {
  readonly subtype: string;
  readonly description: string;
  /** An example of the first line of the message. */
  readonly example: string;
  readonly suggestion: string;
  readonly retry: RetryAdvice;
  readonly http_status: number;
  readonly type: ErrorType;
}

export interface DictionaryEntry {
  readonly code: ErrorCode;
  readonly scope: 'task' | 'request';
  readonly category: 'client' | 'server';
  readonly title: string;
  readonly description: string;
  readonly example: string;
  readonly suggestion: string;
  readonly causes: readonly string[];
  readonly solutions: readonly string[];
  readonly retry: RetryAdvice;
  /** HTTP status of a request refused with it; a sub-type may have its own. */
  readonly http_status: number;
  readonly type: ErrorType;
  readonly subtypes: readonly DictionarySubtype[];
  readonly docs_url: string;
}

/** Every code, in the order of the specification. */
export function dictionary(): readonly DictionaryEntry[] {
  return ERROR_CODES.map(entryOf);
}

export function entryOf(code: ErrorCode): DictionaryEntry {
  const row = rowOf(code);
  return {
    code,
    scope: row.scope,
    category: row.category,
    title: row.title,
    description: row.description,
    example: headlineOf(code, null, row.example),
    suggestion: row.tip,
    causes: row.causes,
    solutions: row.solutions,
    retry: row.retry,
    http_status: row.status,
    type: row.type,
    subtypes: subtypesOf(code).map((subtype) => ({
      subtype,
      description: row.subtypes[subtype]?.description ?? '',
      example: headlineOf(code, subtype, row.subtypes[subtype]?.example),
      suggestion: tipOf(code, subtype),
      retry: retryAdvice(code, subtype),
      http_status: httpStatusOf(code, subtype),
      type: errorTypeOf(code, subtype),
    })),
    docs_url: docsUrlOf(code),
  };
}
