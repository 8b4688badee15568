/** Pictures in Seedream's words. Pure. */
import type { JsonObject, JsonValue } from '../../json.ts';
import type { InputMedia, SubmitJob } from '../adapter.ts';
import { type Frame, parseFrame } from '../frame.ts';
import { spoken } from '../translation.ts';
import type { Unsupported } from '../unsupported.ts';
import type { ArkRequest } from './clip.ts';
import { type PictureModel, pictureModel } from './models.ts';

const SIDES: Readonly<Record<string, number>> = { '1K': 1024, '2K': 2048, '3K': 3072, '4K': 4096 };
const MOST_PIXELS = 4096 * 4096;
/** Of any picture, whichever side is longer. */
const LONGEST = 16;
/** Given and made pictures together, in one request. */
const MOST_PICTURES = 15;
const STEP = 16;

export function pictureRequest(job: SubmitJob): ArkRequest {
  const { ours, theirs } = spoken(job.params, job.mapping);
  // A seed is only a wish (every model of ours takes one), and these models have none.
  const { prompt, size, resolution, quality, n, output_format, negative_prompt, seed, ...others } = ours;
  const model = pictureModel(job.upstreamModel);
  const format = output_format === 'jpg' ? 'jpeg' : output_format;
  const count = n ?? 1;
  const made = sizeOf(size, resolution, model);
  const wrong =
    (negative_prompt === undefined
      ? null
      : fault('negative_prompt', 'Say in the prompt what is to be left out.')) ??
    (quality === undefined || quality === 'auto'
      ? null
      : fault('quality', 'quality can only be auto on this route; resolution sets the pixels.')) ??
    formatFault(format, model) ??
    inputFault(job.inputs, model) ??
    countFault(Number(count), job.inputs.length) ??
    (typeof made === 'object' && made !== null ? made : null);
  if (wrong) return { kind: 'none', ...wrong };
  return {
    kind: 'request',
    inputs: job.inputs,
    body: (urls) => ({
      model: job.upstreamModel,
      prompt: prompt ?? '',
      ...(urls.length > 0 ? { image: [...urls] } : {}),
      ...(typeof made === 'string' ? { size: made } : {}),
      ...groupOf(count),
      // Only the newer ones can choose; the others refuse the field.
      ...(format !== undefined && model?.formats.length !== 1 ? { output_format: format } : {}),
      response_format: 'url',
      watermark: false,
      ...others,
      ...theirs,
    }),
  };
}

/** A group is as many pictures as the model sees fit, up to the number asked for. */
function groupOf(count: JsonValue): JsonObject {
  if (count === 1) return {};
  return { sequential_image_generation: 'auto', sequential_image_generation_options: { max_images: count } };
}

/** `2K`, `2048x1152`, or null for the model's own choice. */
function sizeOf(
  size: JsonValue | undefined,
  resolution: JsonValue | undefined,
  model: PictureModel | null,
): string | null | Unsupported {
  const known = model?.resolutions ?? Object.keys(SIDES);
  const word = typeof resolution === 'string' ? resolution.toUpperCase() : undefined;
  if (word !== undefined && !known.includes(word)) {
    return fault('resolution', `resolution can be ${known.join(', ')} on this route.`);
  }
  if (size === undefined || size === 'auto') return word ?? null;
  const frame = parseFrame(size);
  if (frame === null)
    return fault('size', 'size is auto, a ratio such as 16:9, or pixels such as 2048x2048.');
  const ratio = frame.width / frame.height;
  if (ratio > LONGEST || ratio < 1 / LONGEST) {
    return fault('size', `One side can be at most ${LONGEST} times the other.`);
  }
  return frame.exact ? exact(frame, model) : ofRatio(ratio, SIDES[word ?? '2K'] ?? 2048);
}

function exact({ width, height }: Frame, model: PictureModel | null): string | Unsupported {
  const pixels = width * height;
  const least = model?.leastPixels ?? 0;
  if (pixels >= least && pixels <= MOST_PIXELS) return `${width}x${height}`;
  return fault(
    'size',
    `size must have ${least} to ${MOST_PIXELS} pixels on this route; ${width}x${height} has ${pixels}.`,
  );
}

/** About `side` x `side` pixels of this ratio, never more. */
function ofRatio(ratio: number, side: number): string {
  const width = Math.floor((side * Math.sqrt(ratio)) / STEP) * STEP;
  const height = Math.floor(side / Math.sqrt(ratio) / STEP) * STEP;
  return `${width}x${height}`;
}

function formatFault(format: JsonValue | undefined, model: PictureModel | null): Unsupported | null {
  if (format === undefined || !model || model.formats.includes(String(format))) return null;
  return fault('output_format', `output_format can be ${model.formats.join(', ')} on this route.`);
}

function inputFault(inputs: readonly InputMedia[], model: PictureModel | null): Unsupported | null {
  const stray = inputs.find((input) => input.param !== 'image_urls');
  if (stray) return fault(stray.param, `${stray.param} is not taken on this route.`);
  if (!model || inputs.length <= model.references) return null;
  return fault(`image_urls[${model.references}]`, `At most ${model.references} pictures are taken.`);
}

function countFault(count: number, given: number): Unsupported | null {
  const most = MOST_PICTURES - given;
  if (Number.isInteger(count) && count >= 1 && count <= most) return null;
  return fault('n', `n can be 1 to ${most} on this route, with ${given} pictures given.`);
}

function fault(param: string, message: string): Unsupported {
  return { param, message };
}
