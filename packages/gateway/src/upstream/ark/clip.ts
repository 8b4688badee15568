/** A clip in Seedance's words: `content` says what, fields beside it say how. Pure but for the seed, which is made of the job's key. */
import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '../../json.ts';
import type { InputMedia, SubmitJob } from '../adapter.ts';
import { parseFrame } from '../frame.ts';
import { spoken } from '../translation.ts';
import type { Unsupported } from '../unsupported.ts';
import { type ClipModel, clipModel } from './models.ts';

/** A request with its media still to be put in, in the order of `inputs`. */
export type ArkRequest =
  | {
      readonly kind: 'request';
      readonly inputs: readonly InputMedia[];
      body(urls: readonly string[]): JsonObject;
    }
  | ({ readonly kind: 'none' } & Unsupported);

const RATIOS = ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9', 'adaptive'];

/**
 * Every Seedance model still obeys options written into the prompt, over the fields of the request. A client who wrote
 * `--dur 12` would get twelve seconds at the price of five.
 */
const OPTION_IN_PROMPT =
  /--\s*(resolution|rs|ratio|rt|duration|dur|frames|framespersecond|fps|seed|camera_?fixed|cf|watermark|wm)\b/i;

export function clipRequest(job: SubmitJob): ArkRequest {
  const { ours, theirs } = spoken(job.params, job.mapping);
  const model = clipModel(job.upstreamModel);
  const { prompt, aspect_ratio, quality, duration, generate_audio, negative_prompt, seed, ...others } = ours;
  const wrong =
    promptFault(prompt) ??
    (negative_prompt === undefined
      ? null
      : fault('negative_prompt', 'Say in the prompt what is to be left out.')) ??
    ratioFault(aspect_ratio) ??
    (model && modelFault(model, { quality, duration, generate_audio })) ??
    inputFault(job.inputs, model);
  if (wrong) return { kind: 'none', ...wrong };
  const fields = present({
    ratio: aspect_ratio,
    resolution: typeof quality === 'string' ? quality.toLowerCase() : quality,
    duration,
    // A model without sound refuses the field, whatever it says.
    generate_audio: model?.sound === false ? undefined : generate_audio,
  });
  return {
    kind: 'request',
    inputs: job.inputs,
    body: (urls) => ({
      model: job.upstreamModel,
      content: contentOf(prompt, job.inputs, urls),
      ...others,
      ...fields,
      seed: seed ?? seedOf(job.idempotencyKey),
      ...theirs,
    }),
  };
}

/** The seed of a job whose client names none: a task's record shows it, so a lost answer can be looked up by it. 31 bits. */
export function seedOf(idempotencyKey: string): number {
  return createHash('sha256').update(idempotencyKey).digest().readUInt32BE() >>> 1;
}

function promptFault(prompt: JsonValue | undefined): Unsupported | null {
  const option = typeof prompt === 'string' ? OPTION_IN_PROMPT.exec(prompt) : null;
  if (!option) return null;
  const instead = 'Use the parameters aspect_ratio, quality, duration and seed instead.';
  return fault('prompt', `Options inside the prompt (${option[0]}) are not taken. ${instead}`);
}

function ratioFault(ratio: JsonValue | undefined): Unsupported | null {
  if (ratio === undefined || RATIOS.includes(String(ratio))) return null;
  const isSize = parseFrame(ratio)?.exact === true;
  const hint = isSize ? ', and quality says how many pixels' : '';
  return fault('aspect_ratio', `aspect_ratio can be ${RATIOS.join(', ')} on this route${hint}.`);
}

function modelFault(model: ClipModel, asked: Readonly<Record<string, JsonValue | undefined>>) {
  const { quality, duration, generate_audio } = asked;
  if (quality !== undefined && !model.qualities.includes(String(quality).toLowerCase())) {
    return fault('quality', `quality can be ${model.qualities.join(', ')} on this route.`);
  }
  const [least, most] = model.seconds;
  const seconds = Number(duration ?? least);
  if (!Number.isInteger(seconds) || seconds < least || seconds > most) {
    return fault('duration', `duration can be ${least} to ${most} whole seconds on this route.`);
  }
  if (generate_audio === true && !model.sound) {
    return fault('generate_audio', 'This model makes clips without sound.');
  }
  return null;
}

function inputFault(inputs: readonly InputMedia[], model: ClipModel | null): Unsupported | null {
  const pictures = inputs.filter((input) => input.param === 'image_urls').length;
  const stray = inputs.find((input) => input.param === 'mask_url' || input.param === 'video_urls');
  // Clips are taken by a public address only, and inputs are kept where nobody else can fetch them.
  if (stray) return fault(stray.param, `${stray.param} is not taken on this route.`);
  if (!model) return null;
  const sound = inputs.find((input) => input.param === 'audio_urls');
  if (sound && model.references === 0) return fault('audio_urls', 'Sound is not taken by this model.');
  const most = sound ? model.references : Math.max(model.frames, model.references);
  if (pictures > most) return fault(`image_urls[${most}]`, `At most ${most} of image_urls are taken.`);
  // Two are the first and the last frame, unless they go along with sound.
  if (pictures === 2 && model.frames < 2 && !sound) {
    return fault('image_urls[1]', 'This model takes a first frame, but no last one.');
  }
  return null;
}

/** One picture begins the clip, a second one ends it; more, or any beside sound, are examples of what is to be seen. */
function contentOf(
  prompt: JsonValue | undefined,
  inputs: readonly InputMedia[],
  urls: readonly string[],
): JsonObject[] {
  const text = typeof prompt === 'string' && prompt !== '' ? [{ type: 'text', text: prompt }] : [];
  const pictures = inputs.filter((input) => input.param === 'image_urls').length;
  const areFrames = pictures <= 2 && pictures === inputs.length;
  const media = inputs.map((input, at): JsonObject => {
    const url = urls[at] ?? '';
    if (input.param === 'audio_urls')
      return { type: 'audio_url', audio_url: { url }, role: 'reference_audio' };
    const role = areFrames ? (input.index === 0 ? 'first_frame' : 'last_frame') : 'reference_image';
    return { type: 'image_url', image_url: { url }, role };
  });
  return [...text, ...media];
}

function fault(param: string, message: string): Unsupported {
  return { param, message };
}

function present(fields: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const kept = Object.entries(fields).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined);
  return Object.fromEntries(kept);
}
