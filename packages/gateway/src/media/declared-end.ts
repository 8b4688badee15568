/**
 * How long a file must be by what its own header says, in bytes; null where it says nothing (streams, and formats that keep no
 * such number). Some demuxers read a shorter file without complaint, as far as it goes.
 */
export function declaredEnd(head: Uint8Array, format: string): number | null {
  switch (format) {
    case 'wav':
      return endOfRiff(head);
    case 'webm':
    case 'mkv':
      return endOfSegment(head);
    default:
      return null;
  }
}

function endOfRiff(head: Uint8Array): number | null {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes.byteLength < 12 || bytes.toString('latin1', 0, 4) !== 'RIFF') return null;
  const size = bytes.readUInt32LE(4);
  // Written at the end by most programs: what streams or crashes has 0 or all ones. The pad byte may be missing.
  return size === 0 || size >= 0xffff_ff00 ? null : size + 8 - (size % 2);
}

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;

/** Matroska (RFC 9559): the EBML header, then the segment that holds everything else. */
function endOfSegment(head: Uint8Array): number | null {
  const header = elementAt(head, 0);
  if (!header || header.id !== EBML || header.size === null) return null;
  const segment = elementAt(head, header.content + header.size);
  if (!segment || segment.id !== SEGMENT || segment.size === null) return null;
  return segment.content + segment.size;
}

/** An EBML element (RFC 8794): a four-byte id here, then a size of one to eight bytes; all ones mean "unknown". */
function elementAt(
  head: Uint8Array,
  at: number,
): { id: number; content: number; size: number | null } | null {
  const first = head[at + 4] ?? 0;
  const length = Math.clz32(first) - 23;
  if (first === 0 || at + 4 + length > head.byteLength) return null;
  const id = Buffer.from(head.subarray(at, at + 4)).readUInt32BE();
  let size = first & (0xff >> length);
  let unknown = size === 0xff >> length;
  for (const byte of head.subarray(at + 5, at + 4 + length)) {
    size = size * 256 + byte;
    unknown &&= byte === 0xff;
  }
  return { id, content: at + 4 + length, size: unknown ? null : size };
}
