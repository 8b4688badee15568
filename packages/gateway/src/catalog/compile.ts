/** From a model's definition to the function that checks its parameters. Compiled once per definition, when it is first asked. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { InputLimits, MediaParam, ModelDefinition } from './model.ts';
import { lengthOf, TEXT_LIMITS } from './text-limits.ts';

/** A model's parameters as one JSON Schema: what every model takes, what this one takes, and its media lists. */
export interface FullSchema {
  readonly $schema: string;
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly required: readonly string[];
  readonly additionalProperties: boolean;
}

export interface CompiledModel {
  readonly model: ModelDefinition;
  readonly schema: FullSchema;
  /**
   * Checks the parameters and fills in defaults (it changes its argument). The errors are valid until the next call.
   *
   * @throws Error where the schemas cannot be used together; the configuration has tried that for those an operator wrote.
   */
  validate(params: Record<string, unknown>): readonly ErrorObject[];
}

/** `prompt` may be given another schema by a model, the others may not. */
export const COMMON_PROPERTIES: FullSchema['properties'] = {
  model: { type: 'string', description: 'The model that makes the result.' },
  prompt: { type: 'string', maxLength: 100_000, description: 'What to make.' },
  seed: {
    type: 'integer',
    minimum: 0,
    maximum: 4_294_967_295,
    description: 'The same seed and parameters give the same result where the model can.',
  },
  metadata: {
    type: 'object',
    maxProperties: 16,
    propertyNames: { minLength: 1, maxLength: 64 },
    additionalProperties: { type: 'string', maxLength: 512 },
    description: 'Up to 16 texts of your own (keys up to 64 characters, values up to 512), returned as sent.',
  },
};

/** Belong to the gateway; no model's definition may give them a meaning. */
export const RESERVED_PARAMETERS: readonly string[] = ['model', 'metadata', 'auto_fix', 'callback_url'];

export const MEDIA_PARAMS: readonly MediaParam[] = ['image_urls', 'video_urls', 'audio_urls', 'mask_url'];

/** Long enough for any signed link; inline media are as long as their bytes. */
export const MAX_URL_LENGTH = 8192;

// JSON Schema's own schema takes a while to compile: it is used only for what an operator wrote (checkParameterSchema).
const ajv = new Ajv2020({
  validateSchema: false,
  allErrors: true,
  useDefaults: true,
  verbose: true,
  strict: true,
  strictRequired: false,
  strictTypes: false,
  logger: false,
});
addFormats.default(ajv);
for (const [keyword, { sizeOf }] of Object.entries(TEXT_LIMITS)) {
  if (keyword === 'maxLength') continue;
  ajv.addKeyword({
    keyword,
    type: 'string',
    schemaType: 'number',
    compile: (max: number) => (text: string) => lengthOf(text, sizeOf) <= max,
  });
}

const compiled = new WeakMap<ModelDefinition, CompiledModel>();

export function compileModel(model: ModelDefinition): CompiledModel {
  const known = compiled.get(model);
  if (known) return known;
  const schema = fullSchema(model);
  let check: ValidateFunction<Record<string, unknown>> | null = null;
  const result: CompiledModel = {
    model,
    schema,
    validate(params) {
      check ??= ajv.compile<Record<string, unknown>>({ ...schema, additionalProperties: true });
      return check(params) ? [] : (check.errors ?? []);
    },
  };
  compiled.set(model, result);
  return result;
}

/** What is wrong with one parameter's schema or its default; empty where it is sound. */
export type ParameterSchemaFault =
  | { readonly kind: 'not_a_schema'; readonly errors: readonly ErrorObject[] }
  | { readonly kind: 'unusable'; readonly why: string }
  | { readonly kind: 'default_refused'; readonly errors: readonly ErrorObject[] };

export function checkParameterSchema(schema: Readonly<Record<string, unknown>>): ParameterSchemaFault | null {
  if (!ajv.validateSchema(schema)) return { kind: 'not_a_schema', errors: [...(ajv.errors ?? [])] };
  const wrapped = { type: 'object', properties: { value: schema } };
  try {
    const check = ajv.compile(wrapped);
    const value: unknown = schema.default;
    return value === undefined || check({ value })
      ? null
      : { kind: 'default_refused', errors: [...(check.errors ?? [])] };
  } catch (error) {
    return { kind: 'unusable', why: error instanceof Error ? error.message : String(error) };
  } finally {
    ajv.removeSchema(wrapped);
  }
}

function fullSchema(model: ModelDefinition): FullSchema {
  const own = model.parameters.properties;
  const media = MEDIA_PARAMS.flatMap((param) => {
    const limits = model.inputs[param];
    return limits ? [[param, { ...mediaSchema(param, limits), ...own[param] }] as const] : [];
  });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      ...COMMON_PROPERTIES,
      model: { ...COMMON_PROPERTIES.model, const: model.id },
      ...own,
      ...Object.fromEntries(media),
    },
    required: [...new Set(['model', ...(model.parameters.required ?? [])])],
    additionalProperties: model.unknownParameters === 'ignore',
  };
}

function mediaSchema(param: MediaParam, limits: InputLimits): Readonly<Record<string, unknown>> {
  const url = { type: 'string', minLength: 1 };
  const formats = limits.formats.join(', ');
  if (param === 'mask_url') return { ...url, description: `An https: or data: URL (${formats}).` };
  return {
    type: 'array',
    items: url,
    maxItems: limits.max,
    description: `https: or data: URLs (${formats}), at most ${limits.max}.`,
  };
}
