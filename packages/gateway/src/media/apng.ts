/**
 * Frames of a PNG that may be animated (W3C PNG, third edition). The animation control chunk must stand before the picture; what
 * is counted then are the frames that are there, not those it promises. Every other PNG is 1.
 */
export function framesOfPng(file: Uint8Array): number {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let [isAnimated, frames, at] = [false, 0, 8];
  while (at + 12 <= file.byteLength) {
    const name = view.getUint32(at + 4);
    if (name === IDAT && !isAnimated) return 1;
    if (name === ACTL) isAnimated = true;
    if (name === FCTL) frames++;
    if (name === IEND) break;
    at += 12 + view.getUint32(at);
  }
  return isAnimated ? Math.max(1, frames) : 1;
}

const ACTL = 0x6163544c;
const FCTL = 0x6663544c;
const IDAT = 0x49444154;
const IEND = 0x49454e44;
