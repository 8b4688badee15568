/**
 * The contract between the engine and an upstream. Read this first.
 *
 * An adapter maps parameters in and states out, and decides nothing: whether to try again, elsewhere or never is the engine's
 * business, from the verdict on the evidence an adapter hands over. It keeps no state that a restart may lose: whatever it
 * needs to ask about a job again goes into the handle, which the engine stores before its next step.
 */
import type { Evidence } from '@sluice/errors';
import type { MediaKind, MediaParam, ParameterMapping, TaskType } from '../catalog/model.ts';
import type { Clock } from '../clock.ts';
import type { JsonObject, JsonValue } from '../json.ts';

/** One input of a task, fetched, checked and kept by the gateway before anything is paid. */
export interface InputMedia {
  readonly param: MediaParam;
  readonly index: number;
  readonly kind: MediaKind;
  readonly mimeType: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly seconds: number | null;
  /** The bytes, from the gateway's own file store. */
  read(): Promise<Uint8Array>;
}

/** One paid try. The same `idempotencyKey` is never used for two attempts. */
export interface SubmitJob {
  readonly taskId: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly type: TaskType;
  /** The route's name for the model. */
  readonly upstreamModel: string;
  /** The client's parameters, validated, defaults applied; media parameters are in `inputs` instead. */
  readonly params: JsonObject;
  readonly inputs: readonly InputMedia[];
  /** The route's own, for adapters whose models each have an input of their own. */
  readonly mapping?: ParameterMapping;
  /** Where the upstream may say that something changed. Polling goes on all the same: a call here only makes it sooner. */
  readonly webhookUrl?: string;
}

/** A call that came to a webhook URL: nothing in it is believed, it only wakes the task. */
export interface WebhookCall {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What an adapter may use of the world. */
export interface CallContext {
  readonly clock: Clock;
  /** Aborted when the engine gives the call up (deadline, shutdown). What was accepted before stays accepted. */
  readonly signal: AbortSignal;
}

/** Where one output is. `file` paths belong to the upstream until `release` is called; `url` is fetched by the gateway's guarded caller. */
export type OutputSource =
  | { readonly kind: 'bytes'; readonly data: Uint8Array; readonly mimeType: string | null }
  | { readonly kind: 'file'; readonly path: string; readonly mimeType: string | null }
  | { readonly kind: 'url'; readonly url: string; readonly mimeType: string | null };

/** Outputs as they can be stored between "the upstream is done" and "we have the bytes": JSON, no bytes. */
export type OutputRef = Exclude<OutputSource, { kind: 'bytes' }>;

export type SubmitOutcome =
  /** The upstream has the job. The handle is all that `poll`, `cancel` and `collect` will get. */
  | { readonly kind: 'accepted'; readonly handle: JsonValue; readonly pollAfterMs?: number }
  /** A synchronous upstream answered with the result itself. */
  | { readonly kind: 'finished'; readonly outputs: readonly OutputSource[] }
  /** Certain: no job exists and nothing is charged. Either the upstream said no, or the bytes never left. */
  | { readonly kind: 'rejected'; readonly evidence: Evidence }
  /** The answer was lost: a job may exist. Never sent again blindly. */
  | { readonly kind: 'unknown'; readonly evidence: Evidence };

export type PollOutcome =
  | { readonly kind: 'running'; readonly progress: number | null; readonly pollAfterMs?: number }
  | { readonly kind: 'finished'; readonly outputs: readonly OutputRef[] }
  | { readonly kind: 'failed'; readonly evidence: Evidence }
  /** The poll itself failed (a 503, a broken connection): says nothing about the job. */
  | { readonly kind: 'unreachable'; readonly evidence: Evidence }
  /** A state this adapter does not know: watched on, alarmed, bounded by the deadline. */
  | { readonly kind: 'unrecognized'; readonly state: string };

export type CancelOutcome =
  | { readonly kind: 'cancelled' }
  /** Asked, but the upstream decides; polling tells. */
  | { readonly kind: 'requested' }
  /** Too late, or the upstream cannot be asked to stop. */
  | { readonly kind: 'not_possible' };

/** What became of a submit whose answer was lost. */
export type LookupOutcome =
  | { readonly kind: 'found'; readonly handle: JsonValue }
  /** Certain that no job came of it: may be submitted again. */
  | { readonly kind: 'absent' }
  /** The upstream could not be asked just now, or cannot tell yet. */
  | { readonly kind: 'undecided' };

export interface UpstreamAdapter {
  /** Chooses the classifier's rules; never shown to a client. */
  readonly provider: string;
  submit(job: SubmitJob, ctx: CallContext): Promise<SubmitOutcome>;
  poll(handle: JsonValue, ctx: CallContext): Promise<PollOutcome>;
  cancel(handle: JsonValue, ctx: CallContext): Promise<CancelOutcome>;
  /** Absent where the upstream offers no way to ask; then an unknown submit waits out its window and fails. */
  lookup?(idempotencyKey: string, ctx: CallContext): Promise<LookupOutcome>;
  /** Whether the upstream really sent it, by its signature. Absent where the upstream signs nothing: then no URL is given out. */
  verifyWebhook?(call: WebhookCall, ctx: CallContext): Promise<boolean>;
  /** Tells the upstream that its outputs were taken over and may go. Best effort; never throws. */
  release?(handle: JsonValue): Promise<void>;
  /** Stops workers and connections. */
  close?(): Promise<void>;
}
