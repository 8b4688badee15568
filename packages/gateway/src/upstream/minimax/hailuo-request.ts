/** A clip by Hailuo, or by S2V-01 of a person, in the words of the first interface. */
import type { JsonObject } from '../../json.ts';
import type { SubmitJob } from '../adapter.ts';
import type { InputFile } from '../read-inputs.ts';
import { cannot, present } from '../translation.ts';
import { dataUrlOf } from './data-url.ts';
import type { MinimaxRequest } from './request.ts';

const HAILUO_QUALITIES: Readonly<Record<string, string>> = {
  '480p': '512P',
  '512p': '512P',
  '720p': '768P',
  '768p': '768P',
  '1080p': '1080P',
};

export function hailuo(job: SubmitJob, ours: JsonObject): MinimaxRequest {
  // Seeds are promised only where the model has them, and Hailuo's have none.
  const { prompt, duration, aspect_ratio, quality, generate_audio, negative_prompt, seed, ...others } = ours;
  const model = job.upstreamModel;
  const pictures = job.inputs.length;
  const isSubject = /^s2v/i.test(model);
  const stray = job.inputs.find((input) => input.param !== 'image_urls');
  if (stray) return cannot(stray.param, `${stray.param} is not taken on this route.`);
  // Only the older Hailuo goes from a first to a last frame.
  const most = isSubject || /hailuo-2\.3|i2v|t2v/i.test(model) ? 1 : 2;
  if (pictures > most) return cannot(`image_urls[${most}]`, `At most ${most} of image_urls are taken.`);
  if (pictures === 0 && (isSubject || /-fast$|i2v/i.test(model))) {
    return cannot('image_urls', 'This model needs a picture.');
  }
  if (generate_audio === true) return cannot('generate_audio', 'This model makes clips without sound.');
  if (negative_prompt !== undefined)
    return cannot('negative_prompt', 'Say in the prompt what is to be left out.');
  // The clip has the shape of its first frame, and is 16:9 without one: there is no field for it.
  if (aspect_ratio !== undefined && aspect_ratio !== '16:9' && pictures === 0) {
    return cannot('aspect_ratio', 'Without a picture the clip is 16:9 on this route.');
  }
  const resolution = quality === undefined ? undefined : HAILUO_QUALITIES[String(quality).toLowerCase()];
  if (quality !== undefined && (resolution === undefined || isSubject)) {
    return cannot('quality', 'quality can be 480p, 720p or 1080p on this route, and nothing after a person.');
  }
  if (resolution === '512P' && pictures === 0)
    return cannot('quality', '480p needs a picture to begin with.');
  if (resolution === '1080P' && duration === 10)
    return cannot('duration', 'A clip of 1080p is 6 seconds long.');
  return {
    kind: 'request',
    via: 'v1_video',
    body: { ...others, ...present({ prompt, duration, resolution }) },
    media: (files) => framesOf(files, isSubject),
  };
}

function framesOf(files: readonly InputFile[], isSubject: boolean): JsonObject {
  const [first, last] = files.map(dataUrlOf);
  if (first === undefined) return {};
  if (isSubject) return { subject_reference: [{ type: 'character', image: [first] }] };
  return { first_frame_image: first, ...(last === undefined ? {} : { last_frame_image: last }) };
}
