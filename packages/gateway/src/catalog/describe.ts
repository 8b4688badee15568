/** A model as `GET /v1/models` shows it: nothing about providers, routes or what the gateway itself pays. */
import { COMMON_FIELDS } from '@sluice/protocol';
import { compileModel, type FullSchema } from './compile.ts';
import type { InputLimits, ModelDefinition, TaskType } from './model.ts';

export interface ModelDescription {
  readonly id: string;
  readonly object: 'model';
  readonly type: TaskType;
  readonly description: string;
  /** JSON Schema, draft 2020-12, of the whole request body. */
  readonly parameters: FullSchema;
  readonly pricing: {
    readonly rule: string;
    readonly credits: number;
    readonly unit: 'call' | 'second' | 'image';
  };
  readonly limits: {
    /** From acceptance to the final state. */
    readonly timeout_seconds: number;
    readonly estimated_seconds: number;
    /** By media parameter; sides in pixels, ratios as width / height. */
    readonly inputs: Readonly<Record<string, InputLimitsDescription>>;
  };
  readonly status: 'available' | 'unavailable';
}

export type InputLimitsDescription = Readonly<Record<string, number | string | readonly string[]>>;

const UNITS = { per_call: 'call', per_second: 'second', per_image: 'image' } as const;

export function describeModel(model: ModelDefinition): ModelDescription {
  return {
    id: model.id,
    object: 'model',
    type: model.type,
    description: model.description,
    parameters: wholeBody(compileModel(model).schema),
    pricing: {
      rule: model.pricing.rule,
      credits: model.pricing.milliCredits / 1000,
      unit: UNITS[model.pricing.rule],
    },
    limits: {
      timeout_seconds: model.timeoutMs / 1000,
      estimated_seconds: model.estimateSeconds,
      inputs: Object.fromEntries(
        Object.entries(model.inputs).map(([param, limits]) => [param, describeLimits(limits)]),
      ),
    },
    status: model.routes.length > 0 ? 'available' : 'unavailable',
  };
}

/** With the field that is the gateway's own: a body that a client has checked against this schema is not refused by it. */
function wholeBody(schema: FullSchema): FullSchema {
  return { ...schema, properties: { ...schema.properties, auto_fix: { ...COMMON_FIELDS.auto_fix } } };
}

function describeLimits(limits: InputLimits): InputLimitsDescription {
  const named = {
    max: limits.max,
    formats: limits.formats,
    max_bytes: limits.maxBytes,
    min_side: limits.minSide,
    max_side: limits.maxSide,
    max_pixels: limits.maxPixels,
    min_ratio: limits.minRatio,
    max_ratio: limits.maxRatio,
    min_seconds: limits.minSeconds,
    max_seconds: limits.maxSeconds,
    min_fps: limits.minFps,
    max_fps: limits.maxFps,
    audio_track: limits.audioTrack,
    must_match: limits.mustMatch,
  };
  return Object.fromEntries(
    Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
