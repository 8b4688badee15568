/**
 * Opens the video decoder, an optional package of its own (docs/decisions/node-webcodecs.md). Where it is not installed or does not
 * work, every video is `failed` with the reason, so that it meets `on_error` like any detector that cannot look, and the start says
 * so: a video is never passed over in silence.
 */
import type { Logger } from 'pino';
import type { Detector } from '../detector.ts';
import type { FrameSampling, FrameSource } from './frames.ts';

/** Beside the gateway's own package. */
const PACKAGE = new URL('../../../../moderation-local/src/frames/frames.ts', import.meta.url);

export type VideoWatch =
  | { readonly kind: 'watched'; readonly frames: number }
  /** Videos are `failed`. */
  | { readonly kind: 'blind'; readonly reason: string }
  /** Videos pass unseen. */
  | { readonly kind: 'unwatched'; readonly reason: typeof NO_DETECTOR | typeof SWITCHED_OFF };

const NO_DETECTOR = 'no detector looks at pictures';
const SWITCHED_OFF = 'moderation.video_frames is off';

export interface OpenedFrames {
  readonly watch: VideoWatch;
  /** Null where `unwatched`. */
  readonly sampling: FrameSampling | null;
}

/** @param count of frames of each video; null where the operator wants none. */
export async function openFrames(
  count: number | null,
  detectors: readonly Detector[],
  from: URL = PACKAGE,
): Promise<OpenedFrames> {
  if (!detectors.some(({ looksAt }) => looksAt.includes('video_frame')))
    return { watch: { kind: 'unwatched', reason: NO_DETECTOR }, sampling: null };
  if (count === null) return { watch: { kind: 'unwatched', reason: SWITCHED_OFF }, sampling: null };
  try {
    const source = await load(from);
    return { watch: { kind: 'watched', frames: count }, sampling: { source, count } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'The video decoder cannot be loaded.';
    return { watch: { kind: 'blind', reason }, sampling: { source: blindSource(reason), count } };
  }
}

/** One line at the start, so that nobody takes for watched what is not. */
export function logVideoWatch(watch: VideoWatch, log: Pick<Logger, 'info' | 'warn'>): void {
  switch (watch.kind) {
    case 'watched':
      log.info({ frames: watch.frames }, 'moderation looks at frames of every video');
      return;
    case 'blind':
      log.warn(
        { reason: watch.reason },
        'moderation cannot look at videos: moderation.on_error says what becomes of tasks with one',
      );
      return;
    case 'unwatched':
      if (watch.reason === SWITCHED_OFF) log.warn(`moderation does not look at videos: ${watch.reason}`);
      return;
    default:
      watch satisfies never;
  }
}

async function load(from: URL): Promise<FrameSource> {
  const loaded: unknown = await import(from.href).catch(() => null);
  if (!isPackage(loaded)) throw new Error('The video decoder, packages/moderation-local, is not here.');
  return loaded.openFrameSource();
}

function isPackage(value: unknown): value is { openFrameSource(): Promise<FrameSource> } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'openFrameSource' in value &&
    typeof value.openFrameSource === 'function'
  );
}

function blindSource(reason: string): FrameSource {
  return { sample: async () => ({ kind: 'failed', reason }), close: async () => undefined };
}
