/** A picture by image-01, in the words of the first interface. */
import type { JsonObject, JsonValue } from '../../json.ts';
import type { SubmitJob } from '../adapter.ts';
import { parseFrame, ratioOf } from '../frame.ts';
import { type Cannot, cannot, present } from '../translation.ts';
import { dataUrlOf } from './data-url.ts';
import type { MinimaxRequest } from './request.ts';

const IMAGE_RATIOS = ['1:1', '16:9', '4:3', '3:2', '2:3', '3:4', '9:16', '21:9'];

export function image(job: SubmitJob, ours: JsonObject): MinimaxRequest {
  const { prompt, size, resolution, quality, n, negative_prompt, output_format, seed, ...others } = ours;
  const stray = job.inputs.find((input) => input.param !== 'image_urls');
  if (stray) return cannot(stray.param, `${stray.param} is not taken on this route.`);
  if (job.inputs.length > 1)
    return cannot('image_urls[1]', 'One picture is taken, of the person to be shown.');
  if (quality !== undefined) return cannot('quality', 'Give a resolution instead of a quality.');
  if (output_format !== undefined)
    return cannot('output_format', 'The format cannot be chosen on this route.');
  if (negative_prompt !== undefined)
    return cannot('negative_prompt', 'Say in the prompt what is to be left out.');
  const shape = imageSize(size, resolution);
  if (shape.kind === 'none') return shape;
  return {
    kind: 'request',
    via: 'v1_image',
    body: { ...others, ...present({ prompt, n, seed }), ...shape.fields, response_format: 'url' },
    media: ([person]) =>
      person ? { subject_reference: [{ type: 'character', image_file: dataUrlOf(person) }] } : {},
  };
}

type ImageSize = { readonly kind: 'size'; readonly fields: JsonObject } | Cannot;

/** A ratio alone makes about 1K; more is asked for in pixels, each side 512 to 2048 and a multiple of 8. */
function imageSize(size: JsonValue | undefined, resolution: JsonValue | undefined): ImageSize {
  const frame = parseFrame(size === undefined || size === 'auto' ? '1:1' : size);
  if (frame?.exact) {
    const { width, height } = frame;
    if ([width, height].every(isSide)) return { kind: 'size', fields: { width, height } };
    return cannot('size', 'Each side can be 512 to 2048 pixels, a multiple of 8, on this route.');
  }
  const ratio = frame && ratioOf(frame, IMAGE_RATIOS);
  if (!frame || !ratio)
    return cannot('size', `size can be ${IMAGE_RATIOS.join(', ')} or such as 1024x768 on this route.`);
  switch (resolution) {
    case undefined:
    case '1K':
      return { kind: 'size', fields: size === undefined ? {} : { aspect_ratio: ratio } };
    case '2K': {
      const longer = Math.max(frame.width, frame.height);
      const side = (part: number) => Math.round((2_048 * part) / longer / 8) * 8;
      return { kind: 'size', fields: { width: side(frame.width), height: side(frame.height) } };
    }
    default:
      return cannot('resolution', 'resolution can be 1K or 2K on this route.');
  }
}

function isSide(pixels: number): boolean {
  return pixels >= 512 && pixels <= 2_048 && pixels % 8 === 0;
}
