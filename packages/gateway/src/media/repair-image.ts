/**
 * Only for decoding processes: brings one picture to what a model takes. Read this first for repairs. What must change is decided
 * from the header (geometry.ts, and `unfit` below), the picture is decoded once, and encode-image.ts writes it within the bytes.
 *
 * Whatever is written anew comes out upright, as sRGB with 8 bits, without metadata, and nothing but the picture. A picture that
 * needs nothing is left alone, so repairing twice changes nothing the second time.
 */
import { readFile } from 'node:fs/promises';
import { framesOfPng } from './apng.ts';
import { decodeForeign } from './decode-foreign.ts';
import type { RepairOutcome, RepairRequest, RepairStep } from './decode-job.ts';
import { encode, targetsFor } from './encode-image.ts';
import { formatNamed, isForeign } from './formats.ts';
import { planSize, type SizeStep } from './geometry.ts';
import { type MediaSource, maxPixelsOf } from './inspection.ts';
import { type Size, sizeInWords } from './match.ts';
import { hasTrailingData } from './picture-end.ts';
import { isOpaque, type Pixels, withoutAlpha } from './pixels.ts';
import { sharp, VIPS_SECONDS } from './vips.ts';

export async function repairImage(
  source: MediaSource,
  format: string,
  request: RepairRequest,
): Promise<RepairOutcome> {
  try {
    return await repair(await open(source, format), request);
  } catch {
    // Whatever the decoder did not like: it cannot be repaired, and the error of the check stands.
    return { kind: 'impossible' };
  }
}

type Image = ReturnType<typeof sharp>;

interface Original extends Size {
  readonly format: string;
  readonly bytes: number;
  /** EXIF, 1 to 8. */
  readonly orientation: number;
  /** What a reader of only the picture itself may stumble over, in words. */
  readonly oddities: readonly string[];
  readonly frames: number;
  readonly image: Image;
}

async function repair(original: Original, request: RepairRequest): Promise<RepairOutcome> {
  const { ops, formats, maxBytes } = request;
  const may = (op: RepairStep['op']) => ops.includes(op);
  const plan = planSize(original, request.size, ops);
  if (plan.kind === 'impossible') return plan;

  const stillsOnly = !formats.includes('gif');
  const animation = original.frames > 1 ? [`${original.frames} frames`] : [];
  const wrongFormat = !formats.includes(original.format);
  const oddities = [...original.oddities, ...(stillsOnly ? animation : [])];
  const tooLarge = maxBytes !== null && original.bytes > maxBytes;
  const turned = original.orientation > 1;
  const changes =
    plan.steps.length > 0 ||
    wrongFormat ||
    (may('convert') && oddities.length > 0) ||
    (may('compress') && tooLarge) ||
    (may('orient') && turned);
  if (!changes) return tooLarge ? { kind: 'impossible' } : { kind: 'unchanged' };
  // Written anew an animation is its first frame: that is a conversion, also where the model would take the whole.
  if ((wrongFormat || animation.length > 0) && !may('convert')) return { kind: 'impossible' };

  const { isMask, cropTo } = request;
  const pixels = await pixelsOf(original.image, plan.steps, cropTo);
  const written = await encode(pixels, {
    targets: targetsFor(
      { format: original.format, hasAlpha: pixels.channels === 4, isMask },
      formats,
      may('convert'),
    ),
    maxBytes,
    mayCompress: may('compress'),
  });
  if (!written) return { kind: 'impossible' };

  const lost = [...original.oddities, ...animation];
  const converted = written.format !== original.format || lost.length > 0;
  const compressed = written.compressed || (tooLarge && plan.steps.length === 0 && !wrongFormat);
  return {
    kind: 'repaired',
    data: written.data,
    format: written.format,
    width: pixels.width,
    height: pixels.height,
    steps: [
      ...(turned
        ? [{ op: 'orient', from: `EXIF orientation ${original.orientation}`, to: 'upright' } as const]
        : []),
      ...(converted
        ? [
            {
              op: 'convert',
              from: [mimeOf(original.format), ...lost].join(', '),
              to: mimeOf(written.format),
            } as const,
          ]
        : []),
      ...plan.steps.map(({ op, from, to }) => ({ op, from: sizeInWords(from), to: sizeInWords(to) })),
      ...(compressed
        ? [
            {
              op: 'compress',
              from: inMegabytes(original.bytes),
              to: inMegabytes(written.data.byteLength),
            } as const,
          ]
        : []),
    ],
  };
}

async function open(source: MediaSource, format: string): Promise<Original> {
  const file = typeof source === 'string' ? await readFile(source) : source;
  const common = { format, bytes: file.byteLength };
  if (isForeign(format)) {
    const decoded = await decodeForeign(file, format);
    if (decoded.kind !== 'pixels') throw new Error('the check did not let this one pass');
    const { data, width, height, channels } = decoded.pixels;
    const image = sharp(data, { raw: { width, height, channels } });
    return { ...common, width, height, orientation: 1, oddities: [], frames: 1, image };
  }
  const image = sharp(file, { failOn: 'truncated', limitInputPixels: maxPixelsOf(format) });
  const { autoOrient, orientation = 1, pages = 1, space, depth } = await image.metadata();
  const oddities = [
    ...(space === 'cmyk' ? ['CMYK'] : []),
    ...(depth === 'uchar' ? [] : [depth === 'ushort' ? '16 bit' : String(depth)]),
    ...(hasTrailingData(file, format) ? ['other data behind the picture'] : []),
  ];
  const frames = format === 'png' ? framesOfPng(file) : pages;
  return { ...common, ...autoOrient, orientation, oddities, frames, image };
}

async function pixelsOf(
  image: Image,
  steps: readonly SizeStep[],
  cropTo: RepairRequest['cropTo'],
): Promise<Pixels> {
  const [first] = steps;
  const last = steps.at(-1);
  let work = image.autoOrient().timeout({ seconds: VIPS_SECONDS }).toColourspace('srgb');
  if (first && last) {
    const { hasAlpha = false } = await image.metadata();
    // A channel for transparency that nothing uses (most screenshots) is no reason for bars of glass.
    const isGlassy = first.op === 'pad' && hasAlpha && !(await image.clone().stats()).isOpaque;
    // One resize does it all: to crop or pad to a shape and then scale is to cover or contain the final size.
    work = work.resize({
      ...last.to,
      fit: first.op === 'pad' ? 'contain' : 'cover',
      position: first.op === 'crop' && cropTo === 'attention' ? sharp.strategy.attention : 'centre',
      background: { r: 0, g: 0, b: 0, alpha: isGlassy ? 0 : 1 },
    });
  }
  const { data, info } = await work.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const pixels = { data, width: info.width, height: info.height, channels: channelsOf(info.channels) };
  return isOpaque(pixels) ? withoutAlpha(pixels) : pixels;
}

function channelsOf(count: number): 3 | 4 {
  if (count === 3 || count === 4) return count;
  throw new Error(`a picture in sRGB has 3 or 4 channels, not ${count}`);
}

function mimeOf(format: string): string {
  return formatNamed(format)?.mimeType ?? format;
}

function inMegabytes(bytes: number): string {
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
