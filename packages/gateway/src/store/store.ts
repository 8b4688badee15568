/**
 * The store's port: every guarantee the gateway makes about durability, money and "one final state, once" is a sentence here,
 * and `conformance.ts` proves each sentence for every engine. Read this first.
 *
 * - When a promise of a write resolves, the change is on disk: a power cut a moment later loses nothing.
 * - A task's row changes only through {@link Store.commit}, fenced by (owner, version): of two writers that read the same
 *   version exactly one wins, and a writer that lost the lease always loses.
 * - A task in step `done` never changes again.
 * - Money moves in the same transaction as the state that moves it. At every commit, for every account,
 *   granted = remaining + reserved + used, and none of the four is negative.
 */
import type { ErrorObject, Evidence, TaskCode, Verdict } from '@sluice/errors';
import type { TaskType } from '../catalog/model.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { DecisionStore } from './decisions.ts';
import type {
  AccountBalance,
  AttemptRecord,
  AttemptState,
  KeyRecord,
  LateOutcome,
  MilliCredits,
  Millis,
  PendingOutput,
  Repair,
  StoredInput,
  StoredResult,
  TaskRecord,
  TaskStatus,
} from './records.ts';
import type { UploadStore } from './uploads.ts';

/** A new task with all that admission decides at once. */
export interface Admission {
  readonly id: string;
  readonly accountId: string;
  readonly keyId: string;
  readonly requestId: string;
  readonly type: TaskType;
  readonly model: string;
  readonly params: JsonObject;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: Millis;
  readonly deadlineAt: Millis;
  readonly estimateSeconds: number;
  readonly billingRule: string;
  readonly creditsReserved: MilliCredits;
  /** The node that admits a task leases it. */
  readonly owner: string;
  readonly idempotency: {
    readonly key: string;
    /** Hex SHA-256 of what makes two requests the same. */
    readonly fingerprint: string;
    readonly expiresAt: Millis;
  } | null;
}

export type AdmissionOutcome =
  | { readonly kind: 'created'; readonly task: TaskRecord }
  /** The same key and fingerprint within its lifetime: the task of then, in its present state. */
  | { readonly kind: 'replayed'; readonly task: TaskRecord }
  /** The same key with another fingerprint. */
  | { readonly kind: 'conflict' }
  | {
      readonly kind: 'insufficient_credits';
      readonly scope: 'account' | 'key';
      readonly required: MilliCredits;
      readonly remaining: MilliCredits;
    };

/** Proof that the writer knows the row as it is and holds its lease. */
export interface Fence {
  readonly taskId: string;
  readonly owner: string;
  readonly version: number;
}

/** How an attempt ended, written with the change that its end causes. */
export interface AttemptEnd {
  readonly number: number;
  readonly state: Exclude<AttemptState, 'open'>;
  readonly code: TaskCode | null;
  readonly evidence: Evidence | null;
  readonly verdict: Verdict | null;
  readonly at: Millis;
}

/** Every change a task can undergo after admission. */
export type TaskChange =
  /** prepare -> submit: inputs are fetched, checked and kept. */
  | {
      readonly kind: 'prepared';
      readonly params: JsonObject;
      readonly inputs: readonly StoredInput[];
      readonly repairs: readonly Repair[];
    }
  /**
   * prepare | submit -> submit, before the paid call: the attempt row, state `open`. The task is `processing` from here on.
   * Straight from prepare where there was nothing to prepare.
   */
  | {
      readonly kind: 'attempt_begun';
      readonly number: number;
      readonly route: string;
      readonly idempotencyKey: string;
      readonly at: Millis;
    }
  /** submit | reconcile -> watch. */
  | { readonly kind: 'attempt_accepted'; readonly number: number; readonly handle: JsonValue }
  /** submit -> reconcile: the answer was lost. */
  | { readonly kind: 'attempt_lost'; readonly end: AttemptEnd; readonly reconcileUntil: Millis }
  /** submit | watch | reconcile | collect -> submit: this attempt is over and another may follow. */
  | { readonly kind: 'attempt_over'; readonly end: AttemptEnd }
  /** In watch. Ignored by the store where it would fall. */
  | { readonly kind: 'progressed'; readonly progress: number }
  /** submit | watch -> collect. */
  | { readonly kind: 'outputs_ready'; readonly outputs: readonly PendingOutput[] }
  /** any -> done: final state, money and (later) callback in one transaction. A failed task's reservation is released in full. */
  | {
      readonly kind: 'completed';
      readonly results: readonly StoredResult[];
      /** At most the reservation; the rest is released. */
      readonly creditsUsed: MilliCredits;
      readonly end: AttemptEnd;
    }
  | {
      readonly kind: 'failed';
      readonly error: ErrorObject;
      readonly at: Millis;
      /** Null where no attempt was under way. */
      readonly end: AttemptEnd | null;
    };

export type CommitOutcome =
  | { readonly kind: 'committed'; readonly task: TaskRecord }
  /** The fence did not hold: somebody else changed or took the task. Nothing was written. */
  | { readonly kind: 'fenced' };

