/** What the main thread asks a decoding process, and the only things that come back. Data only: both sides import it. */
import type { ImageOp } from './auto-fix.ts';
import type { SizeDemand } from './geometry.ts';
import type { Inspection, MediaSource } from './inspection.ts';

export interface DecodeJob {
  readonly source: MediaSource;
  readonly format: string;
  /** Null: only look. */
  readonly repair: RepairRequest | null;
}

/** An {@link Inspection} where the job was to look, a {@link RepairOutcome} where it was to repair. */
export type DecodeResult = Inspection | RepairOutcome;

export interface RepairRequest {
  /** What may be done, in the order it is wanted. */
  readonly ops: readonly ImageOp[];
  /** Names of formats.ts that the model takes. */
  readonly formats: readonly string[];
  /** Null: any number. */
  readonly maxBytes: number | null;
  readonly size: SizeDemand;
  /** A mask is not a photograph: its edges stay sharp where a format can, and its transparency is never given up. */
  readonly isMask: boolean;
  /** What a crop keeps: what draws the eye, or the middle where two pictures must go on lying one upon the other. */
  readonly cropTo: 'attention' | 'middle';
}

export interface RepairStep {
  readonly op: ImageOp;
  /** `1024x1536`, `image/avif`, `12.4 MB`: as in `task.repairs`. */
  readonly from: string;
  readonly to: string;
}

export type RepairOutcome =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'repaired';
      readonly data: Uint8Array<ArrayBuffer>;
      readonly format: string;
      readonly width: number;
      readonly height: number;
      readonly steps: readonly RepairStep[];
    }
  /** Not with what is allowed. */
  | { readonly kind: 'impossible' };
