/** What the decoding process says and how it is read: nothing of it is trusted more than the video was. */

export interface Frame {
  /** From the start of the video. */
  readonly atSeconds: number;
  readonly jpeg: Uint8Array;
}

export type Sampled =
  | { readonly kind: 'sampled'; readonly frames: readonly Frame[] }
  /** `reason` is for the operator. */
  | { readonly kind: 'failed'; readonly reason: string };

/** A JPEG of 1,280 x 1,280 pixels of noise has a third of it. */
export const MAX_FRAME_BYTES = 4_000_000;
const MAX_REASON = 200;

/** Each message: its kind, milliseconds, the number of bytes, the bytes. The last one is `END` or `FAILED`. */
const HEADER = 9;
const FRAME = 1;
const END = 2;
const FAILED = 3;

export function frameMessage({ atSeconds, jpeg }: Frame): Buffer {
  return message(FRAME, Math.round(atSeconds * 1000), jpeg);
}

export function endMessage(): Buffer {
  return message(END, 0, new Uint8Array());
}

export function failedMessage(reason: string): Buffer {
  return message(FAILED, 0, Buffer.from(reason.slice(0, MAX_REASON)));
}

function message(kind: number, milliseconds: number, bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt8(kind, 0);
  header.writeUInt32BE(milliseconds, 1);
  header.writeUInt32BE(bytes.byteLength, 5);
  return Buffer.concat([header, bytes]);
}

/** Null where it is not a whole answer. */
export function readAnswer(said: Buffer): Sampled | null {
  const frames: Frame[] = [];
  for (let at = 0; at + HEADER <= said.length; ) {
    const kind = said.readUInt8(at);
    const milliseconds = said.readUInt32BE(at + 1);
    const end = at + HEADER + said.readUInt32BE(at + 5);
    if (end > said.length) return null;
    const bytes = said.subarray(at + HEADER, end);
    switch (kind) {
      case FRAME:
        frames.push({ atSeconds: milliseconds / 1000, jpeg: bytes });
        break;
      case END:
        return end === said.length && frames.length > 0 ? { kind: 'sampled', frames } : null;
      case FAILED:
        return { kind: 'failed', reason: printable(bytes.toString('latin1', 0, MAX_REASON)) };
      default:
        return null;
    }
    at = end;
  }
  return null;
}

function printable(text: string): string {
  return text.replace(/[^ -~]/g, '?');
}
