/**
 * A job in Kling's words: under which path, and what is sent there; pictures apart, by `picturesIn`. Facts: its API documents of
 * text, image and multi-image to video, of images, and of the omni models.
 */
import type { JsonObject, JsonValue } from '../../json.ts';
import type { InputMedia, SubmitJob } from '../adapter.ts';
import { parseFrame, ratioOf } from '../frame.ts';
import type { InputFile } from '../read-inputs.ts';
import { type Cannot, cannot, present, spoken } from '../translation.ts';
import type { Kind } from './wire.ts';

export type KlingRequest =
  | { readonly kind: 'request'; readonly path: Kind; readonly body: JsonObject }
  | Cannot;

const VIDEO_RATIOS = ['16:9', '9:16', '1:1'];
const IMAGE_RATIOS = ['16:9', '9:16', '1:1', '4:3', '3:4', '3:2', '2:3', '21:9'];
/** The number of pixels follows from the mode. */
const MODES: Readonly<Record<string, string>> = { '720p': 'std', '1080p': 'pro', '4k': '4k' };
const MOST_REFERENCES = { 'videos/multi-image2video': 4, 'videos/omni-video': 7, 'images/omni-image': 10 };

export function requestFor(job: SubmitJob): KlingRequest {
  const { ours, theirs } = spoken(job.params, job.mapping);
  const stray = job.inputs.find((input) => input.param !== 'image_urls');
  // Kling takes clips by link only, and what the gateway holds is a file.
  if (stray) return cannot(stray.param, `${stray.param} is not taken on this route.`);
  const made = build(job, ours);
  if (made.kind === 'none') return made;
  const body = { model_name: job.upstreamModel, ...made.body, ...theirs };
  return { ...made, body: { ...body, external_task_id: job.idempotencyKey } };
}

function build(job: SubmitJob, ours: JsonObject): KlingRequest {
  switch (job.type) {
    case 'image':
      return image(job, ours);
    case 'video':
      return video(job, ours);
    case 'audio':
      return cannot('model', 'This route makes pictures and clips.');
    default: {
      const never: never = job.type;
      return never;
    }
  }
}

/** The models that take everything in one place. */
function isOmni(model: string): boolean {
  return /(^|-)(omni|o1)(-|$)/.test(model);
}

function video(job: SubmitJob, ours: JsonObject): KlingRequest {
  // Seeds are promised only where the model has them, and Kling's have none.
  const { prompt, duration, aspect_ratio, quality, generate_audio, negative_prompt, seed, ...others } = ours;
  const path = videoPath(job);
  const most = MOST_REFERENCES[path === 'videos/omni-video' ? path : 'videos/multi-image2video'];
  if (job.inputs.length > most) return cannot(`image_urls[${most}]`, `At most ${most} pictures are taken.`);
  const mode = quality === undefined ? undefined : MODES[String(quality)];
  if (quality !== undefined && mode === undefined) {
    return cannot('quality', `quality can be ${Object.keys(MODES).join(', ')} on this route.`);
  }
  if (generate_audio === true && path === 'videos/multi-image2video') {
    return cannot(
      'generate_audio',
      'Clips made after several pictures have no sound; give one or two pictures.',
    );
  }
  if (negative_prompt !== undefined && path === 'videos/omni-video') {
    return cannot('negative_prompt', 'Say in the prompt what is to be left out.');
  }
  const shape = videoRatio(aspect_ratio, path, job.inputs);
  if (typeof shape === 'object') return shape;
  return {
    kind: 'request',
    path,
    body: {
      ...others,
      ...present({ prompt, negative_prompt, mode, aspect_ratio: shape }),
      ...present({ duration: duration === undefined ? undefined : String(duration) }),
      // Off is what every model does anyway, and those without sound refuse the field.
      ...(generate_audio === true ? { sound: 'on' } : {}),
    },
  };
}

function videoPath(job: SubmitJob): Kind {
  if (isOmni(job.upstreamModel)) return 'videos/omni-video';
  if (job.inputs.length === 0) return 'videos/text2video';
  return job.inputs.length <= 2 ? 'videos/image2video' : 'videos/multi-image2video';
}

/** With a first frame the clip has its shape, and a ratio is not taken; without one Kling's newest models insist on a ratio. */
function videoRatio(
  asked: JsonValue | undefined,
  path: Kind,
  inputs: readonly InputMedia[],
): string | undefined | Cannot {
  if (inputs.length === 1 || inputs.length === 2) return undefined;
  if (asked === undefined) return path === 'videos/omni-video' ? '16:9' : undefined;
  return listed('aspect_ratio', asked, VIDEO_RATIOS);
}

function image(job: SubmitJob, ours: JsonObject): KlingRequest {
  const { prompt, size, resolution, quality, n, negative_prompt, output_format, seed, ...others } = ours;
  const path = isOmni(job.upstreamModel) ? 'images/omni-image' : 'images/generations';
  const most = path === 'images/omni-image' ? MOST_REFERENCES[path] : 1;
  if (job.inputs.length > most)
    return cannot(`image_urls[${most}]`, `At most ${most} of image_urls are taken.`);
  if (quality !== undefined) return cannot('quality', 'Give a resolution instead of a quality.');
  if (output_format !== undefined)
    return cannot('output_format', 'The format cannot be chosen on this route.');
  if (negative_prompt !== undefined && (path === 'images/omni-image' || job.inputs.length > 0)) {
    return cannot('negative_prompt', 'Say in the prompt what is to be left out.');
  }
  const shape = size === undefined || size === 'auto' ? undefined : listed('size', size, IMAGE_RATIOS);
  if (typeof shape === 'object') return shape;
  return {
    kind: 'request',
    path,
    body: {
      ...others,
      ...present({ prompt, negative_prompt, n, aspect_ratio: shape }),
      ...present({ resolution: typeof resolution === 'string' ? resolution.toLowerCase() : resolution }),
    },
  };
}

/** Sizes in pixels follow from the mode or the resolution, so only shapes can be asked for. */
function listed(param: string, asked: JsonValue, offered: readonly string[]): string | Cannot {
  const frame = parseFrame(asked);
  const found = frame === null || frame.exact ? null : ratioOf(frame, offered);
  return found ?? cannot(param, `${param} can be one of ${offered.join(', ')} on this route.`);
}

/** Bare base64: a data URL is refused as "not in a valid base64 format". */
export function picturesIn(path: Kind, files: readonly InputFile[]): JsonObject {
  const pictures = files.map(({ bytes }) => Buffer.from(bytes).toString('base64'));
  const [first, last] = pictures;
  if (first === undefined) return {};
  switch (path) {
    case 'videos/text2video':
      return {};
    case 'videos/image2video':
      return { image: first, ...(last === undefined ? {} : { image_tail: last }) };
    case 'videos/multi-image2video':
    case 'images/omni-image':
      return { image_list: pictures.map((picture) => ({ image: picture })) };
    case 'videos/omni-video':
      return { image_list: pictures.map((picture, at) => omniPicture(picture, at, pictures.length)) };
    case 'images/generations':
      return { image: first };
    default: {
      const never: never = path;
      return never;
    }
  }
}

/** One or two are the frames that the clip begins and ends with; more are what it is made after. */
function omniPicture(picture: string, at: number, count: number): JsonObject {
  if (count > 2) return { image_url: picture };
  return { image_url: picture, type: at === 0 ? 'first_frame' : 'end_frame' };
}
