/**
 * From a job to a `generateContent` request, or to why it cannot be sent. Pure. Facts: Google's guide to image generation with
 * Gemini and the types of the official Node client (@google/genai).
 */
import type { JsonObject } from '../../json.ts';
import type { InputMedia, SubmitJob } from '../adapter.ts';
import { parseFrame, ratioOf } from '../frame.ts';
import type { InputFile } from '../read-inputs.ts';
import { spoken } from '../translation.ts';
import type { Unsupported } from '../unsupported.ts';

const RATIOS = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'];
/** Gemini 3.1 draws longer strips as well. */
const LONG_RATIOS = ['1:4', '4:1', '1:8', '8:1'];

interface PictureFamily {
  readonly ratios: readonly string[];
  /** Empty where there is no choice. */
  readonly resolutions: readonly string[];
}

/** The 2.5 models make one resolution; those after them can be asked for more. */
function familyOf(upstreamModel: string): PictureFamily {
  if (/^gemini-2/.test(upstreamModel)) return { ratios: RATIOS, resolutions: [] };
  if (/^gemini-3-/.test(upstreamModel)) return { ratios: RATIOS, resolutions: ['1K', '2K', '4K'] };
  return { ratios: [...RATIOS, ...LONG_RATIOS], resolutions: ['1K', '2K', '4K'] };
}

export type PictureRequest =
  | { readonly kind: 'request'; readonly prompt: string; readonly config: JsonObject }
  | { readonly kind: 'refused'; readonly why: Unsupported };

export function pictureRequest(job: SubmitJob): PictureRequest {
  const family = familyOf(job.upstreamModel);
  const { ours, theirs } = spoken(job.params, job.mapping);
  const { prompt, size, resolution, quality, n, output_format, negative_prompt, seed, ...rest } = ours;
  const why =
    checkInputs(job.inputs) ??
    checkSize(family, size, resolution) ??
    checkAbsent({ quality: quality === 'auto' ? undefined : quality, output_format, negative_prompt }) ??
    (n === undefined || n === 1 ? null : refuse('n', 'This model makes one picture in one request.'));
  if (why) return { kind: 'refused', why };
  const frame = parseFrame(size);
  const aspectRatio = frame === null ? null : ratioOf(frame, family.ratios);
  const imageConfig = {
    ...(aspectRatio === null ? {} : { aspectRatio }),
    ...(typeof resolution === 'string' && family.resolutions.length > 0
      ? { imageSize: resolution.toUpperCase() }
      : {}),
    // What else a model of the operator's takes is an option of the picture.
    ...rest,
    ...theirs,
  };
  const config = {
    // Asked for text too, the model says why it drew nothing.
    responseModalities: ['TEXT', 'IMAGE'],
    ...(Object.keys(imageConfig).length > 0 ? { imageConfig } : {}),
    // Its seeds are signed numbers of 32 bits.
    ...(typeof seed === 'number' ? { seed: seed % 2 ** 31 } : {}),
  };
  return { kind: 'request', prompt: typeof prompt === 'string' ? prompt : '', config };
}

/** The pictures come first, as Google advises, then what is to be done with them. */
export function bodyOf(
  { prompt, config }: Extract<PictureRequest, { kind: 'request' }>,
  files: readonly InputFile[],
): Record<string, unknown> {
  const pictures = files.map(({ input, bytes }) => ({
    inlineData: { mimeType: input.mimeType, data: Buffer.from(bytes).toString('base64') },
  }));
  return {
    contents: [{ role: 'user', parts: [...pictures, { text: prompt }] }],
    generationConfig: config,
  };
}

function checkInputs(inputs: readonly InputMedia[]): Unsupported | null {
  const strange = inputs.find(({ param }) => param !== 'image_urls');
  if (!strange) return null;
  return refuse(strange.param, `This model takes pictures only. Leave \`${strange.param}\` out.`);
}

function checkSize(family: PictureFamily, size: unknown, resolution: unknown): Unsupported | null {
  const { ratios, resolutions } = family;
  if (size !== undefined && size !== 'auto') {
    const frame = parseFrame(size);
    if (frame?.exact === true)
      return refuse('size', 'This model makes no exact sizes. Give a ratio such as 16:9, and `resolution`.');
    if (frame === null || ratioOf(frame, ratios) === null)
      return refuse('size', `\`size\` must be auto or one of: ${ratios.join(', ')}.`);
  }
  if (resolution === undefined) return null;
  const offered = resolutions.length === 0 ? ['1K'] : resolutions;
  if (typeof resolution === 'string' && offered.includes(resolution.toUpperCase())) return null;
  return refuse('resolution', `\`resolution\` must be one of: ${offered.join(', ')}.`);
}

function checkAbsent(params: Readonly<Record<string, unknown>>): Unsupported | null {
  const found = Object.entries(params).find(([, value]) => value !== undefined);
  return found ? refuse(found[0], `This model has no choice of \`${found[0]}\`. Leave it out.`) : null;
}

const refuse = (param: string, message: string): Unsupported => ({ param, message });
