import type { ErrorCode, RetryAdvice } from './codes.ts';

/** A change `auto_fix` could have made. */
export interface Fix {
  readonly op: 'orient' | 'convert' | 'resize' | 'crop' | 'pad' | 'compress' | 'truncate_prompt';
  readonly param: string;
  readonly to: string;
}

/** The error object of the wire (contract.md 3), whole. */
export interface ErrorObject {
  readonly code: ErrorCode;
  readonly message: string;
  readonly type: string;
  readonly subtype: string | null;
  readonly retry: RetryAdvice;
  readonly param: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly issues?: readonly ErrorObject[];
  readonly fixes?: readonly Fix[];
  readonly docs_url: string;
  readonly request_id: string | null;
  readonly suggestion: string;
  readonly fallback_suggestion: string;
}
