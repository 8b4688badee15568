/** Pictures: Wan and Qwen-Image, made and edited. Pure. */
import type { JsonObject, JsonValue } from '../../json.ts';
import type { InputMedia, SubmitJob } from '../adapter.ts';
import { type Frame, parseFrame, ratioOf } from '../frame.ts';
import { spoken } from '../translation.ts';
import type { Unsupported } from '../unsupported.ts';
import { type PictureDialect, type PictureModel, type PictureSizes, pictureModel } from './models.ts';
import { type DashScopeRequest, inputsOf, none, present, seedFor } from './request.ts';

const PATHS: Readonly<Record<PictureDialect, string>> = {
  prompt: '/services/aigc/text2image/image-synthesis',
  edit: '/services/aigc/image2image/image-synthesis',
  messages: '/services/aigc/image-generation/generation',
  answer: '/services/aigc/multimodal-generation/generation',
};
const SIDES: Readonly<Record<string, number>> = { '1K': 1024, '2K': 2048, '4K': 4096 };
const STEP = 16;
/** One side to the other, whichever is longer; no family takes more. */
const LONGEST = 8;

export function pictureRequest(job: SubmitJob): DashScopeRequest {
  const { ours, theirs } = spoken(job.params, job.mapping);
  const model = pictureModel(job.upstreamModel);
  const { prompt, negative_prompt, size, resolution, quality, n, output_format, seed, ...others } = ours;
  const inputs = inputsOf(job, 'image_urls');
  const made = sizeFor(size, resolution, model.sizes, inputs[0]);
  const wrong =
    inputFault(job, model) ??
    (quality === undefined || quality === 'auto'
      ? null
      : none('quality', 'quality can only be auto on this route.')) ??
    (output_format === undefined || output_format === 'png'
      ? null
      : none('output_format', 'output_format can only be png on this route.')) ??
    countFault(n, model) ??
    (typeof made === 'object' && made !== null ? made : null);
  if (wrong) return { kind: 'none', ...wrong };
  const isConversation = model.dialect === 'messages' || model.dialect === 'answer';
  const parameters = {
    ...others,
    ...present({ n, seed: seedFor(seed) }),
    ...(typeof made === 'string' ? { size: made } : {}),
    ...(isConversation ? present({ negative_prompt }) : {}),
    ...theirs,
  };
  return {
    kind: 'request',
    path: PATHS[model.dialect],
    isJob: model.dialect !== 'answer',
    inputs,
    body: (urls) => ({
      model: job.upstreamModel,
      input: isConversation
        ? conversation(prompt, urls)
        : { ...present({ prompt, negative_prompt }), ...(urls.length > 0 ? { images: [...urls] } : {}) },
      parameters,
    }),
  };
}

function conversation(prompt: JsonValue | undefined, urls: readonly string[]): JsonObject {
  const content = [...urls.map((image) => ({ image })), { text: prompt ?? '' }];
  return { messages: [{ role: 'user', content }] };
}

function inputFault(job: SubmitJob, { given: [least, most] }: PictureModel): Unsupported | null {
  const stray = job.inputs.find((input) => input.param !== 'image_urls');
  if (stray) return none(stray.param, `${stray.param} is not taken on this route.`);
  if (job.inputs.length < least) return none('image_urls', 'This model needs a picture to work on.');
  if (job.inputs.length <= most) return null;
  return most === 0
    ? none('image_urls', 'This model makes pictures from words alone.')
    : none(`image_urls[${most}]`, `At most ${most} of image_urls are taken.`);
}

function countFault(n: JsonValue | undefined, model: PictureModel): Unsupported | null {
  const count = Number(n ?? 1);
  if (Number.isInteger(count) && count >= 1 && count <= model.n) return null;
  return none(
    'n',
    model.n === 1 ? 'n can only be 1 on this route.' : `n can be 1 to ${model.n} on this route.`,
  );
}

/** `1664*928`, `2K`, or null for the model's own choice. */
function sizeFor(
  size: JsonValue | undefined,
  resolution: JsonValue | undefined,
  sizes: PictureSizes,
  first: InputMedia | undefined,
): string | null | Unsupported {
  const isFree = size === undefined || size === 'auto';
  const frame = parseFrame(size);
  if (!isFree && frame === null) {
    return none('size', 'size is auto, a ratio such as 16:9, or pixels such as 1024x1024.');
  }
  switch (sizes.kind) {
    case 'own':
      if (resolution !== undefined) return none('resolution', 'resolution cannot be chosen on this route.');
      return isFree ? null : none('size', 'The size is that of the picture given: leave it out.');
    case 'fixed':
      if (resolution !== undefined) return none('resolution', 'resolution cannot be chosen on this route.');
      return frame === null ? null : fixed(frame, sizes.sizes);
    case 'free':
      return free(frame, resolution, sizes, first);
    default: {
      const never: never = sizes;
      return never;
    }
  }
}

function fixed(frame: Frame, offered: readonly string[]): string | Unsupported {
  const asked = `${frame.width}x${frame.height}`;
  const found = frame.exact ? offered.find((one) => one === asked) : ratioOf(frame, offered);
  return (
    found?.replace('x', '*') ??
    none('size', `size can be ${offered.join(', ')} or a ratio of these on this route.`)
  );
}

function free(
  frame: Frame | null,
  resolution: JsonValue | undefined,
  sizes: Extract<PictureSizes, { kind: 'free' }>,
  first: InputMedia | undefined,
): string | null | Unsupported {
  const { least, most, usual, longest = Number.POSITIVE_INFINITY, words } = sizes;
  const word = resolution === undefined ? undefined : String(resolution).toUpperCase();
  const side = word === undefined ? usual : SIDES[word];
  if (side === undefined || side < least || side > most) {
    const known = Object.keys(SIDES).filter((name) => inRange(SIDES[name] ?? 0, least, most));
    return none('resolution', `resolution can be ${known.join(', ') || 'left out'} on this route.`);
  }
  if (frame?.exact) {
    const { width, height } = frame;
    const isFit = inRange(Math.sqrt(width * height), least, most) && Math.max(width, height) <= longest;
    return isFit ? `${width}*${height}` : none('size', bounds(sizes));
  }
  if (frame === null && word === undefined) return null;
  if (frame === null && words && word !== undefined) return word;
  const ratio = frame
    ? frame.width / frame.height
    : first?.width && first.height
      ? first.width / first.height
      : 1;
  const width = Math.floor((side * Math.sqrt(ratio)) / STEP) * STEP;
  const height = Math.floor(side / Math.sqrt(ratio) / STEP) * STEP;
  const isSlim = ratio > LONGEST || ratio < 1 / LONGEST;
  const isFit = !isSlim && Math.max(width, height) <= longest && Math.sqrt(width * height) >= least;
  return isFit ? `${width}*${height}` : none('size', bounds(sizes));
}

function bounds({ least, most, longest }: Extract<PictureSizes, { kind: 'free' }>): string {
  const sides = longest === undefined ? '' : `, no side longer than ${longest}`;
  return `size must have as many pixels as ${least}x${least} to ${most}x${most}${sides}, one side at most ${LONGEST} times the other, on this route.`;
}

function inRange(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}
