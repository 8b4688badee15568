/**
 * The studio's jobs: kept on disk (job-folder.ts), rendered in worker threads (render/), held in memory while anybody asks.
 *
 * A job that is on disk but neither over nor in memory was interrupted by a crash. The first question about it starts its
 * rendering again; rendering is deterministic, so nothing is lost and nothing comes out differently.
 */
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Timer } from '../../clock.ts';
import { type JobEnd, type JobFolders, jobIdOf, type StoredJob } from './job-folder.ts';
import { type Rehearsal, readRehearsal } from './rehearsal-prompt.ts';
import { renders } from './rehearsed.ts';
import { type Renderer, RenderFailure } from './render/renderer.ts';
import { renderJobOf } from './render-job.ts';
import { mediaName, type Refusal, type RenderRequest, refusal, type WireOutput } from './wire.ts';

export interface StudioLog {
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

interface Rendering {
  readonly abort: AbortController;
  /** Resolves, never rejects, when nothing is written any more. */
  readonly over: Promise<void>;
}

export interface Job {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly request: RenderRequest;
  readonly rehearsal: Rehearsal | null;
  /** Percent of the rendering. */
  progress: number;
  /** How often it was asked about since it came to memory. */
  polls: number;
  /** Null while it is not over. */
  end: JobEnd | null;
  /** Null while it is not being rendered. */
  rendering: Rendering | null;
}

/** Jobs older than this are forgotten, finished or not. */
export const REMEMBERED_MS = 24 * 3_600_000;
const SWEEP_EVERY_MS = 3_600_000;

export interface Jobs {
  /** Durable when it resolves. */
  add(request: RenderRequest, files: readonly Uint8Array[]): Promise<Job>;
  get(id: string): Promise<Job | null>;
  /** Ends a job before its rendering is done. */
  stop(job: Job): Promise<void>;
  release(id: string): Promise<void>;
  /** Jobs waiting for a thread or in one. */
  readonly unfinished: number;
  close(): Promise<void>;
}

export function createJobs(folders: JobFolders, renderer: Renderer, clock: Clock, log: StudioLog): Jobs {
  const known = new Map<string, Job>();
  const renderings = new Set<Promise<void>>();
  let sweeping: Promise<void> = sweep();
  let nextSweep: Timer = clock.after(SWEEP_EVERY_MS, sweepAgain);

  function remember(id: string, { createdAt, request }: StoredJob, end: JobEnd | null): Job {
    const reading = readRehearsal(String(request.params.prompt ?? ''));
    const rehearsal = reading.kind === 'rehearsal' ? reading.rehearsal : null;
    const job: Job = { id, createdAt, request, rehearsal, progress: 0, polls: 0, end, rendering: null };
    known.set(id, job);
    if (end === null && renders(rehearsal)) begin(job);
    return job;
  }

  function begin(job: Job): void {
    const abort = new AbortController();
    const over = render(job, abort.signal).finally(() => {
      job.rendering = null;
      renderings.delete(over);
    });
    job.rendering = { abort, over };
    renderings.add(over);
  }

  async function render(job: Job, signal: AbortSignal): Promise<void> {
    try {
      const folder = await folders.freshOutputs(job.id);
      const plan = renderJobOf(job.request, folder, (position) => folders.inputPath(job.id, position));
      if (!plan) throw new RenderFailure('failed', `No renderer for the model ${job.request.model}.`);
      const files = await renderer.render(plan, {
        signal,
        onProgress: (percent) => {
          job.progress = percent;
        },
      });
      const outputs = files.map((file) => ({ path: file.path, mime_type: file.mimeType }));
      await finish(job, { state: 'done', outputs: await rehearsedOutputs(job.rehearsal, folder, outputs) });
    } catch (error) {
      if (signal.aborted || (error instanceof RenderFailure && error.reason === 'closed')) return;
      if (!isInputsFault(error)) log.error({ err: error, job: job.id }, 'a studio job failed');
      await finish(job, { state: 'failed', error: whyFailed(error, job.request).error });
    }
  }

  /** The first end counts. One that cannot be written is known until the process ends; then the job is rendered again. */
  async function finish(job: Job, end: JobEnd): Promise<void> {
    if (job.end !== null) return;
    job.end = end;
    await folders.end(job.id, end).catch((error: unknown) => {
      log.warn({ err: error, job: job.id }, 'the end of a studio job could not be written');
    });
  }

  /** Takes a job out of memory; its folder is nobody's afterwards. */
  async function letGo(id: string): Promise<void> {
    const job = known.get(id);
    known.delete(id);
    job?.rendering?.abort.abort();
    await job?.rendering?.over;
  }

  function sweepAgain(): void {
    sweeping = sweep();
    nextSweep = clock.after(SWEEP_EVERY_MS, sweepAgain);
  }

  async function sweep(): Promise<void> {
    try {
      for (const id of await folders.list()) {
        const stored = await folders.read(id);
        if (stored && clock.now() - stored.job.createdAt < REMEMBERED_MS) continue;
        await letGo(id);
        await folders.remove(id);
      }
    } catch (error) {
      log.warn({ err: error }, 'old studio jobs could not be swept; the next sweep tries again');
    }
  }

  return {
    async add(request, files) {
      const id = jobIdOf(request.key);
      const stored = { createdAt: clock.now(), request };
      try {
        await folders.create(id, stored, files);
      } catch (error) {
        await folders.remove(id);
        throw error;
      }
      return remember(id, stored, null);
    },
    async get(id) {
      const job = known.get(id);
      if (job) return job;
      const stored = await folders.read(id);
      return stored ? (known.get(id) ?? remember(id, stored.job, stored.end)) : null;
    },
    async stop(job) {
      const stopped = finish(job, {
        state: 'failed',
        error: refusal('cancelled', 'The job was stopped.').error,
      });
      job.rendering?.abort.abort();
      await stopped;
    },
    async release(id) {
      await letGo(id);
      if (await folders.read(id)) await folders.release(id);
    },
    get unfinished() {
      return renderings.size;
    },
    async close() {
      nextSweep.cancel();
      await renderer.close();
      await Promise.all([...renderings, sweeping]);
    },
  };
}

const isInputsFault = (error: unknown): error is RenderFailure =>
  error instanceof RenderFailure && error.reason === 'unreadable_input';

function whyFailed(error: unknown, { media }: RenderRequest): Refusal {
  if (!isInputsFault(error)) return refusal('internal', 'The studio could not render this job.');
  // The renderer does not say which input it was, so only a single one can be named.
  const [only, another] = media;
  const at = only && !another ? { param: mediaName(only) } : {};
  return refusal('input_unreadable', error.message, { reason: 'corrupted', ...at });
}

/** What the job hands out: what was rendered, or what the rehearsal makes of it. */
async function rehearsedOutputs(
  rehearsal: Rehearsal | null,
  folder: string,
  outputs: readonly WireOutput[],
): Promise<WireOutput[]> {
  if (rehearsal?.effect.kind !== 'useless_output') return [...outputs];
  switch (rehearsal.effect.made) {
    case 'nothing':
      return [];
    case 'broken_bytes':
      for (const output of outputs) await breakBytes(output.path);
      return [...outputs];
    case 'a_web_page': {
      const path = join(folder, 'sorry.html');
      await writeFile(path, '<!doctype html><title>Sorry</title><p>Your result is on its way.</p>\n');
      return [{ path, mime_type: 'text/html' }];
    }
    default: {
      const never: never = rehearsal.effect.made;
      return never;
    }
  }
}

/** Leaves the first bytes, by which formats are recognised, and overwrites the rest: only decoding finds out. */
async function breakBytes(path: string): Promise<void> {
  const RECOGNISED_BY = 12;
  await using file = await open(path, 'r+');
  const { size } = await file.stat();
  const rest = Math.max(0, size - RECOGNISED_BY);
  await file.write(Buffer.alloc(rest, ' '), 0, rest, RECOGNISED_BY);
}
