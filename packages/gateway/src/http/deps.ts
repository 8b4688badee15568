/** What the HTTP room needs of the others; all of it is given, nothing is reached for. */
import type { TaskCode } from '@sluice/errors';
import type { RehearsalView } from '@sluice/protocol';
import type { Logger } from 'pino';
import type { Catalog } from '../catalog/model.ts';
import type { Clock } from '../clock.ts';
import type { EventHub } from '../engine/events.ts';
import type { Routing } from '../engine/routing.ts';
import type { FileStore } from '../files/files.ts';
import type { Links } from '../files/links.ts';
import type { Intake } from '../intake/intake.ts';
import type { Decisions } from '../moderation/decisions.ts';
import type { Detector } from '../moderation/detector.ts';
import type { VideoWatch } from '../moderation/frames/video.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { KeyRecord, Millis } from '../store/records.ts';
import type { CancelRequestOutcome, Store } from '../store/store.ts';
import type { Uploads } from '../uploads/uploads.ts';

export interface HttpDeps {
  readonly store: Store;
  readonly intake: Intake;
  readonly engine: {
    cancel(accountId: string, taskId: string): Promise<CancelRequestOutcome>;
    readonly routing: Pick<Routing, 'report' | 'setDrained'>;
  };
  /** Hex SHA-256 of the operator's key; null closes the operator's calls to everybody. */
  readonly operatorKeyHash: string | null;
  readonly hooks: ProviderHooks;
  /** What moderation decided, for the operator. */
  readonly decisions: Decisions;
  /** What moderation can see, likewise. */
  readonly sight: {
    readonly detectors: readonly Pick<Detector, 'name' | 'looksAt'>[];
    readonly videos: VideoWatch;
  };
  readonly events: EventHub;
  readonly catalog: Catalog;
  readonly links: Links;
  readonly files: FileStore;
  readonly uploads: Uploads;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** The words that make the studio fail, for the dictionary. */
  readonly rehearsals: readonly Rehearsal[];
  /** Without a slash at the end. Asked late: the port is known only once the server listens. */
  publicUrl(): string;
  /** True from the moment the process was asked to stop: no new tasks are taken. */
  draining(): boolean;
  /** At least 12 characters of a-z0-9. */
  randomId(): string;
  readonly retention: { readonly linksMs: Millis; readonly tasksMs: Millis };
  readonly limits?: HttpLimits;
}

/** Calls of providers that say that a job has changed. */
export interface ProviderHooks {
  /** Whether the address is one the gateway gave out for this task. Cheap: asked before the body is read. */
  genuine(taskId: string, token: string): boolean;
  /** True where the provider really sent it; then the task has been woken. */
  accept(
    taskId: string,
    token: string,
    call: { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array },
  ): Promise<boolean>;
}

/** A rehearsal as the studio tells it. */
export interface Rehearsal extends Pick<RehearsalView, 'words' | 'stage' | 'description'> {
  readonly ends_in: { readonly code: TaskCode; readonly subtype: string | null } | 'completed';
}

export interface HttpLimits {
  /** Of a request's body; it may hold media as `data:` URLs. */
  readonly bodyBytes: number;
  /** Of the request line and all headers. */
  readonly headerBytes: number;
  /** Until all headers have arrived. */
  readonly headersMs: Millis;
  /** Until the whole request has arrived. */
  readonly requestMs: Millis;
  /** How long an idle connection is kept. */
  readonly keepAliveMs: Millis;
  /** How long a reader of events may take nothing before the connection is closed. */
  readonly slowReaderMs: Millis;
}

export const DEFAULT_LIMITS: HttpLimits = {
  bodyBytes: 64 * 1024 * 1024,
  headerBytes: 16 * 1024,
  headersMs: 20_000,
  requestMs: 300_000,
  keepAliveMs: 72_000,
  slowReaderMs: 60_000,
};

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `auth.ts`; null on routes that need no key. */
    apiKey: KeyRecord | null;
    /** When it arrived, by the monotonic clock; milliseconds. */
    startedAt: number;
  }
  interface FastifyContextConfig {
    /** Id of the route's row. */
    row?: string;
  }
}
