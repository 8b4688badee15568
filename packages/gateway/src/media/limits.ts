/** One inspected input against what the model takes. Pure: facts and limits in, problems out. */
import type { InputLimits, MediaKind } from '../catalog/model.ts';
import type { ImageOp } from './auto-fix.ts';
import { brokenClipLimits, wrongTracks } from './clip-limits.ts';
import { describeFormat, formatNamed, listFormats, type MediaFormat } from './formats.ts';
import type { Inspection, MediaFacts } from './inspection.ts';
import type { Problem } from './problem.ts';
import { rangeInWords, rounded } from './range.ts';

export interface Subject {
  /** `image_urls[0]`. */
  readonly param: string;
  readonly expects: MediaKind;
  readonly bytes: number;
}

/** Facts, or the one problem that keeps us from having any. */
export function usableAs(
  inspection: Inspection,
  subject: Subject,
  limits: InputLimits,
): MediaFacts | Problem {
  const { param } = subject;
  switch (inspection.kind) {
    case 'image':
    case 'video':
    case 'audio': {
      const takes = limits.formats.map((name) => formatNamed(name)?.name ?? name);
      if (inspection.kind !== subject.expects || !takes.includes(inspection.format)) {
        return wrongTracks(inspection, subject, limits) ?? wrongFormat(inspection, subject, limits);
      }
      return isUnwantedAnimation(inspection, limits) ? animated(inspection, subject, limits) : inspection;
    }
    case 'unsupported':
      return wrongFormat(inspection, subject, limits);
    case 'corrupt':
      return {
        code: 'image_processing_error',
        subtype: 'corrupted',
        param,
        because: `${param} is ${describeFormat(inspection.format)} that ${inspection.why}.`,
        ...(subject.expects === 'image' ? {} : { remedy: 'Save or export the file anew and send that.' }),
        details: { reason: 'corrupted', format: inspection.format },
      };
    case 'too_large': {
      const { width, height, maxPixels } = inspection;
      const label = formatNamed(inspection.format)?.label ?? '';
      const size = width === null || height === null ? 'more' : `${width}x${height}`;
      return {
        code: 'invalid_parameters',
        subtype: 'image_dimension',
        param,
        because: `${param} claims ${size} pixels; ${label} images of more than ${maxPixels / 1_000_000} megapixels are not opened.`,
        remedy: `Send the image with at most ${maxPixels / 1_000_000} megapixels.`,
        details: {
          max_pixels: maxPixels,
          ...(width === null || height === null ? {} : { actual_width: width, actual_height: height }),
        },
      };
    }
    case 'not_media':
      return notMedia(inspection, param, limits);
    default: {
      const never: never = inspection;
      return never;
    }
  }
}

/** Every limit that the input breaks. */
export function brokenLimits(facts: MediaFacts, subject: Subject, limits: InputLimits): Problem[] {
  const found = [tooManyBytes(facts, subject, limits)];
  if (facts.kind !== 'audio') {
    const { width, height } = facts;
    const picture = { width, height, isImage: facts.kind === 'image' };
    found.push(sidesOutOfRange(picture, subject, limits), tooManyPixels(picture, subject, limits));
    found.push(ratioOutOfRange(picture, subject, limits));
  }
  if (facts.kind !== 'image') found.push(...brokenClipLimits(facts, subject, limits));
  return found.filter((problem) => problem !== null);
}

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly isImage: boolean;
}

function wrongFormat(
  found: MediaFacts | Extract<Inspection, { kind: 'unsupported' }>,
  { param, expects }: Subject,
  limits: InputLimits,
): Problem {
  const { format } = found;
  const known = formatNamed(format);
  const what = describeFormat(format, found.kind === 'unsupported' ? undefined : found.kind);
  const because = `${param} is ${what}; this model takes ${listFormats(limits.formats)} here.`;
  const mendableBy: ImageOp[] = expects === 'image' && known && isConvertible(known) ? ['convert'] : [];
  const details = { actual_format: format, formats: limits.formats };
  // What phones and cameras make is a picture we fail to read; anything else is a wrong parameter (contract.md 4).
  return format === 'heic' || format === 'avif'
    ? { code: 'image_processing_error', subtype: 'unsupported_format', param, because, details, mendableBy }
    : { code: 'invalid_parameters', subtype: 'unsupported_format', param, because, details, mendableBy };
}

/** A model that takes no GIF wants one picture, whatever the container could hold. */
function isUnwantedAnimation(facts: MediaFacts, limits: InputLimits): boolean {
  return facts.kind === 'image' && facts.frames > 1 && !limits.formats.includes('gif');
}

