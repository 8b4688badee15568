/**
 * The store's part of moderation: what was decided, and what an operator said shall pass. What was found travels as JSON text: the
 * store keeps it and does not read it. Proved by `conformance/decisions.ts`, like the rest of the port.
 */
import type { Millis } from './records.ts';

export interface StoredDecision {
  readonly id: string;
  /** Null where nothing was submitted yet. The task may be gone before its decision. */
  readonly taskId: string | null;
  readonly accountId: string;
  readonly keyId: string;
  readonly model: string;
  readonly stage: string;
  /** JSON, as are the next two. */
  readonly findings: string;
  readonly failures: string;
  readonly verdict: string;
  readonly at: Millis;
}

/** Findings of this detector, category and rule pass for the key. */
export interface StoredOverrule {
  readonly keyId: string;
  /** The decision that gave the reason. */
  readonly decisionId: string;
  readonly detector: string;
  readonly category: string;
  readonly rule: string | null;
  /** The id of the operator's key it was made with; null where that was not kept yet. */
  readonly by: string | null;
  readonly at: Millis;
}

export interface DecisionStore {
  recordDecision(decision: StoredDecision): Promise<void>;
  decision(decisionId: string): Promise<StoredDecision | null>;
  /** In the order they were recorded, the last one first. */
  decisions(limit: number): Promise<readonly StoredDecision[]>;
  /** False where there is no such key or no such decision. The same decision overruled again for a key changes nothing. */
  addOverrule(overrule: StoredOverrule): Promise<boolean>;
  /** Takes back what was overruled with this decision, for one key or (null) for all. Resolves to how many there were. */
  removeOverrules(decisionId: string, keyId: string | null): Promise<number>;
  /** Of a key, or those that rest on a decision. Oldest first. */
  overrules(
    of: { readonly keyId: string } | { readonly decisionId: string },
  ): Promise<readonly StoredOverrule[]>;
  /** Removes up to `limit` decisions made before `before`, oldest first, except those on which an overrule rests. Resolves to how many. */
  sweepDecisions(before: Millis, limit: number): Promise<number>;
}
