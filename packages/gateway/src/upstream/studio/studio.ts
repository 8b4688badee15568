/**
 * The built-in studio: an upstream that needs no network and no key. Read this first.
 *
 * It is built as a company's render service would be, and lives in this process: `models.ts` is what it offers, `wire.ts` what
 * it takes and sends, `service.ts` its server, `jobs.ts` and `job-folder.ts` its memory, `render/` its machines, `rehearsal.ts`
 * the magic words that make it fail on purpose. `adapter.ts` is the gateway's side and meets the rest only through the wire.
 */
import type { Clock } from '../../clock.ts';
import type { UpstreamAdapter } from '../adapter.ts';
import { createStudioAdapter } from './adapter.ts';
import type { StudioLog } from './jobs.ts';
import { createRenderer } from './render/renderer.ts';
import { createService } from './service.ts';

export interface StudioConfig {
  /** Where the jobs are kept. One process at a time may use it. */
  readonly folder: string;
  /** Threads that render at the same time. */
  readonly workers: number;
  readonly clock: Clock;
  readonly log?: StudioLog;
}

/** About half an hour of pictures on one thread: what comes later would only wait for its deadline. */
const LONGEST_QUEUE = 1_000;

const SILENT: StudioLog = { warn() {}, error() {} };

export function createStudio({ folder, workers, clock, log = SILENT }: StudioConfig): UpstreamAdapter {
  const renderer = createRenderer({ workers, log });
  return createStudioAdapter(createService({ folder, renderer, clock, log, longestQueue: LONGEST_QUEUE }));
}