export type CancelRequestOutcome =
  /** It was pending: failed with the given error at once, reservation released. */
  | { readonly kind: 'cancelled'; readonly task: TaskRecord }
  /** It is processing: the wish is recorded (the version does not change) and the holder of the lease acts on it. */
  | { readonly kind: 'requested'; readonly task: TaskRecord }
  | { readonly kind: 'final'; readonly task: TaskRecord }
  | { readonly kind: 'absent' };

export type TaskLookup =
  | { readonly kind: 'found'; readonly task: TaskRecord }
  /** It was this account's and was removed after its retention. */
  | { readonly kind: 'expired' }
  | { readonly kind: 'absent' };

export interface TaskQuery {
  readonly accountId: string;
  readonly statuses: readonly TaskStatus[] | null;
  readonly type: TaskType | null;
  readonly model: string | null;
  readonly errorCode: string | null;
  readonly offset: number;
  readonly limit: number;
}

export interface TaskPage {
  /** Newest first: by creation, then by id, both descending. */
  readonly tasks: readonly TaskRecord[];
  readonly total: number;
}

export interface Store extends UploadStore, DecisionStore {
  /** Idempotency, credits and the task row in one transaction. Two at once with one key give one task. */
  admit(admission: Admission): Promise<AdmissionOutcome>;
  commit(fence: Fence, change: TaskChange): Promise<CommitOutcome>;
  /** `error` is what the task fails with where it is still pending. */
  requestCancel(
    accountId: string,
    taskId: string,
    error: ErrorObject,
    at: Millis,
  ): Promise<CancelRequestOutcome>;

  /** Announces a living node; its leases hold until `aliveUntil` unless renewed. */
  heartbeat(node: string, aliveUntil: Millis): Promise<void>;
  /**
   * Leases up to `limit` unfinished tasks whose owner is no living node to `node`; oldest first. Their versions grow, so the
   * former holder's fence breaks.
   */
  takeOver(node: string, now: Millis, limit: number): Promise<readonly TaskRecord[]>;
  /** Gives up all leases of a node that shuts down, so that another may take over at once. */
  retire(node: string): Promise<void>;

  task(taskId: string): Promise<TaskRecord | null>;
  lookup(accountId: string, taskId: string): Promise<TaskLookup>;
  /** Unknown and foreign ids are left out; the order is that of `taskIds`. */
  tasksById(accountId: string, taskIds: readonly string[]): Promise<readonly TaskRecord[]>;
  list(query: TaskQuery): Promise<TaskPage>;
  attempts(taskId: string): Promise<readonly AttemptRecord[]>;
  /** Attempts that ended as `unknown_error`, newest first: what the classifier has no rule for yet. */
  unclassified(limit: number): Promise<readonly AttemptRecord[]>;
  /** Attempts whose task ended since `since` without knowing what became of them, and of which nothing is known yet; oldest first. */
  leftBehind(since: Millis, limit: number): Promise<readonly AttemptRecord[]>;
  /** Writes down what became of an attempt that was left behind; only the first word counts. False where there is none such. */
  recordLate(taskId: string, number: number, late: LateOutcome): Promise<boolean>;
  /** Unfinished tasks, for the operator's metrics. */
  counts(): Promise<Readonly<Record<TaskStatus, number>>>;

  /** Creates the account with its first grant; an existing one is left as it is. */
  ensureAccount(accountId: string, grant: MilliCredits): Promise<void>;
  balance(accountId: string): Promise<AccountBalance | null>;
  /** Adds credits (or takes unspent ones away; never below zero: resolves false and changes nothing). */
  grant(accountId: string, amount: MilliCredits): Promise<boolean>;
  /** `secretHash` is the hex SHA-256 of the key; the key itself is never stored. */
  createKey(key: {
    readonly id: string;
    readonly accountId: string;
    readonly name: string;
    readonly secretHash: string;
    readonly createdAt: Millis;
    readonly expiresAt: Millis | null;
    readonly creditLimit: MilliCredits | null;
  }): Promise<void>;
  keyByHash(secretHash: string): Promise<KeyRecord | null>;
  keys(accountId: string): Promise<readonly KeyRecord[]>;
  disableKey(keyId: string, at: Millis): Promise<boolean>;

  /** A secret made once per store and kept (link signing). */
  secret(name: string): Promise<Uint8Array>;

  /**
   * Removes up to `limit` final tasks that finished before `before`, and idempotency keys that expired before `now`; leaves a
   * tombstone so that `lookup` can say "expired". Resolves to the removed tasks, whose files the caller then removes.
   */
  sweep(before: Millis, now: Millis, limit: number): Promise<readonly TaskRecord[]>;

  /** Resolves when the store can read and write; rejects otherwise. For readiness. */
  ping(): Promise<void>;
  /** Waits for writes under way, then lets go of everything. */
  close(): Promise<void>;
}
