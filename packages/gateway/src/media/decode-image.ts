/** Only for decoding threads: every pixel of a picture is read, and it is told what it is. */
import { readFile } from 'node:fs/promises';
import { formatNamed } from './formats.ts';
import { endOfGif } from './gif.ts';
import { corrupt, type Inspection, MAX_PIXELS, type MediaSource } from './inspection.ts';
import { sharp, VIPS_SECONDS } from './vips.ts';

/**
 * Reads every pixel. Shrinking to 64 pixels keeps memory small while the whole stream is decoded; `truncated` is the strictness
 * that finds cut files and still takes the slightly wrong ones every browser shows.
 */
export async function decodeImage(source: MediaSource, format: string): Promise<Inspection> {
  try {
    const image = sharp(source, { failOn: 'truncated', limitInputPixels: MAX_PIXELS, sequentialRead: true });
    const { autoOrient, orientation = 1, pages = 1, compression } = await image.metadata();
    // One container, two codecs: what is called AVIF may hold HEVC, which libvips has no decoder for.
    if (format === 'avif' && compression === 'hevc') return { kind: 'unsupported', format: 'heic' };
    await image.clone().timeout({ seconds: VIPS_SECONDS }).resize(64, 64, { fit: 'inside' }).raw().toBuffer();
    if (format === 'gif' && endOfGif(await bytesOf(source)) === null) {
      return corrupt(format, 'ends in the middle of its frames');
    }
    const { width, height } = autoOrient;
    const mimeType = formatNamed(format)?.mimeType ?? 'application/octet-stream';
    return { kind: 'image', format, mimeType, width, height, orientation, frames: pages, decoded: true };
  } catch (error) {
    return whatVipsMeant(error, format);
  }
}

async function bytesOf(source: MediaSource): Promise<Uint8Array> {
  return typeof source === 'string' ? readFile(source) : source;
}

/** libvips has no codes, only English; these phrases were stable over the versions tried (8.15 to 8.18). */
function whatVipsMeant(error: unknown, format: string): Inspection {
  const message = error instanceof Error ? error.message : '';
  if (message.includes('exceeds pixel limit')) {
    return { kind: 'too_large', format, maxPixels: MAX_PIXELS, width: null, height: null };
  }
  if (message.includes('has not been built in')) return { kind: 'unsupported', format };
  if (message.includes('timeout')) return corrupt(format, `takes longer than ${VIPS_SECONDS} s to decode`);
  if (/premature end|end of file|bad seek|libpng read error/i.test(message)) {
    return corrupt(format, 'ends too early: it is truncated or damaged');
  }
  return corrupt(format, 'is damaged: its picture data cannot be decoded');
}
