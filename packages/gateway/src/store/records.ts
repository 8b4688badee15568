/** The rows of the store, as everyone outside it sees them. Records are frozen: a changed row is a new object. */
import type { ErrorObject, Evidence, TaskCode, Verdict } from '@sluice/errors';
import type { MediaKind, MediaParam, MilliCredits, TaskType } from '../catalog/model.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { OutputRef } from '../upstream/adapter.ts';

export type { MilliCredits } from '../catalog/model.ts';

/** Milliseconds since 1970. */
export type Millis = number;

export type TaskStatus = 'pending' | 'processing' | 'completed' | 'failed';

/**
 * Where a task stands. `prepare` and `submit` before the first attempt are `pending` to a client, everything up to `done` after
 * it is `processing`.
 *
 *   prepare -> submit -> watch -> collect -> done
 *                 |        `-> submit (another attempt)
 *                 `-> reconcile -> watch | submit | done      (the answer to a submit was lost)
 *
 * Any step may go to `done` (failed, cancelled, past its deadline).
 */
export type TaskStep = 'prepare' | 'submit' | 'watch' | 'collect' | 'reconcile' | 'done';

/**
 * `open`: written before the paid call, answer not yet recorded (after a crash this means unknown).
 * `unknown`: the answer was lost. The other states are what became of it.
 */
export type AttemptState =
  | 'open'
  | 'accepted'
  | 'unknown'
  | 'rejected'
  | 'failed'
  | 'succeeded'
  | 'cancelled'
  | 'abandoned';

/** The part of an attempt that lives in the task's own row: enough for a client's view and for resuming. */
export interface AttemptSummary {
  readonly number: number;
  /** Route id; for the operator only. */
  readonly route: string;
  readonly state: AttemptState;
  readonly code: TaskCode | null;
  readonly startedAt: Millis;
}

/** An attempt with all that was said: the operator's record. */
export interface AttemptRecord extends AttemptSummary {
  readonly taskId: string;
  readonly idempotencyKey: string;
  readonly handle: JsonValue;
  readonly evidence: Evidence | null;
  readonly verdict: Verdict | null;
  readonly endedAt: Millis | null;
  readonly late: LateOutcome | null;
}

/** What became of a job after its task had ended without it. Never changes the task, and never costs its account anything. */
export interface LateOutcome {
  readonly at: Millis;
  readonly outcome: 'completed' | 'failed';
  /** Kept for the operator as long as the task is. */
  readonly results: readonly StoredResult[];
}

/** An input after fetching and checking, as kept in the file store. */
export interface StoredInput {
  readonly param: MediaParam;
  readonly index: number;
  readonly kind: MediaKind;
  readonly fileKey: string;
  readonly mimeType: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly seconds: number | null;
}

/** An output that is yet to be verified; `kept` ones came in the upstream's own answer and wait in the file store. */
export type PendingOutput =
  | OutputRef
  | { readonly kind: 'kept'; readonly fileKey: string; readonly mimeType: string | null };

export interface StoredResult {
  readonly kind: MediaKind;
  readonly fileKey: string;
  /** Last part of the link, `task-unified-...-1.mp4`. */
  readonly fileName: string;
  readonly mimeType: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly width: number | null;
  readonly height: number | null;
  /** Seconds. */
  readonly duration: number | null;
}

export interface Repair {
  readonly op: string;
  readonly param: string;
  readonly from: string;
  readonly to: string;
}

export interface TaskRecord {
  readonly id: string;
  readonly accountId: string;
  readonly keyId: string;
  readonly requestId: string;
  readonly type: TaskType;
  readonly model: string;
  /** Validated, defaults applied. Inline media have become `sluice-file:<key>` references. */
  readonly params: JsonObject;
  readonly metadata: Readonly<Record<string, string>>;
  readonly status: TaskStatus;
  readonly step: TaskStep;
  /** Grows by one with every change; half of the fence. */
  readonly version: number;
  /** The node that holds the lease; the other half of the fence. Null once done, or while nobody holds it. */
  readonly owner: string | null;
  /** 0 to 100, never falls, 100 only when completed. */
  readonly progress: number;
  readonly createdAt: Millis;
  readonly deadlineAt: Millis;
  /** When the first attempt began; what came before was queueing. */
  readonly startedAt: Millis | null;
  readonly finishedAt: Millis | null;
  /** A cancel call came while processing. */
  readonly cancelRequestedAt: Millis | null;
  readonly estimateSeconds: number;
  readonly billingRule: string;
  readonly creditsReserved: MilliCredits;
  readonly creditsUsed: MilliCredits;
  readonly attempts: readonly AttemptSummary[];
  readonly inputs: readonly StoredInput[];
  readonly repairs: readonly Repair[];
  /** Of the current attempt, once accepted. */
  readonly handle: JsonValue;
  /** In step `collect`: what the upstream made, not yet taken over. */
  readonly outputs: readonly PendingOutput[];
  /** In step `reconcile`: when to stop asking. */
  readonly reconcileUntil: Millis | null;
  readonly results: readonly StoredResult[];
  readonly error: ErrorObject | null;
}

export interface AccountBalance {
  readonly granted: MilliCredits;
  readonly remaining: MilliCredits;
  readonly reserved: MilliCredits;
  readonly used: MilliCredits;
}

export interface KeyRecord {
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly createdAt: Millis;
  readonly disabledAt: Millis | null;
  readonly expiresAt: Millis | null;
  /** The key's own budget; null means only the account's balance counts. */
  readonly creditLimit: MilliCredits | null;
  readonly creditsReserved: MilliCredits;
  readonly creditsUsed: MilliCredits;
}
