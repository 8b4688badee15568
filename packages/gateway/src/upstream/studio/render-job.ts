/** From a request that passed the checks to the renderer's job. Pure. */
import { createHash } from 'node:crypto';
import type { AudioFormat, ImageFormat, InputFile, RenderJob } from './render/renderer.ts';
import { imageSize, type Size, videoSize } from './sizes.ts';
import type { RenderRequest } from './wire.ts';

const IMAGE_FORMATS: readonly ImageFormat[] = ['png', 'jpeg', 'webp'];
const AUDIO_FORMATS: readonly AudioFormat[] = ['mp3', 'wav', 'ogg'];

/** `inputPath` tells where the request's file at a position is; `folder` is where the outputs go. */
export function renderJobOf(
  request: RenderRequest,
  folder: string,
  inputPath: (position: number) => string,
): RenderJob | null {
  const { params } = request;
  const pictures = filesOf(request, 'image_urls', inputPath);
  const first = sizeOfFirst(request);
  const common = { folder, prompt: text(params.prompt, ''), seed: whole(params.seed, seedOf(request.key)) };

  switch (request.model) {
    case 'studio-image-1':
      return {
        ...common,
        kind: 'image',
        ...imageSize(text(params.size, 'auto'), text(params.resolution, '1K'), first),
        prompt: without(common.prompt, text(params.negative_prompt, '')),
        n: whole(params.n, 1),
        format: oneOf(IMAGE_FORMATS, params.output_format, 'png'),
        inputs: pictures,
        mask: filesOf(request, 'mask_url', inputPath)[0] ?? null,
      };
    case 'studio-video-1':
      return {
        ...common,
        kind: 'video',
        ...videoSize(text(params.aspect_ratio, 'adaptive'), text(params.quality, '720p'), first),
        seconds: whole(params.duration, 5),
        firstFrame: pictures[0] ?? null,
        lastFrame: pictures[1] ?? null,
        audio: params.generate_audio === true,
      };
    case 'studio-audio-1':
      return {
        ...common,
        kind: 'audio',
        prompt: [common.prompt, text(params.style, '')].filter((part) => part !== '').join('\n'),
        seconds: whole(params.duration, 10),
        format: oneOf(AUDIO_FORMATS, params.output_format, 'mp3'),
      };
    default:
      return null;
  }
}

function filesOf(
  request: RenderRequest,
  field: string,
  inputPath: (position: number) => string,
): InputFile[] {
  return request.media
    .map((part, position) => ({ part, file: { path: inputPath(position), mimeType: part.mime_type } }))
    .filter(({ part }) => part.field === field)
    .toSorted((a, b) => a.part.index - b.part.index)
    .map(({ file }) => file);
}

function sizeOfFirst({ media }: RenderRequest): Size | null {
  const [first] = media.filter((part) => part.field === 'image_urls').toSorted((a, b) => a.index - b.index);
  return first && first.width !== null && first.height !== null
    ? { width: first.width, height: first.height }
    : null;
}

/** Tasks without a seed differ from each other, and each is the same when it is rendered again. */
const seedOf = (key: string) => createHash('sha256').update(key).digest().readUInt32BE(0) >>> 1;

/** The prompt without the words of the negative prompt. */
function without(prompt: string, negative: string): string {
  const unwanted = new Set(negative.toLowerCase().match(/[\p{L}\p{N}]+/gu));
  return unwanted.size === 0
    ? prompt
    : prompt.replace(/[\p{L}\p{N}]+/gu, (word) => (unwanted.has(word.toLowerCase()) ? '' : word));
}

const text = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise);
const whole = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise);
const oneOf = <T extends string>(known: readonly T[], value: unknown, otherwise: T) =>
  known.find((format) => format === value) ?? otherwise;
