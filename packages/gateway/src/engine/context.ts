import type { Logger } from 'pino';
import type { Catalog, MediaKind, ModelDefinition } from '../catalog/model.ts';
import type { Clock } from '../clock.ts';
import type { FileStore } from '../files/files.ts';
import type { JsonObject } from '../json.ts';
import type { TakeOverOutcome } from '../media/results.ts';
import type { Repair, StoredInput, StoredResult, TaskRecord } from '../store/records.ts';
import type { Store, TaskChange } from '../store/store.ts';
import type { OutputSource, UpstreamAdapter } from '../upstream/adapter.ts';
import type { EventHub } from './events.ts';
import type { RouteAtHand, Routing } from './routing.ts';
import type { Run } from './run.ts';

/** The configuration's `engine` section. */
export interface EngineSettings {
  /** Tasks that may be in prepare or submit at once. */
  readonly parallelSubmits: number;
  /** How long an unknown submit is asked after before the task fails. */
  readonly reconcileWindowMs: number;
  /** Between two polls of one task, where the upstream suggests nothing. */
  readonly pollIntervalMs: number;
  /** How long a shutdown waits for calls under way. */
  readonly drainMs: number;
  readonly maxAttempts: number;
}

export interface TakeOverRequest {
  readonly kind: MediaKind;
  readonly key: string;
  /** The adapter's name, for the evidence of a download that fails. */
  readonly provider: string;
  readonly signal: AbortSignal;
}

/** What the media room does for the engine. */
export interface MediaDoor {
  /** Fetches, checks and keeps a task's inputs. Throws TaskError. */
  prepare(
    task: TaskRecord,
    model: ModelDefinition,
    signal: AbortSignal,
  ): Promise<{ inputs: readonly StoredInput[]; params: JsonObject; repairs: readonly Repair[] }>;
  /** Verifies that an output really is media of the kind and keeps it under `key`. */
  takeOver(source: OutputSource, options: TakeOverRequest): Promise<TakeOverOutcome>;
}

/** What the moderation room does for the engine. Both raise `content_policy_violation` (or `service_unavailable`). */
export interface ModerationDoor {
  /** Of what the client sent, before anything is paid. Null: it may go on; else look again after so many milliseconds. */
  checkInput(task: TaskRecord, inputs: readonly StoredInput[], signal: AbortSignal): Promise<number | null>;
  /** Of what was made, before anybody gets it. */
  checkOutput(
    task: TaskRecord,
    results: readonly StoredResult[],
    signal: AbortSignal,
  ): Promise<number | null>;
}

export interface EngineDeps {
  readonly node: string;
  readonly store: Store;
  readonly files: FileStore;
  readonly media: MediaDoor;
  readonly moderation: ModerationDoor;
  readonly catalog: Catalog;
  readonly adapters: ReadonlyMap<string, UpstreamAdapter>;
  readonly events: EventHub;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Where an upstream may say that a task's job has changed; null where the gateway cannot be reached from outside. */
  webhookUrl(taskId: string): string | null;
  readonly settings: EngineSettings;
}

/** What a step works with: the collaborators, and the only way to change a task. */
export interface StepContext extends EngineDeps {
  /**
   * Writes a change under the run's fence, trying again while the store cannot write, and tells the listeners. Null when the
   * fence did not hold: the task is no longer this run's, and the step must let go of it.
   */
  commit(run: Run, change: TaskChange): Promise<TaskRecord | null>;
  /** The route of the run's current attempt; null where the configuration no longer has it. */
  routeOf(run: Run): RouteAtHand | null;
  readonly routing: Routing;
  /** Aborted when the engine stops. */
  readonly stopping: AbortSignal;
}
