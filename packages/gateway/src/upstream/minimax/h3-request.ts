/** A clip by MiniMax-H3, in the words of the second interface: everything it is made of is an item of one list. */
import type { JsonObject, JsonValue } from '../../json.ts';
import type { InputMedia, SubmitJob } from '../adapter.ts';
import { parseFrame, ratioOf } from '../frame.ts';
import type { InputFile } from '../read-inputs.ts';
import { type Cannot, cannot, present } from '../translation.ts';
import { dataUrlOf } from './data-url.ts';
import type { MinimaxRequest } from './request.ts';

const RATIOS = ['21:9', '16:9', '4:3', '1:1', '3:4', '9:16'];
const QUALITIES: Readonly<Record<string, string>> = { '720p': '768P', '768p': '768P', '2k': '2K' };
const MOST = { image_urls: 9, video_urls: 3, audio_urls: 3 } as const;
/** The whole request may have 64 MB; base64 makes a third more of the media. */
const MOST_MEDIA_BYTES = 46_000_000;

export function h3(job: SubmitJob, ours: JsonObject): MinimaxRequest {
  // Seeds are promised only where the model has them, and this one has none.
  const { prompt, duration, aspect_ratio, quality, generate_audio, negative_prompt, seed, ...others } = ours;
  if (typeof prompt !== 'string' || prompt.trim() === '')
    return cannot('prompt', 'A prompt is needed on this route.');
  if (generate_audio === false) return cannot('generate_audio', 'This model makes clips with sound, always.');
  if (negative_prompt !== undefined)
    return cannot('negative_prompt', 'Say in the prompt what is to be left out.');
  const resolution = QUALITIES[String(quality ?? '2k').toLowerCase()];
  if (resolution === undefined) return cannot('quality', 'quality can be 720p or 2k on this route.');
  const shape = ratioFor(job, aspect_ratio);
  if (typeof shape === 'object') return shape;
  return (
    tooMuch(job.inputs) ?? {
      kind: 'request',
      via: 'v2_video',
      body: { ...others, ...present({ duration, ratio: shape }), resolution },
      media: (files) => ({ content: [{ type: 'text', text: prompt }, ...files.map(itemOf)] }),
    }
  );
}

/** One or two pictures alone are the first and the last frame; beside other media, or more of them, they are references. */
function hasFrames(inputs: readonly InputMedia[]): boolean {
  return inputs.length > 0 && inputs.length <= 2 && inputs.every((input) => input.param === 'image_urls');
}

/** A clip has the shape of its first frame, and no ratio is taken then. */
function ratioFor(job: SubmitJob, asked: JsonValue | undefined): string | undefined | Cannot {
  if (hasFrames(job.inputs)) return undefined;
  if (asked === undefined) return job.inputs.length === 0 ? '16:9' : undefined;
  if (asked === 'adaptive' && job.inputs.length > 0) return 'adaptive';
  const frame = parseFrame(asked);
  const found = frame === null || frame.exact ? null : ratioOf(frame, RATIOS);
  return found ?? cannot('aspect_ratio', `aspect_ratio can be one of ${RATIOS.join(', ')} on this route.`);
}

function tooMuch(inputs: readonly InputMedia[]): Cannot | null {
  const counts = { image_urls: 0, video_urls: 0, audio_urls: 0 };
  let bytes = 0;
  for (const { param, index, ...input } of inputs) {
    if (param === 'mask_url') return cannot('mask_url', 'A mask is not taken on this route.');
    counts[param]++;
    bytes += input.bytes;
    if (counts[param] > MOST[param]) return cannot(`${param}[${index}]`, `At most ${MOST[param]} are taken.`);
    if (bytes > MOST_MEDIA_BYTES) return cannot(`${param}[${index}]`, 'The media are over 46 MB together.');
  }
  if (counts.audio_urls > 0 && counts.image_urls + counts.video_urls === 0) {
    return cannot('audio_urls', 'Sound is taken beside a picture or a clip only.');
  }
  return null;
}

function itemOf(file: InputFile, at: number, all: readonly InputFile[]): JsonObject {
  const url = { url: dataUrlOf(file) };
  switch (file.input.kind) {
    case 'image': {
      const isFrame = hasFrames(all.map(({ input }) => input));
      const role = isFrame ? (at === 0 ? 'first_frame' : 'last_frame') : 'reference_image';
      return { type: 'image_url', image_url: url, role };
    }
    case 'video':
      return { type: 'video_url', video_url: url, role: 'reference_video' };
    case 'audio':
      return { type: 'audio_url', audio_url: url, role: 'reference_audio' };
    default: {
      const never: never = file.input.kind;
      return never;
    }
  }
}
