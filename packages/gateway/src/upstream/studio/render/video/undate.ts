/** Takes the time of making out of an MP4, so that the same clip has the same bytes whenever it is made. */

const containers = new Set(['moov', 'trak', 'mdia']);
const dated = new Set(['mvhd', 'tkhd', 'mdhd']);

/** Zeroes the creation and modification times in place (ISO/IEC 14496-12: 8.2.2, 8.3.2, 8.4.2). */
export function undate(file: Uint8Array): void {
  walk(new DataView(file.buffer, file.byteOffset, file.byteLength), 0, file.byteLength);
}

function walk(view: DataView, start: number, end: number): void {
  for (let at = start; at + 8 <= end; ) {
    const size = view.getUint32(at);
    const type = String.fromCharCode(...[4, 5, 6, 7].map((i) => view.getUint8(at + i)));
    if (containers.has(type)) walk(view, at + 8, at + size);
    if (dated.has(type)) {
      // Version 1 has 64-bit times.
      const bytes = view.getUint8(at + 8) === 1 ? 16 : 8;
      for (let i = 0; i < bytes; i++) view.setUint8(at + 12 + i, 0);
    }
    // 1 stands for a 64-bit size, 0 for "to the end": only the media data is that long, and it comes last.
    if (size < 8) return;
    at += size;
  }
}
