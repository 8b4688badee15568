/**
 * How much there must be by what a file says of itself. Some demuxers read a shorter file without complaint, as far as it goes;
 * streams, and formats that keep no such number, cannot be held to anything.
 */

/** Some bytes of the file, fewer at its end. */
export type Read = (at: number, bytes: number) => Promise<Uint8Array>;

/** One past the last byte, or null where the file does not say. */
export async function declaredEnd(read: Read, format: string): Promise<number | null> {
  switch (format) {
    case 'wav':
      return endOfRiff(await read(0, 12));
    case 'webm':
    case 'mkv':
      return endOfSegment(await read(0, 4096));
    case 'mp3':
      return endOfMp3(read);
    default:
      return null;
  }
}

/** The seconds a FLAC announces (RFC 9639, STREAMINFO); null where it does not, and of every other format. */
export async function declaredSeconds(read: Read, format: string): Promise<number | null> {
  if (format !== 'flac') return null;
  const view = viewOf(await read(0, 26));
  if (view.byteLength < 26 || view.getUint32(0) !== FLAC_MARK || (view.getUint8(4) & 0x7f) !== 0) return null;
  // 20 bits of sample rate, 3 of channels, 5 of depth, 36 of samples.
  const rate = view.getUint32(18) >>> 12;
  const samples = (view.getUint8(21) & 15) * 2 ** 32 + view.getUint32(22);
  return rate === 0 || samples === 0 ? null : samples / rate;
}

const FLAC_MARK = 0x664c6143;

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

/** Side information before the encoder's mark: by version and channels. */
const MARK_OFFSETS = [13, 21, 36];
/** Editors that cut without a loss may leave an old mark that is a frame off. */
const MP3_SLACK = 0.01;

/** The mark that encoders leave in the first frame (`Xing`, or `Info` for a constant rate) may tell the bytes of the stream. */
async function endOfMp3(read: Read): Promise<number | null> {
  const tag = await read(0, 10);
  const hasTag = Buffer.from(tag).toString('latin1', 0, 3) === 'ID3' && tag.byteLength === 10;
  // ID3v2: ten bytes, then as many as four seven-bit digits say, then ten more where there is a footer.
  const digits = tag.subarray(6, 10).reduce((sum, digit) => sum * 128 + (digit & 127), 0);
  const frameAt = hasTag ? 10 + digits + (((tag[5] ?? 0) & 0x10) === 0 ? 0 : 10) : 0;
  const frame = Buffer.from(await read(frameAt, 64));
  const mark = MARK_OFFSETS.find((at) => /^(Xing|Info)$/.test(frame.toString('latin1', at, at + 4)));
  if (mark === undefined || frame.byteLength < mark + 16) return null;
  const flags = frame.readUInt32BE(mark + 4);
  if ((flags & 2) === 0) return null;
  const bytes = frame.readUInt32BE(mark + 8 + ((flags & 1) === 0 ? 0 : 4));
  return frameAt + Math.floor(bytes * (1 - MP3_SLACK));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
