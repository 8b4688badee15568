/**
 * The studio's renderers. Read this first.
 *
 * A job goes to a worker thread (pool.ts, worker.ts) and becomes files in the job's own folder: pictures (image/), clips (video/)
 * or sound (audio/). Pictures and clips are painted from the same scenes (scene/). Everything follows from the job alone, its
 * prompt and seed above all: no clock and no other randomness is used, so that the same job gives the same bytes.
 *
 * What this is not: an AI model. It reads the prompt for words it knows (scene/words.ts) and leaves the rest to the seed.
 */
import type { RenderedFile, RenderJob } from './job.ts';
import { createPool, type PoolLog } from './pool.ts';

export type {
  AudioFormat,
  AudioJob,
  FailureReason,
  ImageFormat,
  ImageJob,
  InputFile,
  RenderedFile,
  RenderJob,
  VideoJob,
} from './job.ts';
export { RenderFailure } from './job.ts';

export interface RenderOptions {
  /** Stops the work, by ending its thread if needed. The promise rejects with the signal's reason once nothing is written any more. */
  readonly signal: AbortSignal;
  /** Work done of all work, 0 to 100, never falling. */
  onProgress(percent: number): void;
}

export interface Renderer {
  /** Rejects with a `RenderFailure`, or with the signal's reason. Jobs beyond the number of workers wait in order. */
  render(job: RenderJob, options: RenderOptions): Promise<RenderedFile[]>;
  /** Ends all threads; what is unfinished rejects with the reason `closed`. */
  close(): Promise<void>;
}

export interface RendererConfig {
  /** Threads at most. One is started when a job needs it, and ended when it was idle for a while. */
  readonly workers: number;
  readonly log?: PoolLog;
}

export function createRenderer({ workers, log }: RendererConfig): Renderer {
  const pool = createPool<RenderJob, RenderedFile[]>({
    script: new URL('./worker.ts', import.meta.url),
    workers,
    idleMs: 30_000,
    ...(log === undefined ? {} : { log }),
  });
  return {
    render: (job, options) => pool.run(job, options),
    close: () => pool.close(),
  };
}
