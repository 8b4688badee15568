/** What the studio refuses at its door. The gateway checks the same limits before; a real upstream would not rely on that. */

import type { InputLimits, ModelDefinition } from '../../catalog/model.ts';
import { faultFinder } from '../../guard.ts';
import { studioModels } from './models.ts';
import { exactSize } from './sizes.ts';
import { type MediaPart, mediaName, type Refusal, type RenderRequest, refusal } from './wire.ts';

type Fault = NonNullable<ReturnType<ReturnType<typeof faultFinder>>>;

const CHECKS = new Map(
  studioModels.map((model) => [
    model.id,
    { model, faultOf: faultFinder({ ...model.parameters, additionalProperties: false }) },
  ]),
);

/** Null when the request can be rendered. `files` are the bytes of `request.media`, in the same order. */
export function checkRequest(request: RenderRequest, files: readonly Uint8Array[]): Refusal | null {
  const known = CHECKS.get(request.model);
  if (!known) {
    return refusal('invalid_request', `There is no model ${request.model}.`, {
      reason: 'other',
      param: 'model',
    });
  }
  const fault = known.faultOf(request.params);
  if (fault) return paramRefusal(known.model, fault, request.params);
  if (files.length !== request.media.length) {
    return refusal('invalid_request', 'Every part of `media` needs its file.', {
      reason: 'other',
      param: 'media',
    });
  }
  for (const [position, part] of request.media.entries()) {
    const refused = checkMedia(known.model, request, part, files[position]?.byteLength ?? 0);
    if (refused) return refused;
  }
  return null;
}

function paramRefusal(model: ModelDefinition, fault: Fault, params: RenderRequest['params']): Refusal {
  const param = paramOf(fault);
  const schema = model.parameters.properties[param];
  if (param === 'prompt' && fault.keyword === 'maxLength') {
    const actual = [...String(params.prompt)].length;
    const limits = { max_chars: Number(schema?.maxLength), actual_chars: actual };
    const message = `Prompt is too long: at most ${limits.max_chars} characters, got ${actual}`;
    return refusal('invalid_request', message, { reason: 'prompt_too_long', param, limits });
  }
  if (param === 'duration' && model.type === 'video' && typeof params.duration === 'number') {
    const [min, max] = [Number(schema?.minimum), Number(schema?.maximum)];
    return refusal('invalid_request', `Video duration must be between ${min}-${max} seconds`, {
      reason: 'video_duration',
      param,
      limits: { min_seconds: min, max_seconds: max, actual_seconds: params.duration },
    });
  }
  const message = schema ? `${param} ${fault.message}` : `${model.id} has no parameter ${param}.`;
  return refusal('invalid_request', message, { reason: 'other', param });
}

function paramOf({ instancePath, params }: Fault): string {
  return String(
    instancePath.split('/')[1] ?? params.missingProperty ?? params.additionalProperty ?? 'params',
  );
}

function checkMedia(
  model: ModelDefinition,
  request: RenderRequest,
  part: MediaPart,
  bytes: number,
): Refusal | null {
  const limits = Object.entries(model.inputs).find(([field]) => field === part.field)?.[1];
  const param = mediaName(part);
  if (!limits || part.index >= limits.max) {
    const message = limits
      ? `${part.field} takes at most ${limits.max}.`
      : `${model.id} has no parameter ${part.field}.`;
    return refusal('invalid_request', message, { reason: 'other', param });
  }
  return checkFile(limits, part, param, bytes) ?? checkSize(limits, request, part, param);
}

function checkFile(limits: InputLimits, part: MediaPart, param: string, bytes: number): Refusal | null {
  const format = part.mime_type.replace(/^image\//, '');
  if (!limits.formats.includes(format)) {
    return refusal('invalid_request', 'unsupported file type', {
      reason: 'unsupported_format',
      param,
      limits: { supported: limits.formats.join(', '), actual: part.mime_type },
    });
  }
  if (limits.maxBytes !== undefined && bytes > limits.maxBytes) {
    return refusal('invalid_request', `file size exceeds ${limits.maxBytes / 1_000_000}MB`, {
      reason: 'file_too_large',
      param,
      limits: { max_bytes: limits.maxBytes, actual_bytes: bytes },
    });
  }
  return null;
}

function checkSize(
  limits: InputLimits,
  request: RenderRequest,
  part: MediaPart,
  param: string,
): Refusal | null {
  const { width, height } = part;
  if (width === null || height === null) return null;
  const { minSide = 1, maxSide = Number.MAX_SAFE_INTEGER } = limits;
  if (Math.min(width, height) < minSide || Math.max(width, height) > maxSide) {
    return refusal('invalid_request', `image dimensions must be between ${minSide} and ${maxSide}`, {
      reason: 'image_dimension',
      param,
      limits: { min_side: minSide, max_side: maxSide, actual: `${width}x${height}` },
    });
  }
  const { mustMatch = '' } = limits;
  const demanded = request.params[mustMatch];
  const exact = typeof demanded === 'string' ? exactSize(demanded) : null;
  if (!exact || (exact.width === width && exact.height === height)) return null;
  return sizeMismatch(mustMatch, exact, `${width}x${height}`, param);
}

function sizeMismatch(
  setting: string,
  { width, height }: { width: number; height: number },
  actual: string,
  param: string,
): Refusal {
  const shape = width === height ? 'square' : width > height ? 'landscape' : 'portrait';
  return refusal('size_mismatch', `${setting} requires a ${shape} image of exactly the size it names`, {
    param,
    limits: { expected: `${width}x${height}`, actual },
  });
}
