/** A job in Runway's words: which endpoint, and what is sent there. Media are put in afterwards, by uploads.ts. */
import type { JsonObject, JsonValue } from '../../json.ts';
import type { InputMedia, SubmitJob } from '../adapter.ts';
import { type Cannot, cannot, present, spoken } from '../translation.ts';
import { modelOf, type RunwayModel } from './models.ts';
import { type Shape, shapeFor } from './shape.ts';

/** Where an input's address goes, once it is known. */
export type Place = (body: JsonObject, uris: readonly string[]) => void;

export type RunwayRequest =
  | {
      readonly kind: 'request';
      readonly path: string;
      readonly body: JsonObject;
      readonly inputs: readonly InputMedia[];
      readonly place: Place;
    }
  | Cannot;

type Answer = RunwayRequest;
type Known = RunwayModel & { readonly listed: boolean };

export function requestFor(job: SubmitJob): Answer {
  const { ours, theirs } = spoken(job.params, job.mapping);
  const model = modelOf(job.upstreamModel);
  const mask = job.inputs.find((input) => input.param === 'mask_url');
  if (mask) return cannot('mask_url', 'A mask is not taken on this route.');
  const made = build(job, ours, model);
  if (made.kind === 'none') return made;
  return { ...made, body: { model: job.upstreamModel, ...made.body, ...theirs } };
}

function build(job: SubmitJob, ours: JsonObject, model: Known): Answer {
  switch (job.type) {
    case 'image':
      return image(job, ours, model);
    case 'video':
      return video(job, ours, model);
    case 'audio':
      return audio(job, ours);
    default: {
      const never: never = job.type;
      return never;
    }
  }
}

function image(job: SubmitJob, ours: JsonObject, model: Known): Answer {
  const { prompt, size, resolution, quality, n, negative_prompt, output_format, seed, ...others } = ours;
  const pictures = inputsOf(job, 'image_urls');
  const stray = job.inputs.find((input) => input.param !== 'image_urls');
  if (stray) return cannot(stray.param, `${stray.param} is not taken by an image model on this route.`);
  if (pictures.length > (model.references ?? 0)) {
    return cannot(
      `image_urls[${model.references ?? 0}]`,
      `At most ${model.references ?? 0} pictures are taken.`,
    );
  }
  if (negative_prompt !== undefined)
    return cannot('negative_prompt', 'Say in the prompt what is to be left out.');
  if (quality !== undefined && model.listed && !model.qualities?.includes(String(quality))) {
    return cannot('quality', `quality can be ${(model.qualities ?? ['left out']).join(', ')} on this route.`);
  }
  if (output_format !== undefined && model.listed && !model.formats?.includes(String(output_format))) {
    return cannot(
      'output_format',
      `output_format can be ${(model.formats ?? ['left out']).join(', ')} on this route.`,
    );
  }
  if (n !== undefined && n !== 1 && !model.several) return cannot('n', 'n can only be 1 on this route.');
  const shape = shapeFor({
    params: present({ size, resolution }),
    shapeParam: 'size',
    pixelsParam: 'resolution',
    usualPixels: '1K',
    offered: model.ratios ?? [],
    open: !model.listed,
    otherwise: shapeOf(pictures[0]) ?? { width: 1, height: 1, exact: false },
    canAdapt: pictures.length > 0,
  });
  if (shape.kind === 'none') return shape;
  return {
    kind: 'request',
    path: '/v1/text_to_image',
    body: {
      ...others,
      ...present({ promptText: prompt, quality, outputFormat: output_format }),
      ...present({ outputCount: model.several ? n : undefined, seed: model.seed ? seed : undefined }),
      ratio: shape.ratio,
    },
    inputs: pictures,
    place: (body, uris) => {
      if (uris.length > 0) body.referenceImages = uris.map((uri) => ({ uri }));
    },
  };
}

