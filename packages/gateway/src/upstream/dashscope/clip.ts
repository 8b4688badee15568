/** Clips: Wan, and what is spoken to like it. Pure. */
import type { JsonObject, JsonValue } from '../../json.ts';
import type { InputMedia, SubmitJob } from '../adapter.ts';
import { distance, type Frame, parseFrame, ratioOf } from '../frame.ts';
import { spoken } from '../translation.ts';
import type { Unsupported } from '../unsupported.ts';
import { CLIP_RATIOS, CLIP_SIZES, type ClipModel, clipModel } from './models.ts';
import { type DashScopeRequest, inputsOf, none, present, type Said, said, seedFor } from './request.ts';

const VIDEO = '/services/aigc/video-generation/video-synthesis';
const FIRST_AND_LAST = '/services/aigc/image2video/video-synthesis';
const MOST_EXAMPLES = 5;
/** A first frame of another shape than asked for; less is a matter of rounding to whole pixels. */
const OTHER_SHAPE = 0.04;

export function clipRequest(job: SubmitJob): DashScopeRequest {
  const { ours, theirs } = spoken(job.params, job.mapping);
  const model = clipModel(job.upstreamModel);
  const { prompt, negative_prompt, aspect_ratio, quality, duration, generate_audio, seed, ...others } = ours;
  const sound = soundFor(generate_audio, model);
  const shape = shapeFor(aspect_ratio, quality, model, inputsOf(job, 'image_urls')[0]);
  const wrong = inputFault(job, model) ?? durationFault(duration, model);
  if (wrong) return { kind: 'none', ...wrong };
  if (sound.kind === 'none') return sound;
  if (shape.kind === 'none') return shape;
  const inputs = [
    ...inputsOf(job, 'image_urls'),
    ...inputsOf(job, 'video_urls'),
    ...inputsOf(job, 'audio_urls'),
  ];
  return {
    kind: 'request',
    path: model.dialect === 'frames' ? FIRST_AND_LAST : VIDEO,
    isJob: true,
    inputs,
    body: (urls) => ({
      model: job.upstreamModel,
      input: { ...present({ prompt, negative_prompt }), ...placed(inputs, urls, model) },
      parameters: {
        ...others,
        ...shape.fields,
        ...sound.fields,
        ...present({ duration, seed: seedFor(seed) }),
        ...theirs,
      },
    }),
  };
}

/** Where each input's address belongs. */
function placed(inputs: readonly InputMedia[], urls: readonly string[], model: ClipModel): JsonObject {
  const given = inputs.map((input, at) => ({ input, url: urls[at] ?? '' }));
  const [first, last] = given.filter(({ input }) => input.kind === 'image').map(({ url }) => url);
  const sound = given.find(({ input }) => input.kind === 'audio')?.url;
  switch (model.dialect) {
    case 'words':
      return present({ audio_url: sound });
    case 'frame':
      return present({ img_url: first, audio_url: sound });
    case 'frames':
      return present({ first_frame_url: first, last_frame_url: last });
    case 'media': {
      // Made from words alone, sound has a field of its own still.
      if (model.from === 'words') return present({ audio_url: sound });
      const hasClip = given.some(({ input }) => input.kind === 'video');
      const media = given.map(({ input, url }) => ({ type: mediaType(input, model, hasClip), url }));
      return media.length > 0 ? { media } : {};
    }
    default: {
      const never: never = model.dialect;
      return never;
    }
  }
}

function mediaType({ kind, index }: InputMedia, { from }: ClipModel, hasClip: boolean): string {
  switch (kind) {
    case 'audio':
      return 'driving_audio';
    case 'video':
      return from === 'examples' ? 'reference_video' : 'first_clip';
    case 'image':
      if (from === 'examples') return 'reference_image';
      // A clip is the beginning already, so a picture beside it is the end.
      return index === 0 && !hasClip ? 'first_frame' : 'last_frame';
    default: {
      const never: never = kind;
      return never;
    }
  }
}

function inputFault(job: SubmitJob, { dialect, from, sound }: ClipModel): Unsupported | null {
  const pictures = inputsOf(job, 'image_urls').length;
  const clips = inputsOf(job, 'video_urls').length;
  const sounds = inputsOf(job, 'audio_urls').length;
  if (inputsOf(job, 'mask_url').length > 0) return none('mask_url', 'A mask is not taken on this route.');
  if (sounds > 0 && (sound === 'none' || from === 'examples')) {
    return none('audio_urls', 'Sound is not taken by this model.');
  }
  if (sounds > 1) return none('audio_urls[1]', 'One sound is taken.');
  switch (from) {
    case 'anything':
      return null;
    case 'examples':
      if (pictures + clips > MOST_EXAMPLES) {
        return none('image_urls', `At most ${MOST_EXAMPLES} pictures and clips together are taken.`);
      }
      return pictures + clips > 0
        ? null
        : none('image_urls', 'This model needs a picture or a clip to follow.');
    case 'words':
      if (pictures > 0) return none('image_urls', 'This model makes clips from words alone.');
      return clips > 0 ? none('video_urls', 'This model makes clips from words alone.') : null;
    case 'pictures':
      return pictureFault(dialect, pictures, clips, sounds);
    default: {
      const never: never = from;
      return never;
    }
  }
}