function animated(facts: MediaFacts, { param }: Subject, limits: InputLimits): Problem {
  const frames = facts.kind === 'image' ? facts.frames : 1;
  const parts = facts.format === 'tiff' ? 'pages' : 'frames';
  return {
    code: 'invalid_parameters',
    subtype: 'unsupported_format',
    param,
    because: `${param} is ${describeFormat(facts.format)} of ${frames} ${parts}; this model takes one still picture here.`,
    remedy: `Send the one ${parts.slice(0, -1)} that is meant, as a file of its own.`,
    details: { actual_format: facts.format, formats: limits.formats, max_frames: 1, actual_frames: frames },
    mendableBy: ['convert'],
  };
}

function isConvertible({ kind, depth }: MediaFormat): boolean {
  return kind === 'image' && depth === 'decoded';
}

function notMedia(
  inspection: Extract<Inspection, { kind: 'not_media' }>,
  param: string,
  limits: InputLimits,
): Problem {
  const because = `${param} is ${inspection.label}; this model takes ${listFormats(limits.formats)} here.`;
  return inspection.what === 'empty'
    ? {
        code: 'image_processing_error',
        subtype: 'corrupted',
        param,
        because: `${param} is empty: it has 0 bytes.`,
        details: { reason: 'empty', actual_bytes: 0 },
      }
    : {
        code: 'invalid_parameters',
        subtype: 'unsupported_format',
        param,
        because,
        details: { actual_format: inspection.what, formats: limits.formats },
      };
}

function tooManyBytes(facts: MediaFacts, { param, bytes }: Subject, limits: InputLimits): Problem | null {
  if (limits.maxBytes === undefined || bytes <= limits.maxBytes) return null;
  const count = (n: number) => n.toLocaleString('en-US');
  return {
    code: 'invalid_parameters',
    subtype: 'file_too_large',
    param,
    because: `${param} has ${count(bytes)} bytes; at most ${count(limits.maxBytes)} are accepted.`,
    details: { max_bytes: limits.maxBytes, actual_bytes: bytes },
    mendableBy: facts.kind === 'image' ? ['compress'] : [],
  };
}

function sidesOutOfRange(picture: Picture, { param }: Subject, limits: InputLimits): Problem | null {
  const { width, height } = picture;
  const least = limits.minSide ?? 1;
  const most = limits.maxSide ?? Number.POSITIVE_INFINITY;
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  if (short >= least && long <= most) return null;
  return {
    code: 'invalid_parameters',
    subtype: 'image_dimension',
    param,
    because: `${param} is ${width}x${height} pixels; each side must be ${rangeInWords(limits.minSide, limits.maxSide)} pixels.`,
    ...(picture.isImage ? {} : { remedy: 'Scale the clip so that both sides are within the range.' }),
    details: {
      ...(limits.minSide === undefined ? {} : { min_side: limits.minSide }),
      ...(limits.maxSide === undefined ? {} : { max_side: limits.maxSide }),
      actual_width: width,
      actual_height: height,
    },
    mendableBy: picture.isImage ? ['resize'] : [],
  };
}

function tooManyPixels(picture: Picture, { param }: Subject, limits: InputLimits): Problem | null {
  const { width, height } = picture;
  if (limits.maxPixels === undefined || width * height <= limits.maxPixels) return null;
  return {
    code: 'invalid_parameters',
    subtype: 'image_dimension',
    param,
    because: `${param} is ${width}x${height}, ${width * height} pixels; at most ${limits.maxPixels} are accepted.`,
    remedy: `Make the ${picture.isImage ? 'image' : 'clip'} smaller: width times height may be ${limits.maxPixels} at most.`,
    details: {
      max_pixels: limits.maxPixels,
      actual_pixels: width * height,
      actual_width: width,
      actual_height: height,
    },
    mendableBy: picture.isImage ? ['resize'] : [],
  };
}

function ratioOutOfRange(picture: Picture, { param }: Subject, limits: InputLimits): Problem | null {
  const { width, height } = picture;
  const ratio = width / height;
  const least = limits.minRatio ?? 0;
  const most = limits.maxRatio ?? Number.POSITIVE_INFINITY;
  if (ratio >= least && ratio <= most) return null;
  return {
    code: 'invalid_parameters',
    subtype: 'image_dimension',
    param,
    because: `${param} is ${width}x${height}, a ratio (width / height) of ${rounded(ratio)}; it must be ${rangeInWords(limits.minRatio, limits.maxRatio)}.`,
    remedy: `Crop or pad the ${picture.isImage ? 'image' : 'clip'} to a ratio ${rangeInWords(limits.minRatio, limits.maxRatio)}.`,
    details: {
      ...(limits.minRatio === undefined ? {} : { min_ratio: limits.minRatio }),
      ...(limits.maxRatio === undefined ? {} : { max_ratio: limits.maxRatio }),
      actual_ratio: rounded(ratio),
      actual_width: width,
      actual_height: height,
    },
    mendableBy: picture.isImage ? ['crop', 'pad'] : [],
  };
}
