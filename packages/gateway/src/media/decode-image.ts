/** Only for decoding processes: every pixel of a picture is read, and it is told what it is. */
import { readFile } from 'node:fs/promises';
import { framesOfPng } from './apng.ts';
import { decodeForeign } from './decode-foreign.ts';
import { type ForeignFormat, formatNamed, isForeign } from './formats.ts';
import { endOfGif } from './gif.ts';
import { corrupt, type ImageFacts, type Inspection, type MediaSource, maxPixelsOf } from './inspection.ts';
import { endOfPng } from './picture-end.ts';
import { CUT_OFF } from './pixels.ts';
import { imageHeader, PROBE_BYTES } from './probe.ts';
import { sharp, VIPS_SECONDS } from './vips.ts';

export async function decodeImage(source: MediaSource, format: string): Promise<Inspection> {
  try {
    return isForeign(format)
      ? await decodeByOthers(await bytesOf(source), format)
      : await decodeByVips(source, format);
  } catch (error) {
    return whatVipsMeant(error, format);
  }
}

/**
 * Shrinking to 64 pixels keeps memory small while the whole stream is decoded; `truncated` is the strictness that finds cut files
 * and still takes the slightly wrong ones every browser shows.
 */
async function decodeByVips(source: MediaSource, format: string): Promise<Inspection> {
  const image = sharp(source, {
    failOn: 'truncated',
    limitInputPixels: maxPixelsOf(format),
    sequentialRead: true,
  });
  const { autoOrient, orientation = 1, pages = 1 } = await image.metadata();
  await image.clone().timeout({ seconds: VIPS_SECONDS }).resize(64, 64, { fit: 'inside' }).raw().toBuffer();
  let frames = pages;
  // The decoders show the frames before a cut and say nothing about the rest.
  if (format === 'gif' && endOfGif(await bytesOf(source)) === null) return corrupt(format, CUT_BETWEEN);
  if (format === 'png') {
    const file = await bytesOf(source);
    frames = framesOfPng(file);
    if (frames > 1 && endOfPng(file) === null) return corrupt(format, CUT_BETWEEN);
  }
  return facts(format, { ...autoOrient, orientation, frames });
}

const CUT_BETWEEN = 'ends in the middle of its frames';

async function decodeByOthers(file: Uint8Array, format: ForeignFormat): Promise<Inspection> {
  const decoded = await decodeForeign(file, format);
  switch (decoded.kind) {
    case 'pixels':
      return facts(format, { ...decoded.pixels, orientation: 1, frames: 1 });
    case 'corrupt':
      return corrupt(format, decoded.why);
    case 'no_decoder': {
      const header = imageHeader(file.subarray(0, PROBE_BYTES));
      return header
        ? facts(format, { ...header, orientation: 1, frames: 1 }, false)
        : { kind: 'unsupported', format };
    }
    default: {
      const never: never = decoded;
      return never;
    }
  }
}

type Seen = Pick<ImageFacts, 'width' | 'height' | 'orientation' | 'frames'>;

function facts(format: string, { width, height, orientation, frames }: Seen, decoded = true): ImageFacts {
  const mimeType = formatNamed(format)?.mimeType ?? 'application/octet-stream';
  return { kind: 'image', format, mimeType, width, height, orientation, frames, decoded };
}

async function bytesOf(source: MediaSource): Promise<Uint8Array> {
  return typeof source === 'string' ? readFile(source) : source;
}

/** libvips has no codes, only English; these phrases were stable over the versions tried (8.15 to 8.18). */
function whatVipsMeant(error: unknown, format: string): Inspection {
  const message = error instanceof Error ? error.message : '';
  if (message.includes('exceeds pixel limit')) {
    return { kind: 'too_large', format, maxPixels: maxPixelsOf(format), width: null, height: null };
  }
  // One container, two codecs: what calls itself AVIF may hold HEVC, which libvips has no decoder for.
  if (message.includes('has not been built in'))
    return { kind: 'unsupported', format: format === 'avif' ? 'heic' : format };
  if (message.includes('timeout')) return corrupt(format, `takes longer than ${VIPS_SECONDS} s to decode`);
  if (/premature end|end of file|bad seek|libpng read error/i.test(message)) {
    return corrupt(format, CUT_OFF.why);
  }
  return corrupt(format, 'is damaged: its picture data cannot be decoded');
}
