/**
 * Looks into media files. The main thread reads a prefix: what it is (sniff.ts) and how large it claims to be (probe.ts).
 * Everything that decodes happens in processes of its own (decoders.ts), which are killed when a job overstays: whatever a file does to
 * a decoder, the API keeps answering.
 */
import { open } from 'node:fs/promises';
import { type Clock, systemClock } from '../clock.ts';
import { Gate } from '../gate.ts';
import type { DecodeJob, DecodeResult, RepairOutcome, RepairRequest } from './decode-job.ts';
import { DecoderLost, Decoders } from './decoders.ts';
import type { MediaFormat } from './formats.ts';
import { corrupt, type Inspection, type MediaSource, maxPixelsOf } from './inspection.ts';
import { imageHeader, PROBE_BYTES } from './probe.ts';
import { sniff } from './sniff.ts';

/** Longer than the decoder's own limit, which ends a slow image more gently. */
const LOOK_MS = 20_000;
/** Some encodings of a large picture, each with the decoder's own limit, one after the other. */
const REPAIR_MS = 40_000;

export interface MediaChecker {
  /** Never throws for what a file holds; rejects where the file cannot be read, or with the reason of `signal`. */
  inspect(source: MediaSource, signal?: AbortSignal): Promise<Inspection>;
  /**
   * Brings an image that was inspected before to what `request` asks, as far as it allows; `format` is what the inspection said.
   * Rejects like {@link inspect}.
   */
  repair(
    source: MediaSource,
    format: string,
    request: RepairRequest,
    signal?: AbortSignal,
  ): Promise<RepairOutcome>;
  /** Ends the processes; inspections under way reject. */
  close(): Promise<void>;
}

export interface CheckerOptions {
  /** Decoding processes at most. */
  readonly workers: number;
  readonly clock?: Clock;
  /** What runs in the processes; for tests. */
  readonly script?: URL;
}

export function createChecker({ workers, clock = systemClock, script }: CheckerOptions): MediaChecker {
  // Waiting for a process must not count as time spent on a file.
  const gate = new Gate(workers);
  const decoders = new Decoders(clock, script);
  let closed = false;

  /** A job that overstays, or that ends its process twice, comes back as a corrupt file. */
  async function run(job: DecodeJob, signal: AbortSignal | undefined): Promise<DecodeResult> {
    const { format } = job;
    const leave = await gate.enter(signal);
    const overdue = new AbortController();
    const timer = clock.after(job.repair ? REPAIR_MS : LOOK_MS, () => overdue.abort());
    const either = signal ? AbortSignal.any([signal, overdue.signal]) : overdue.signal;
    // Once may have been the machine's doing.
    const again = (error: unknown) => {
      if (closed || !(error instanceof DecoderLost)) throw error;
      return decoders.run(job, either);
    };
    try {
      return await decoders.run(job, either).catch(again);
    } catch (error) {
      signal?.throwIfAborted();
      if (overdue.signal.aborted) return corrupt(format, `takes longer than ${LOOK_MS / 1000} s to read`);
      if (!closed && error instanceof DecoderLost) return corrupt(format, 'cannot be read without harm');
      throw error;
    } finally {
      timer.cancel();
      leave();
    }
  }

  return {
    async inspect(source, signal) {
      signal?.throwIfAborted();
      const prefix = await prefixOf(source);
      const sniffed = await sniff(prefix);
      if (sniffed.kind === 'not_media') return sniffed;
      const { format } = sniffed;
      const early = format.kind === 'image' ? fromHeader(format, prefix) : null;
      if (early) return early;
      const result = await run({ source, format: format.name, repair: null }, signal);
      if (isRepair(result)) throw new Error('a decoding process answered a look with a repair');
      return result;
    },
    async repair(source, format, request, signal) {
      const result = await run({ source, format, repair: request }, signal);
      return isRepair(result) ? result : { kind: 'impossible' };
    },
    async close() {
      closed = true;
      decoders.close();
    },
  };
}

function isRepair(result: DecodeResult): result is RepairOutcome {
  return result.kind === 'unchanged' || result.kind === 'repaired' || result.kind === 'impossible';
}

/** Null where the decoder has to look. */
function fromHeader(format: MediaFormat, prefix: Uint8Array): Inspection | null {
  if (format.name === 'svg') return { kind: 'unsupported', format: 'svg' };
  const header = imageHeader(prefix);
  const maxPixels = maxPixelsOf(format.name);
  if (header && header.width * header.height > maxPixels) {
    return { kind: 'too_large', format: format.name, maxPixels, ...header };
  }
  if (format.depth !== 'named') return null;
  if (!header) return { kind: 'unsupported', format: format.name };
  const { name, mimeType } = format;
  return { kind: 'image', format: name, mimeType, ...header, orientation: 1, frames: 1, decoded: false };
}

async function prefixOf(source: MediaSource): Promise<Uint8Array> {
  if (typeof source !== 'string') return source.subarray(0, PROBE_BYTES);
  const file = await open(source, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(PROBE_BYTES), 0, PROBE_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
