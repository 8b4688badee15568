/**
 * What the placeholders of a workflow may name, from a task's parameters:
 *
 * - every parameter of ours by its own name, or by the one the route's mapping gives it; what the mapping fixes, too
 * - `width`, `height`: pixels, from `size` or `aspect_ratio` with `resolution` or `quality`
 * - `seed`: the client's, else one made of the attempt's key. A graph that is sent twice with one seed is answered from the
 *   server's cache, and then without any output.
 * - `frames`: of `duration` at `fps` (the mapping's, else 16), in steps of four and one more, as video models count
 * - `image_urls[0]` and so on, `mask_url`: names of the uploaded files
 *
 * A parameter that changes something, and that no placeholder takes, is refused: the result would not be what was asked for.
 */
import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '../../json.ts';
import type { InputMedia, SubmitJob } from '../adapter.ts';
import { type Frame, parseFrame } from '../frame.ts';
import { type MappedMedia, mapParameters } from '../mapping.ts';
import type { Unsupported } from '../unsupported.ts';
import type { Workflow } from './workflow.ts';

const DEFAULT_FPS = 16;
/** Latent images are made of blocks of this many pixels; video models want them whole. */
const BLOCK = 16;
const FRAME_PARAMS = ['size', 'aspect_ratio', 'resolution', 'quality'];
const DEFAULT_FRAMES = {
  image: { width: 1, height: 1, exact: false },
  video: { width: 16, height: 9, exact: false },
  audio: { width: 1, height: 1, exact: false },
} as const;
/** Pixels of a square picture's side. */
const RESOLUTIONS: Readonly<Record<string, number>> = { '1k': 1024, '2k': 2048, '4k': 4096 };
/** Pixels of a clip's shorter side. */
const QUALITIES: Readonly<Record<string, number>> = {
  '480p': 480,
  '720p': 720,
  '1080p': 1080,
  '4k': 2160,
};

export function valuesFor(workflow: Workflow, job: SubmitJob, media: readonly MappedMedia[]): JsonObject {
  const values = mapParameters(job.params, media, job.mapping);
  const derived: JsonObject = { seed: seedOf(job.idempotencyKey) };
  const frame = frameOf(job);
  for (const side of ['width', 'height'] as const) {
    // A template's own default stands where the task leaves the size open.
    const has = workflow.placeholders.some(({ root, fallback }) => root === side && fallback !== undefined);
    if (!has || asksForFrame(job)) derived[side] = frame[side];
  }
  const { duration } = job.params;
  const fps = typeof values.fps === 'number' && values.fps > 0 ? values.fps : DEFAULT_FPS;
  if (typeof duration === 'number') derived.frames = Math.round((duration * fps) / 4) * 4 + 1;
  return { ...derived, ...values };
}

/** The first thing the task asks for that this workflow would pass over; null where it takes everything. */
export function unusedBy(workflow: Workflow, job: SubmitJob): Unsupported | null {
  const taken = new Set(workflow.placeholders.map(({ root }) => root));
  for (const [name, value] of Object.entries(job.params)) {
    const theirs = job.mapping?.rename?.[name];
    if (theirs === null || taken.has(theirs ?? name) || changesNothing(name, value)) continue;
    if (FRAME_PARAMS.includes(name) && (taken.has('width') || taken.has('height'))) {
      if (readsAsFrame(name, value)) continue;
      const message = `\`${name}\` cannot be ${JSON.stringify(value)} here; use ${FRAME_WORDS[name]}.`;
      return { param: name, message };
    }
    if (name === 'duration' && taken.has('frames')) continue;
    const message = `\`${name}\` has no effect on this model; leave it out.`;
    return { param: name, message };
  }
  return unusedInput(workflow, job);
}

function unusedInput(workflow: Workflow, job: SubmitJob): Unsupported | null {
  for (const input of job.inputs) {
    const target = job.mapping?.media?.[input.param] ?? input.param;
    const isTaken = workflow.placeholders.some(({ root, index }) =>
      typeof target === 'string'
        ? root === target && (index === null || index === input.index)
        : root === target[input.index],
    );
    if (isTaken) continue;
    const param = input.param === 'mask_url' ? input.param : `${input.param}[${input.index}]`;
    return { param, message: `This model takes no \`${param}\`; leave it out.` };
  }
  return null;
}

/** Values that say no more than the parameter's absence does. */
function changesNothing(name: string, value: JsonValue): boolean {
  if (value === null || value === '' || value === false || value === 'auto' || value === 'adaptive')
    return true;
  return (name === 'n' && value === 1) || (Array.isArray(value) && value.length === 0);
}

const FRAME_WORDS: Readonly<Record<string, string>> = {
  size: 'a ratio such as 16:9, or WxH',
  aspect_ratio: 'a ratio such as 16:9, or WxH',
  resolution: '1K, 2K or 4K',
  quality: '480p, 720p, 1080p or 4k',
};

function readsAsFrame(name: string, value: JsonValue): boolean {
  if (name === 'resolution') return String(value).toLowerCase() in RESOLUTIONS;
  if (name === 'quality') return String(value).toLowerCase() in QUALITIES;
  return parseFrame(value) !== null;
}

function asksForFrame({ params, inputs }: SubmitJob): boolean {
  const follows = (value: JsonValue | undefined) => value === 'auto' || value === 'adaptive';
  const isSaid = FRAME_PARAMS.some((name) => readsAsFrame(name, params[name] ?? null));
  return isSaid || ((follows(params.size) || follows(params.aspect_ratio)) && frameOfInput(inputs) !== null);
}

function frameOf({ type, params, inputs }: SubmitJob): { width: number; height: number } {
  const asked = parseFrame(params.size) ?? parseFrame(params.aspect_ratio);
  const shape = asked ?? frameOfInput(inputs) ?? DEFAULT_FRAMES[type];
  if (shape.exact) return { width: shape.width, height: shape.height };
  const ratio = shape.width / shape.height;
  const shorter = QUALITIES[String(params.quality).toLowerCase()];
  if (type === 'video' || shorter !== undefined) {
    const side = shorter ?? 720;
    return { width: blocks(side * Math.max(1, ratio)), height: blocks(side * Math.max(1, 1 / ratio)) };
  }
  const square = RESOLUTIONS[String(params.resolution).toLowerCase()] ?? 1024;
  return { width: blocks(square * Math.sqrt(ratio)), height: blocks(square / Math.sqrt(ratio)) };
}

/** `auto` and `adaptive` follow the first picture. */
function frameOfInput(inputs: readonly InputMedia[]): Frame | null {
  const picture = inputs.find(({ param, width, height }) => param === 'image_urls' && width && height);
  if (!picture?.width || !picture.height) return null;
  return { width: picture.width, height: picture.height, exact: false };
}

const blocks = (pixels: number) => Math.max(BLOCK, Math.round(pixels / BLOCK) * BLOCK);

/** 48 bits: within what samplers take and what JSON numbers hold. */
function seedOf(idempotencyKey: string): number {
  return createHash('sha256').update(idempotencyKey).digest().readUIntBE(0, 6);
}
