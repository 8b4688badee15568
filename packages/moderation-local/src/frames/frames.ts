/**
 * Frames of videos, for detectors that look at pictures. Read this first.
 *
 *   video -> lone-process.ts -> child.ts: sample.ts (which frames, and the way to them), picture.ts (JPEGs), codec.ts (the library)
 *         <- wire.ts (what the process says)
 *
 * The decoder is C code that reads whatever strangers send. So every video gets a process for itself alone, with bounds of time, of
 * memory and of output and without the gateway's environment; when it breaks, this video is `failed` and nothing else is. A video
 * is never taken for clean because it could not be decoded: one error on the way is `failed` as well.
 */
import { type After, systemAfter } from '../after.ts';
import { isInstalled } from './codec.ts';
import { decodeAlone, type VideoFile } from './lone-process.ts';
import { selfTest } from './self-test.ts';
import type { Sampled } from './wire.ts';

export type { VideoFile } from './lone-process.ts';
export type { Frame, Sampled } from './wire.ts';

export interface FrameSource {
  /**
   * The first frame, the last and others evenly between them, `count` in all, or as many as there are. Never rejects; aborting
   * the signal ends it soon, with `failed`.
   */
  sample(video: VideoFile, count: number, signal: AbortSignal): Promise<Sampled>;
  /** Ends what is under way, with `failed`. */
  close(): Promise<void>;
}

export interface FrameSourceOptions {
  /** Of one video, the start of its process included. Default 60,000 ms. */
  readonly timeoutMs?: number;
  /** Videos that are decoded at the same time; the others wait. Default 2. */
  readonly atOnce?: number;
  /** The process's file; only tests have another. */
  readonly child?: URL;
  /** Default: {@link systemAfter}. */
  readonly after?: After;
}

/** The process holds the whole file. */
const MAX_VIDEO_BYTES = 512_000_000;

const NOT_INSTALLED =
  'The video decoder is not installed, or has no build for this machine. Run `npm run moderation:install-frames` once.';

/** Rejects with what to do where the decoder is not installed, or does not decode a clip whose frames are known. */
export async function openFrameSource(options: FrameSourceOptions = {}): Promise<FrameSource> {
  if (!isInstalled()) throw new Error(NOT_INSTALLED);
  const source = createFrameSource(options);
  await selfTest(source);
  return source;
}

export function createFrameSource(options: FrameSourceOptions = {}): FrameSource {
  const { timeoutMs = 60_000, atOnce = 2, after = systemAfter } = options;
  const script = options.child ?? new URL('./child.ts', import.meta.url);
  const closing = new AbortController();
  const turns = createTurns(atOnce);
  return {
    async sample(video, count, given) {
      if (video.bytes > MAX_VIDEO_BYTES) return { kind: 'failed', reason: 'is larger than 512 MB' };
      const signal = AbortSignal.any([given, closing.signal]);
      if (!(await turns.enter(signal))) return { kind: 'failed', reason: 'was given up' };
      try {
        return await decodeAlone(video, count, { script, timeoutMs, after, signal });
      } catch {
        return { kind: 'failed', reason: 'the decoder does not start' };
      } finally {
        turns.leave();
      }
    },
    async close() {
      closing.abort();
    },
  };
}

/** So many at once; the others wait in line. */
function createTurns(atOnce: number) {
  const waiting = new Set<() => void>();
  let running = 0;
  return {
    /** False where it was given up before its turn came; only who is let in leaves. */
    async enter(signal: AbortSignal): Promise<boolean> {
      if (signal.aborted) return false;
      if (running < atOnce) {
        running++;
        return true;
      }
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const letIn = () => resolve(true);
      const giveUp = () => {
        if (waiting.delete(letIn)) resolve(false);
      };
      waiting.add(letIn);
      signal.addEventListener('abort', giveUp, { once: true });
      const isIn = await promise;
      signal.removeEventListener('abort', giveUp);
      return isIn;
    },
    leave(): void {
      const [next] = waiting;
      if (next === undefined) {
        running--;
        return;
      }
      waiting.delete(next);
      next();
    },
  };
}
