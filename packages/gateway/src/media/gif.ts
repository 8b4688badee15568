/**
 * One past a GIF's trailer; null where it does not reach one: the decoders show the frames before a cut and say nothing about
 * the rest.
 */
export function endOfGif(file: Uint8Array): number | null {
  const byte = (at: number): number => file[at] ?? -1;
  // Header and logical screen descriptor, then the global colour table (GIF89a, sections 17 to 19).
  let at = 13 + colourTable(byte(10));
  for (;;) {
    switch (byte(at)) {
      case 0x3b:
        return at + 1;
      case 0x2c: // Image: nine bytes of place and size and flags, a table, the LZW code size, data.
        at = skipBlocks(at + 10 + colourTable(byte(at + 9)) + 1);
        break;
      case 0x21: // Extension: its label, then data.
        at = skipBlocks(at + 2);
        break;
      default:
        return null;
    }
  }

  function colourTable(flags: number): number {
    return flags >= 0 && (flags & 0x80) !== 0 ? 3 * 2 ** ((flags & 7) + 1) : 0;
  }

  /** Data comes in sub-blocks, each with its length before it; length 0 ends them. */
  function skipBlocks(from: number): number {
    let next = from;
    while (byte(next) > 0) next += byte(next) + 1;
    return byte(next) === 0 ? next + 1 : file.byteLength;
  }
}
