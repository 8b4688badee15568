/** What the main thread asks a decoding thread to repair, and what comes back. Data only: both sides import it. */
import type { ImageOp } from './auto-fix.ts';
import type { SizeDemand } from './geometry.ts';

export interface RepairRequest {
  /** What may be done, in the order it is wanted. */
  readonly ops: readonly ImageOp[];
  /** Names of formats.ts that the model takes. */
  readonly formats: readonly string[];
  /** Null: any number. */
  readonly maxBytes: number | null;
  readonly size: SizeDemand;
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
