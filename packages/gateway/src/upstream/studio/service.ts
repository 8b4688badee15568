/**
 * The studio's server side: answers the calls of wire.ts. It believes nobody, checks everything anew, and speaks only its own
 * wire format; what its answers mean to a task is the adapter's business and the classifier's.
 *
 * A job's state is not stored but worked out when somebody asks: from how its rendering ended, from the rehearsal in its prompt,
 * and from the clock.
 */
import type { NetworkFault } from '@sluice/errors';
import type { Clock } from '../../clock.ts';
import { checkRequest } from './checks.ts';
import { jobIdOf, openJobFolders } from './job-folder.ts';
import { createJobs, type Job, type Jobs, type StudioLog } from './jobs.ts';
import { type Rehearsal, readRehearsal } from './rehearsal-prompt.ts';
import { atSubmit, failureAt, isUndecided, leastMs, oddPoll } from './rehearsed.ts';
import type { Renderer } from './render/renderer.ts';
import {
  answer,
  isRenderRequest,
  type JobStatus,
  type RenderRequest,
  type Reply,
  refusal,
  refuse,
} from './wire.ts';

export interface StudioService {
  /** `files` are the bytes of the request's `media`, in their order. An abort before the job is made leaves none behind. */
  create(request: unknown, files: readonly Uint8Array[], signal: AbortSignal): Promise<Reply>;
  status(job: string): Promise<Reply>;
  result(job: string): Promise<Reply>;
  stop(job: string): Promise<Reply>;
  find(key: string): Promise<Reply>;
  /** Best effort; never rejects. */
  release(job: string): Promise<void>;
  close(): Promise<void>;
}

export interface ServiceConfig {
  readonly folder: string;
  readonly renderer: Renderer;
  readonly clock: Clock;
  readonly log: StudioLog;
  /** With so many jobs waiting or rendering, new ones are refused as `overloaded`. */
  readonly longestQueue: number;
}

const BROKEN = refuse(refusal('internal', 'Internal error.'));
const NOT_FOUND = refuse(refusal('job_not_found', 'There is no such job.'));
const EXPIRED = refuse(
  refusal('job_not_found', 'The outputs of this job were released.', { reason: 'expired' }),
);
const OVERLOADED = refusal('overloaded', 'Too many jobs are waiting. Please try again later.', {
  retryAfter: 10,
});
const BUSY = refuse(refusal('overloaded', 'The studio is busy. Please ask again.', { retryAfter: 1 }));
const HUNG_UP: NetworkFault = { name: 'Error', message: 'socket hang up', code: 'ECONNRESET' };

