/**
 * A job in MiniMax's words. Its clips, its pictures and MiniMax-H3 have an interface each: hailuo-request.ts, image-request.ts,
 * h3-request.ts.
 */
import type { JsonObject } from '../../json.ts';
import type { SubmitJob } from '../adapter.ts';
import type { InputFile } from '../read-inputs.ts';
import { type Cannot, cannot, spoken } from '../translation.ts';
import { h3 } from './h3-request.ts';
import { hailuo } from './hailuo-request.ts';
import { image } from './image-request.ts';

export type Interface = 'v1_video' | 'v1_image' | 'v2_video';

export type MinimaxRequest =
  | {
      readonly kind: 'request';
      readonly via: Interface;
      readonly body: JsonObject;
      /** The body's fields for the inputs. */
      readonly media: (files: readonly InputFile[]) => JsonObject;
    }
  | Cannot;

export function requestFor(job: SubmitJob): MinimaxRequest {
  const { ours, theirs } = spoken(job.params, job.mapping);
  const made = build(job, ours);
  if (made.kind === 'none') return made;
  return { ...made, body: { model: job.upstreamModel, ...made.body, ...theirs } };
}

function build(job: SubmitJob, ours: JsonObject): MinimaxRequest {
  switch (job.type) {
    case 'image':
      return image(job, ours);
    case 'video':
      return /^minimax-h3/i.test(job.upstreamModel) ? h3(job, ours) : hailuo(job, ours);
    case 'audio':
      return cannot('model', 'This route makes pictures and clips.');
    default: {
      const never: never = job.type;
      return never;
    }
  }
}
