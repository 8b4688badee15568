/**
 * Frames: what detectors of pictures see of a video or an animation. Read this first.
 *
 *   video     -> video.ts (the optional decoder of packages/moderation-local, a process for each video) -> some frames
 *   animation -> animation.ts (libvips: GIF, WebP) -> some frames
 *
 * Some: the first, the last and others evenly between them, each a small JPEG with its second. What is shown between two of them is
 * not seen. What cannot be decoded is `failed`, never empty, and the policy's `on_error` decides.
 */
import type { Readable } from 'node:stream';

/** Stands in decisions where frames could not be had, as a detector's name does. */
export const FRAMES = 'video-frames';

/** Pictures that may have more than one frame; of APNG and AVIF the decoder knows the first only. */
export const ANIMATED: readonly string[] = ['image/gif', 'image/webp'];

export interface Frame {
  /** From the start. */
  readonly atSeconds: number;
  readonly jpeg: Uint8Array;
}

export type Sampled =
  | { readonly kind: 'sampled'; readonly frames: readonly Frame[] }
  /** `reason` is for the operator. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface VideoFile {
  readonly bytes: number;
  open(): Promise<Readable>;
}

export interface FrameSource {
  /** `count` frames, or as many as there are. Never rejects; aborting the signal ends it soon, with `failed`. */
  sample(video: VideoFile, count: number, signal: AbortSignal): Promise<Sampled>;
  close(): Promise<void>;
}

/** How frames are had; null where nobody looks at any, or the operator wants none. */
export interface FrameSampling {
  readonly source: FrameSource;
  /** Of each video and each animation. */
  readonly count: number;
}