function video(job: SubmitJob, ours: JsonObject, model: Known): Answer {
  const { prompt, duration, aspect_ratio, quality, generate_audio, negative_prompt, seed, ...others } = ours;
  const pictures = inputsOf(job, 'image_urls');
  const clips = inputsOf(job, 'video_urls');
  const sounds = inputsOf(job, 'audio_urls');
  if (sounds[0]) return cannot('audio_urls', 'Sound is not taken as an input on this route.');
  if (clips.length > 1) return cannot('video_urls[1]', 'One clip is taken.');
  if (clips[0] && !model.video) return cannot('video_urls', 'A clip is not taken by this model.');
  if (clips[0] && pictures[0])
    return cannot('image_urls', 'Pictures are not taken beside a clip on this route.');
  const frames = model.frames ?? 0;
  if (pictures.length > frames) {
    return cannot(
      `image_urls[${frames}]`,
      `This model takes ${frames} of image_urls, as first and last frame.`,
    );
  }
  if (generate_audio === true && !model.audio)
    return cannot('generate_audio', 'This model makes clips without sound.');
  if (negative_prompt !== undefined && !model.negativePrompt) {
    return cannot('negative_prompt', 'Say in the prompt what is to be left out.');
  }
  if (!model.ratios && !pictures[0]) return cannot('image_urls', 'This model needs a picture to begin with.');
  const offered = (pictures[0] ? model.framed : undefined) ?? model.ratios ?? [];
  const shape = videoShape(present({ aspect_ratio, quality }), offered, model, pictures[0] ?? clips[0]);
  if (shape.kind === 'none') return shape;
  const resolution =
    model.resolutions && quality !== undefined ? model.resolutions[String(quality)] : undefined;
  if (model.resolutions && quality !== undefined && resolution === undefined) {
    const known = Object.keys(model.resolutions);
    return cannot(
      'quality',
      `quality can be ${known.length > 0 ? known.join(', ') : 'left out'} on this route.`,
    );
  }
  return {
    kind: 'request',
    path: clips[0] ? '/v1/video_to_video' : pictures[0] ? '/v1/image_to_video' : '/v1/text_to_video',
    body: {
      ...others,
      ...present({ promptText: prompt, duration, negativePrompt: negative_prompt, resolution }),
      ...present({ audio: model.audio ? generate_audio : undefined, seed: model.seed ? seed : undefined }),
      ...(keepsOwnShape(aspect_ratio, clips[0]) ? {} : { [model.ratioField ?? 'ratio']: shape.ratio }),
    },
    inputs: [...pictures, ...clips],
    place: (body, uris) => placeClipInputs(body, uris, clips[0] ? model.video : undefined),
  };
}

function videoShape(
  params: JsonObject,
  offered: readonly string[],
  model: Known,
  first: InputMedia | undefined,
): Shape {
  return shapeFor({
    params,
    shapeParam: 'aspect_ratio',
    pixelsParam: 'quality',
    usualPixels: '720p',
    offered,
    open: !model.listed,
    otherwise: shapeOf(first) ?? { width: 16, height: 9, exact: false },
    canAdapt: first !== undefined,
  });
}

/** A clip that is worked on keeps its shape unless another is asked for. */
function keepsOwnShape(asked: JsonValue | undefined, clip: InputMedia | undefined): boolean {
  return clip !== undefined && (asked === undefined || asked === 'adaptive');
}

function placeClipInputs(body: JsonObject, uris: readonly string[], clipField: RunwayModel['video']): void {
  const [first, last] = uris;
  if (first === undefined) return;
  if (clipField !== undefined) body[clipField] = first;
  else if (last === undefined) body.promptImage = first;
  else body.promptImage = [first, last].map((uri, at) => ({ uri, position: at === 0 ? 'first' : 'last' }));
}

/** `text` is spoken with `voice`; without it `prompt` describes a sound. */
function audio(job: SubmitJob, ours: JsonObject): Answer {
  const { prompt, text, voice, duration, seed, instrumental, custom_mode, ...others } = ours;
  const stray = job.inputs[0];
  if (stray) return cannot(stray.param, `${stray.param} is not taken by a sound model on this route.`);
  for (const name of ['style', 'title', 'negative_tags', 'vocal_gender']) {
    if (others[name] !== undefined)
      return cannot(name, `${name} belongs to songs, which this route does not make.`);
  }
  const noFiles = { kind: 'request', inputs: [], place: () => {} } as const;
  if (text === undefined) {
    return {
      ...noFiles,
      path: '/v1/sound_effect',
      body: { ...others, ...present({ promptText: prompt, duration }) },
    };
  }
  if (voice === undefined) return cannot('voice', 'A voice is needed to speak a text.');
  if (duration !== undefined) return cannot('duration', 'A spoken text is as long as it is.');
  return {
    ...noFiles,
    path: '/v1/text_to_speech',
    body: { ...others, promptText: text, voice: { type: 'runway-preset', presetId: voice } },
  };
}

function inputsOf(job: SubmitJob, param: InputMedia['param']): InputMedia[] {
  return job.inputs.filter((input) => input.param === param);
}

function shapeOf(input: InputMedia | undefined) {
  if (!input?.width || !input.height) return null;
  return { width: input.width, height: input.height, exact: true };
}
