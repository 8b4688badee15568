/** What can be asked of the renderer, and what comes back: plain JSON and file paths, so that it can cross to a worker thread. */

/** A file of this machine that a job reads. It was checked before: a decodable picture of a kind that sharp reads. */
export interface InputFile {
  readonly path: string;
  readonly mimeType: string;
}

interface AnyJob {
  /** Where the outputs go. It exists, and belongs to this job alone: after a failure it may hold leftovers. */
  readonly folder: string;
  readonly prompt: string;
  /** A non-negative safe integer. The same job gives the same bytes. */
  readonly seed: number;
}

export type ImageFormat = 'png' | 'jpeg' | 'webp';
export type AudioFormat = 'wav' | 'mp3' | 'ogg';

export interface ImageJob extends AnyJob {
  readonly kind: 'image';
  /** Pixels of every output. */
  readonly width: number;
  readonly height: number;
  /** How many pictures; picture i has the seed `seed + i`. */
  readonly n: number;
  readonly format: ImageFormat;
  /** None: a picture is painted from the prompt. One: it is edited. Several: they are put together. */
  readonly inputs: readonly InputFile[];
  /**
   * Limits the edit of the first input to a part. Where the mask has transparent pixels, the transparent part is edited;
   * an opaque mask edits where it is white. It is stretched to the output.
   */
  readonly mask: InputFile | null;
}

export interface VideoJob extends AnyJob {
  readonly kind: 'video';
  /** Pixels, even. */
  readonly width: number;
  readonly height: number;
  /** The clip has exactly `round(seconds * 24)` frames. */
  readonly seconds: number;
  /** Null for a clip painted from the prompt alone. */
  readonly firstFrame: InputFile | null;
  /** With it the clip is a transition from the first frame to this one. Without a first frame it is the picture that is moved over. */
  readonly lastFrame: InputFile | null;
  /** Adds a soft sound track, composed from prompt and seed. */
  readonly audio: boolean;
}

export interface AudioJob extends AnyJob {
  readonly kind: 'audio';
  readonly seconds: number;
  readonly format: AudioFormat;
}

export type RenderJob = ImageJob | VideoJob | AudioJob;

/** One finished output, complete on disk under its final name. */
export interface RenderedFile {
  readonly path: string;
  readonly mimeType: string;
  /** Pixels; null for sound. */
  readonly width: number | null;
  readonly height: number | null;
  /** Null for pictures. */
  readonly seconds: number | null;
}

export type FailureReason =
  /** An input is not a picture that can be decoded. */
  | 'unreadable_input'
  /** The thread died under the job; other jobs are not touched. */
  | 'crashed'
  /** The renderer was closed before the job was done. */
  | 'closed'
  /** The renderer itself failed: a defect, or a full disk. */
  | 'failed';

/** Why a job gave no files. An aborted job rejects with its signal's reason instead. */
export class RenderFailure extends Error {
  override readonly name = 'RenderFailure';
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