export function createService({ folder, renderer, clock, log, longestQueue }: ServiceConfig): StudioService {
  const opening = openJobFolders(folder).then((folders) => createJobs(folders, renderer, clock, log));
  opening.catch((error: unknown) => log.error({ err: error, folder }, 'the studio cannot use its folder'));
  /** Keys whose job is being made: the second of two requests with one key waits for the first. */
  const making = new Map<string, Promise<void>>();

  /** A fault of the studio's own is an answer too. */
  async function call(work: (jobs: Jobs) => Promise<Reply>): Promise<Reply> {
    try {
      return await work(await opening);
    } catch (error) {
      log.error({ err: error }, 'a studio call failed');
      return BROKEN;
    }
  }

  async function accept(
    jobs: Jobs,
    request: RenderRequest,
    files: readonly Uint8Array[],
    signal: AbortSignal,
  ) {
    const before = await jobs.get(jobIdOf(request.key));
    if (before) return again(before, request);

    const refused = checkRequest(request, files);
    if (refused) return refuse(refused);
    const reading = readRehearsal(String(request.params.prompt));
    if (reading.kind === 'unreadable') {
      return refuse(refusal('invalid_request', reading.message, { reason: 'rehearsal', param: 'prompt' }));
    }
    const rehearsal = reading.kind === 'rehearsal' ? reading.rehearsal : null;
    if (!(await submitDelay(rehearsal, signal))) return hungUp();
    const act = atSubmit(rehearsal, request.attempt);
    if (act.kind === 'refuse') return refuse(act.refusal);
    if (act.kind === 'lose_answer' && !act.keep) return hungUp();
    if (jobs.unfinished >= longestQueue) return refuse(OVERLOADED);

    const job = await jobs.add(request, files);
    return act.kind === 'lose_answer' ? hungUp() : answer(statusOf(job));
  }

  function again(job: Job, request: RenderRequest): Reply {
    if (JSON.stringify(job.request) === JSON.stringify(request)) return answer(statusOf(job));
    return refuse({
      ...refusal('invalid_request', 'This key was used for another request.', {
        reason: 'other',
        param: 'key',
      }),
      status: 409,
    });
  }

  /** Resolves to false where the caller went away meanwhile. */
  function submitDelay(rehearsal: Rehearsal | null, signal: AbortSignal): Promise<boolean> {
    const ms = rehearsal?.stage === 'submit' ? (rehearsal.afterMs ?? 0) : 0;
    if (ms === 0) return Promise.resolve(!signal.aborted);
    return new Promise((resolve) => {
      const timer = clock.after(ms, () => resolve(true));
      const goneAway = () => {
        timer.cancel();
        resolve(false);
      };
      if (signal.aborted) goneAway();
      else signal.addEventListener('abort', goneAway, { once: true });
    });
  }

  function statusOf(job: Job): JobStatus {
    if (job.end?.state === 'failed')
      return { job: job.id, state: 'failed', progress: 0, error: job.end.error };
    const least = leastMs(job.rehearsal);
    const elapsed = clock.now() - job.createdAt;
    if (elapsed < least) return { job: job.id, state: 'rendering', progress: shareOf(elapsed, least) };
    const failure = failureAt(job.rehearsal, 'running');
    if (failure) return { job: job.id, state: 'failed', progress: 0, error: failure.error };
    if (job.end) return { job: job.id, state: 'done', progress: 100 };
    return {
      job: job.id,
      state: job.progress > 0 ? 'rendering' : 'queued',
      progress: Math.min(99, job.progress),
    };
  }

  async function jobOr(jobs: Jobs, id: string, then: (job: Job) => Reply | Promise<Reply>): Promise<Reply> {
    const job = await jobs.get(id);
    if (!job) return NOT_FOUND;
    return job.end?.state === 'released' ? EXPIRED : then(job);
  }

  return {
    create: (request, files, signal) =>
      call(async (jobs) => {
        if (!isRenderRequest(request)) {
          return refuse(refusal('invalid_request', 'This is not a render request.', { reason: 'other' }));
        }
        const { key } = request;
        const made = (making.get(key) ?? Promise.resolve()).then(() => accept(jobs, request, files, signal));
        const settled = made.then(
          () => {},
          () => {},
        );
        making.set(key, settled);
        await settled;
        if (making.get(key) === settled) making.delete(key);
        return made;
      }),

    status: (id) =>
      call((jobs) =>
        jobOr(jobs, id, (job) => {
          job.polls += 1;
          const odd = oddPoll(job.rehearsal, job.polls);
          if (odd?.kind === 'refuse') return refuse(odd.refusal);
          const status = statusOf(job);
          if (odd) return answer({ ...status, state: odd.state });
          const gone = status.error?.code === 'job_not_found' ? failureAt(job.rehearsal, 'running') : null;
          return gone ? refuse(gone, job.id) : answer(status);
        }),
      ),

    result: (id) =>
      call((jobs) =>
        jobOr(jobs, id, (job) => {
          const failure = failureAt(job.rehearsal, 'result');
          if (failure) return refuse(failure, job.id);
          return job.end?.state === 'done' ? answer({ job: job.id, outputs: job.end.outputs }) : BUSY;
        }),
      ),

    stop: (id) =>
      call((jobs) =>
        jobOr(jobs, id, async (job) => {
          const { state } = statusOf(job);
          const over = state === 'done' || state === 'failed';
          if (!over && job.rehearsal?.effect.kind !== 'cannot_cancel') await jobs.stop(job);
          return answer(statusOf(job));
        }),
      ),

    find: (key) =>
      call(async (jobs) => {
        const job = await jobs.get(jobIdOf(key));
        if (!job) return NOT_FOUND;
        return isUndecided(job.rehearsal) ? BUSY : answer(statusOf(job));
      }),

    async release(id) {
      await call(async (jobs) => {
        await jobs.release(id);
        return NOT_FOUND;
      });
    },

    async close() {
      const jobs = await opening.catch(() => null);
      await (jobs ? jobs.close() : renderer.close());
    },
  };
}

const hungUp = (): Reply => ({ kind: 'lost', fault: HUNG_UP });

/** Progress of a job that only waits: steady where its end is known, ever slower where there is none. */
function shareOf(elapsed: number, least: number): number {
  const share =
    least === Number.POSITIVE_INFINITY ? 0.9 * (1 - Math.exp(-elapsed / 60_000)) : elapsed / least;
  return Math.floor(Math.min(99, Math.max(0, 100 * share)));
}
