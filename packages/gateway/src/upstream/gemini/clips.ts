/**
 * From a job to a Veo request (`predictLongRunning`), or to why it cannot be sent. Pure. Facts: Google's guide to Veo in the Gemini
 * API and the request as the official Node client (@google/genai 2) writes it.
 */
import type { JsonObject, JsonValue } from '../../json.ts';
import type { InputMedia, SubmitJob } from '../adapter.ts';
import { nearest, parseFrame, ratioOf } from '../frame.ts';
import type { InputFile } from '../read-inputs.ts';
import { spoken } from '../translation.ts';
import type { Unsupported } from '../unsupported.ts';

interface ClipFamily {
  readonly seconds: readonly number[];
  readonly resolutions: readonly string[];
  readonly hasAudio: boolean;
  readonly takesLastFrame: boolean;
}

const VEO_2: ClipFamily = {
  seconds: [5, 6, 7, 8],
  resolutions: ['720p'],
  hasAudio: false,
  takesLastFrame: true,
};
const VEO_3: ClipFamily = {
  seconds: [4, 6, 8],
  resolutions: ['720p', '1080p'],
  hasAudio: true,
  takesLastFrame: false,
};
const VEO_3_1: ClipFamily = { ...VEO_3, resolutions: ['720p', '1080p', '4k'], takesLastFrame: true };

function familyOf(upstreamModel: string): ClipFamily {
  if (/^veo-2/.test(upstreamModel)) return VEO_2;
  return /^veo-3\.0/.test(upstreamModel) ? VEO_3 : VEO_3_1;
}

const RATIOS = ['16:9', '9:16'];
/** Above 720p, and between two given frames, there are clips of this length only. */
const LONGEST_SECONDS = 8;

export type ClipRequest =
  | { readonly kind: 'request'; readonly prompt: string; readonly parameters: JsonObject }
  | { readonly kind: 'refused'; readonly why: Unsupported };

export function clipRequest(job: SubmitJob): ClipRequest {
  const family = familyOf(job.upstreamModel);
  const { ours, theirs } = spoken(job.params, job.mapping);
  // The API has no seeds. A seed asks for the same again "where the model can", so it is no reason to refuse.
  const { prompt, duration, aspect_ratio, quality, generate_audio, negative_prompt, seed, ...rest } = ours;
  const resolution = quality ?? qualityOf(aspect_ratio);
  const why =
    checkInputs(family, job.inputs) ??
    checkRatio(aspect_ratio) ??
    checkResolution(family, resolution, quality === undefined ? 'aspect_ratio' : 'quality') ??
    checkDuration(family, duration, resolution, job.inputs.length) ??
    checkAudio(family, generate_audio);
  if (why) return { kind: 'refused', why };
  const aspectRatio = ratioFor(aspect_ratio, job.inputs[0]);
  const seconds = job.inputs.length > 1 && duration === undefined ? LONGEST_SECONDS : duration;
  const parameters = {
    ...(aspectRatio === null ? {} : { aspectRatio }),
    // Where there is no choice, there is no such field.
    ...(resolution === undefined || family.resolutions.length === 1 ? {} : { resolution }),
    ...(seconds === undefined ? {} : { durationSeconds: seconds }),
    ...(negative_prompt === undefined ? {} : { negativePrompt: negative_prompt }),
    ...rest,
    ...theirs,
  };
  return { kind: 'request', prompt: typeof prompt === 'string' ? prompt : '', parameters };
}

/** One picture is the first frame, two are the first and the last. */
export function bodyOf(
  { prompt, parameters }: Extract<ClipRequest, { kind: 'request' }>,
  files: readonly InputFile[],
): Record<string, unknown> {
  const [first, last] = files.map(({ input, bytes }) => ({
    bytesBase64Encoded: Buffer.from(bytes).toString('base64'),
    mimeType: input.mimeType,
  }));
  const instance = {
    prompt,
    ...(first === undefined ? {} : { image: first }),
    ...(last === undefined ? {} : { lastFrame: last }),
  };
  return { instances: [instance], parameters };
}

function checkInputs({ takesLastFrame }: ClipFamily, inputs: readonly InputMedia[]): Unsupported | null {
  const strange = inputs.find(({ param }) => param !== 'image_urls');
  if (strange)
    return refuse(strange.param, `This model takes pictures only. Leave \`${strange.param}\` out.`);
  if (inputs.length > 2)
    return refuse('image_urls[2]', 'This model takes two pictures at most: the first and the last frame.');
  if (inputs.length === 2 && !takesLastFrame)
    return refuse('image_urls[1]', 'This model takes one picture only, and it is the first frame.');
  return null;
}

function checkRatio(aspectRatio: unknown): Unsupported | null {
  if (aspectRatio === undefined || aspectRatio === 'adaptive') return null;
  const frame = parseFrame(aspectRatio);
  const isOffered =
    frame !== null &&
    ratioOf(frame, RATIOS) !== null &&
    (!frame.exact || qualityOf(aspectRatio) !== undefined);
  if (isOffered) return null;
  return refuse('aspect_ratio', '`aspect_ratio` must be 16:9, 9:16, 1280x720, 720x1280 or `adaptive`.');
}

function checkResolution(
  { resolutions }: ClipFamily,
  resolution: JsonValue | undefined,
  param: string,
): Unsupported | null {
  if (resolution === undefined || resolutions.some((one) => one === resolution)) return null;
  return refuse(param, `This model makes ${resolutions.join(', ')} only.`);
}

function checkDuration(
  { seconds }: ClipFamily,
  duration: JsonValue | undefined,
  resolution: JsonValue | undefined,
  pictures: number,
): Unsupported | null {
  if (duration === undefined) return null;
  if (typeof duration !== 'number' || !seconds.includes(duration))
    return refuse('duration', `This model makes clips of ${seconds.join(', ')} seconds only.`);
  const mustBeLongest = pictures > 1 || (resolution !== undefined && resolution !== '720p');
  if (!mustBeLongest || duration === LONGEST_SECONDS) return null;
  return refuse('duration', `Above 720p, and between two frames, a clip has ${LONGEST_SECONDS} seconds.`);
}

function checkAudio({ hasAudio }: ClipFamily, wanted: JsonValue | undefined): Unsupported | null {
  if (wanted === undefined || wanted === hasAudio) return null;
  const always = hasAudio ? 'always makes sound' : 'makes no sound';
  return refuse('generate_audio', `This model ${always}. Leave \`generate_audio\` out.`);
}

/** The quality that exact pixels stand for. */
function qualityOf(aspectRatio: unknown): string | undefined {
  const frame = parseFrame(aspectRatio);
  if (frame?.exact !== true) return undefined;
  switch (Math.min(frame.width, frame.height)) {
    case 720:
      return '720p';
    case 1080:
      return '1080p';
    case 2160:
      return '4k';
    default:
      return undefined;
  }
}

/** `adaptive` follows the picture; null leaves the choice to the model. */
function ratioFor(aspectRatio: unknown, first: InputMedia | undefined): string | null {
  const frame = parseFrame(aspectRatio);
  if (frame !== null) return ratioOf(frame, RATIOS);
  if (!first || first.width === null || first.height === null) return null;
  return nearest({ width: first.width, height: first.height, exact: false }, RATIOS);
}

const refuse = (param: string, message: string): Unsupported => ({ param, message });
