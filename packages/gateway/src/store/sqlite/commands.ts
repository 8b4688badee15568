/**
 * What the main thread asks of the writer thread, and what it is told. Nothing here is a class or a nested record: JSON columns
 * travel as the strings they are stored as, so that a message is cheap to clone and the writer parses nothing.
 */
import type { StoredDecision, StoredOverrule } from '../decisions.ts';
import type { Admission, AdmissionOutcome, Fence } from '../store.ts';
import type { UploadAdmission, UploadRecord } from '../uploads.ts';

export interface AdmitCommand {
  readonly kind: 'admit';
  readonly task: Omit<Admission, 'params' | 'metadata' | 'idempotency'>;
  readonly params: string;
  readonly metadata: string;
  readonly idempotency: Admission['idempotency'];
}

/** The columns that one kind of change writes. Few statements, each touching only the indexes it must. */
export type TaskWrite =
  | {
      readonly kind: 'prepared';
      readonly step: string;
      readonly params: string;
      readonly inputs: string;
      readonly repairs: string;
    }
  | {
      readonly kind: 'begun';
      readonly step: string;
      readonly status: string;
      readonly startedAt: number | null;
      readonly attempts: string;
      readonly handle: string;
    }
  | {
      readonly kind: 'moved';
      readonly step: string;
      readonly attempts: string;
      readonly handle: string;
      readonly outputs: string;
      readonly reconcileUntil: number | null;
    }
  | { readonly kind: 'progressed'; readonly progress: number }
  | FinishWrite;

export interface FinishWrite {
  readonly kind: 'finished';
  readonly status: string;
  readonly progress: number;
  readonly finishedAt: number | null;
  readonly attempts: string;
  readonly results: string;
  readonly error: string;
  readonly errorCode: string | null;
  readonly creditsUsed: number;
}

/** What a change writes into the attempt's own row, in the same transaction. */
export type AttemptWrite =
  | {
      readonly kind: 'begun';
      readonly number: number;
      readonly route: string;
      readonly idempotencyKey: string;
      readonly at: number;
    }
  | { readonly kind: 'accepted'; readonly number: number; readonly handle: string }
  | {
      readonly kind: 'ended';
      readonly number: number;
      readonly state: string;
      readonly code: string | null;
      readonly evidence: string;
      readonly verdict: string;
      readonly at: number;
    };

export interface CommitCommand {
  readonly kind: 'commit';
  readonly fence: Fence;
  readonly write: TaskWrite;
  readonly attempt: AttemptWrite | null;
}

export interface CreateKeyCommand {
  readonly kind: 'create_key';
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly secretHash: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly creditLimit: number | null;
}

export type Command =
  | AdmitCommand
  | CommitCommand
  | {
      readonly kind: 'cancel';
      readonly accountId: string;
      readonly taskId: string;
      readonly error: string;
      readonly errorCode: string;
      readonly at: number;
    }
  | { readonly kind: 'heartbeat'; readonly node: string; readonly aliveUntil: number }
  | { readonly kind: 'take_over'; readonly node: string; readonly now: number; readonly limit: number }
  | { readonly kind: 'retire'; readonly node: string }
  | { readonly kind: 'ensure_account'; readonly accountId: string; readonly grant: number }
  | { readonly kind: 'grant'; readonly accountId: string; readonly amount: number }
  | CreateKeyCommand
  | { readonly kind: 'disable_key'; readonly keyId: string; readonly at: number }
  | { readonly kind: 'keep_secret'; readonly name: string; readonly value: Uint8Array }
  | {
      readonly kind: 'sweep';
      /** Candidates, as the main thread read them. */
      readonly taskIds: readonly string[];
      readonly before: number;
      readonly now: number;
      readonly limit: number;
    }
  | { readonly kind: 'record_late'; readonly taskId: string; readonly number: number; readonly late: string }
  | { readonly kind: 'admit_upload'; readonly upload: UploadRecord; readonly maxFiles: number }
  | {
      readonly kind: 'remove_upload';
      readonly accountId: string;
      readonly uploadId: string;
      readonly now: number;
    }
  | { readonly kind: 'sweep_uploads'; readonly now: number; readonly limit: number }
  | { readonly kind: 'record_decision'; readonly decision: StoredDecision }
  | { readonly kind: 'add_overrule'; readonly overrule: StoredOverrule }
  | { readonly kind: 'remove_overrules'; readonly decisionId: string; readonly keyId: string | null }
  | { readonly kind: 'sweep_decisions'; readonly before: number; readonly limit: number }
  | { readonly kind: 'ping' };

type AdmitResult =
  | { readonly kind: 'created' }
  | { readonly kind: 'replayed'; readonly taskId: string }
  | Extract<AdmissionOutcome, { kind: 'conflict' | 'insufficient_credits' }>;

/** What each kind of command results in. */
export interface Results {
  readonly admit: AdmitResult;
  readonly commit:
    | { readonly kind: 'committed'; readonly cancelRequestedAt: number | null }
    | { readonly kind: 'fenced' };
  readonly cancel: 'cancelled' | 'requested' | 'final' | 'absent';
  readonly heartbeat: null;
  /** Ids, oldest first. */
  readonly take_over: readonly string[];
  readonly retire: null;
  readonly ensure_account: null;
  readonly grant: boolean;
  readonly create_key: null;
  readonly disable_key: boolean;
  readonly keep_secret: null;
  /** The ids that were really removed. */
  readonly sweep: readonly string[];
  readonly record_late: boolean;
  readonly admit_upload: UploadAdmission;
  readonly remove_upload: UploadRecord | null;
  readonly sweep_uploads: readonly UploadRecord[];
  readonly record_decision: null;
  readonly add_overrule: boolean;
  readonly remove_overrules: number;
  readonly sweep_decisions: number;
  readonly ping: null;
}

/** What the writer posts back for each command of a group, in order, after the group is on disk. */
export type Answer =
  | { readonly ok: true; readonly result: Results[Command['kind']] }
  | {
      readonly ok: false;
      /** `refused`: this command alone broke a law of the schema. `unavailable`: the disk or the file would not take it. */
      readonly why: 'refused' | 'unavailable';
      readonly message: string;
    };
