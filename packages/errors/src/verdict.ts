import type { RetryAdvice, TaskCode } from './codes.ts';

/** Whether the upstream objected to what was sent in or to what it had made; `unknown` where it does not say. */
export type VerdictStage = 'input' | 'output' | 'unknown';

/**
 * What a piece of evidence means, from the viewpoint of whoever holds that provider's key.
 * `toClient` turns it into what the gateway's own client is told.
 */
export interface Verdict {
  readonly code: TaskCode;
  readonly subtype: string | null;
  readonly retry: RetryAdvice;
  /** The wait that the evidence itself asks for, in a header or in words; null where `retry` holds the table's own figure. */
  readonly asked_seconds: number | null;
  /** The parameter at fault as a path (`image_urls[1]`), where the evidence names it. */
  readonly param: string | null;
  readonly stage: VerdictStage;
  /** Numbers and names taken from the evidence, units in the names: `{ max_chars: 2000 }`. */
  readonly details: Readonly<Record<string, string | number | boolean>>;
  /** Which rule decided (`fal/type-content-policy`, `http/503`), for the operator. */
  readonly matched_rule: string;
  /** 0 to 1. Below 0.6 another code is about as defensible; then `alternatives` names it. */
  readonly confidence: number;
  readonly alternatives: readonly TaskCode[];
}
