/** From a job's parameters to the fields of a video request, or to why it cannot be sent. Pure. */
import type { JsonObject, JsonValue } from '../../json.ts';
import type { InputMedia, SubmitJob } from '../adapter.ts';
import { spoken } from '../translation.ts';
import type { Unsupported } from '../unsupported.ts';
import { familyOf, sizeOf, type VideoFamily } from './sizes.ts';

export type Fields =
  | { readonly kind: 'fields'; readonly fields: JsonObject }
  | { readonly kind: 'refused'; readonly why: Unsupported };

export function fieldsOf(job: SubmitJob): Fields {
  const family = familyOf(job.upstreamModel);
  const { ours, theirs } = spoken(job.params, job.mapping);
  // The dialect has no seeds. A seed asks for the same again "where the model can", so it is no reason to refuse.
  const {
    prompt = '',
    duration,
    aspect_ratio,
    quality,
    generate_audio,
    negative_prompt,
    seed,
    ...rest
  } = ours;
  const why =
    checkInputs(job.inputs) ??
    checkDuration(family, duration) ??
    checkChoices(generate_audio, negative_prompt);
  if (why) return { kind: 'refused', why };
  const size = Object.hasOwn(theirs, 'size')
    ? null
    : sizeOf(family, { aspectRatio: aspect_ratio, quality, first: frameOf(job.inputs) });
  if (typeof size === 'object' && size !== null) return { kind: 'refused', why: size };
  const fields = {
    model: job.upstreamModel,
    prompt,
    ...(typeof duration === 'number' ? { seconds: String(duration) } : {}),
    ...(size === null ? {} : { size }),
    ...rest,
    ...theirs,
  };
  return { kind: 'fields', fields };
}

function checkDuration({ seconds }: VideoFamily, duration: JsonValue | undefined): Unsupported | null {
  if (seconds === null || typeof duration !== 'number' || seconds.includes(duration)) return null;
  return refuse('duration', `This model makes clips of ${seconds.join(', ')} seconds only.`);
}

function checkChoices(audio: JsonValue | undefined, negative: JsonValue | undefined): Unsupported | null {
  if (audio === false)
    return refuse('generate_audio', 'This model always makes sound. Leave `generate_audio` out.');
  if (negative !== undefined)
    return refuse('negative_prompt', 'This model has no negative prompt. Say in `prompt` what to leave out.');
  return null;
}

function checkInputs(inputs: readonly InputMedia[]): Unsupported | null {
  for (const { param, index } of inputs) {
    if (param !== 'image_urls')
      return refuse(param, `This model takes one picture only. Leave \`${param}\` out.`);
    if (index > 0)
      return refuse(`image_urls[${index}]`, 'This model takes one picture only, and it is the first frame.');
  }
  return null;
}

function frameOf([first]: readonly InputMedia[]): { width: number; height: number } | null {
  if (!first || first.width === null || first.height === null) return null;
  return { width: first.width, height: first.height };
}

const refuse = (param: string, message: string): Unsupported => ({ param, message });