/** Which sets of pictures, clips and sounds may go together. */
function pictureFault(dialect: ClipModel['dialect'], pictures: number, clips: number, sounds: number) {
  if (clips > 0 && dialect !== 'media') return none('video_urls', 'A clip is not taken by this model.');
  if (clips > 1) return none('video_urls[1]', 'One clip is taken, as the beginning.');
  if (clips === 1 && sounds > 0) return none('audio_urls', 'Sound is not taken beside a clip.');
  if (clips + pictures === 0) return none('image_urls', 'This model needs a picture to begin with.');
  const most = dialect === 'frame' || clips === 1 ? 1 : 2;
  if (pictures > most) return none(`image_urls[${most}]`, `At most ${most} of image_urls can be taken here.`);
  return null;
}

function durationFault(duration: JsonValue | undefined, { seconds }: ClipModel): Unsupported | null {
  if (duration === undefined || seconds === null || seconds.includes(Number(duration))) return null;
  return none('duration', `duration can be ${seconds.join(', ')} on this route.`);
}

function soundFor(asked: JsonValue | undefined, { sound }: ClipModel): Said {
  if (asked === undefined) return said({});
  switch (sound) {
    case 'choice':
      return said({ audio: asked });
    case 'always':
      return asked === true ? said({}) : none('generate_audio', 'This model always makes clips with sound.');
    case 'none':
      return asked === false ? said({}) : none('generate_audio', 'This model makes clips without sound.');
    default: {
      const never: never = sound;
      return never;
    }
  }
}

/** `size`, or `resolution` with `ratio` where the shape can be chosen. */
function shapeFor(
  aspect: JsonValue | undefined,
  quality: JsonValue | undefined,
  model: ClipModel,
  first: InputMedia | undefined,
): Said {
  const tier = quality === undefined ? undefined : String(quality).toLowerCase();
  if (tier !== undefined && !model.qualities.includes(tier)) {
    return none('quality', `quality can be ${model.qualities.join(', ')} on this route.`);
  }
  const isFree = aspect === undefined || aspect === 'adaptive';
  const frame = parseFrame(aspect);
  if (!isFree && frame === null) {
    return none(
      'aspect_ratio',
      'aspect_ratio is a ratio such as 16:9, a size such as 1280x720, or adaptive.',
    );
  }
  if (model.dialect === 'words') return pixels(frame, tier, model);
  const sizeTier = frame?.exact ? tierOf(frame, model) : tier;
  if (frame?.exact && (sizeTier === undefined || (tier !== undefined && tier !== sizeTier))) {
    return none('aspect_ratio', 'Ask for a ratio such as 16:9, and for the pixels with quality.');
  }
  const resolution = sizeTier?.toUpperCase();
  if (frame === null) return said({ resolution });
  if (model.from === 'pictures' || (model.from === 'anything' && first)) {
    const isOther =
      first?.width && first.height && distance(frame, shapeOf(first.width, first.height)) > OTHER_SHAPE;
    if (!isOther) return said({ resolution });
    return none(
      'aspect_ratio',
      'A clip has the shape of its first frame: leave aspect_ratio out, or crop the picture.',
    );
  }
  const ratio = ratioOf(frame, CLIP_RATIOS);
  if (ratio !== null) return said({ resolution, ratio });
  return none('aspect_ratio', `aspect_ratio can be ${CLIP_RATIOS.join(', ')} on this route.`);
}

function pixels(frame: Frame | null, tier: string | undefined, model: ClipModel): Said {
  if (frame === null && tier === undefined) return said({});
  const sizes = CLIP_SIZES[tier ?? '720p'] ?? [];
  if (frame?.exact) {
    const asked = `${frame.width}x${frame.height}`;
    const known = tier === undefined ? model.qualities.flatMap((name) => CLIP_SIZES[name] ?? []) : sizes;
    if (known.includes(asked)) return said({ size: asked.replace('x', '*') });
    return none('aspect_ratio', `A size can be ${known.join(', ')} on this route.`);
  }
  const size = ratioOf(frame ?? shapeOf(16, 9), sizes);
  if (size !== null) return said({ size: size.replace('x', '*') });
  return none('aspect_ratio', `aspect_ratio can be that of ${sizes.join(', ')} on this route.`);
}

function tierOf({ width, height }: Frame, { qualities }: ClipModel): string | undefined {
  return qualities.find((name) => CLIP_SIZES[name]?.includes(`${width}x${height}`));
}

function shapeOf(width: number, height: number): Frame {
  return { width, height, exact: true };
}
