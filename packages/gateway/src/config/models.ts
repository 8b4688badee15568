/** From the `models` section to model definitions, with the checks no schema can make. */
import {
  COMMON_PROPERTIES,
  checkParameterSchema,
  MEDIA_PARAMS,
  RESERVED_PARAMETERS,
} from '../catalog/compile.ts';
import { faultsOf } from '../catalog/faults.ts';
import type { InputLimits, MediaParam, ModelDefinition, Route } from '../catalog/model.ts';
import { nearest } from '../catalog/nearest.ts';
import { pointerTo } from '../catalog/pointer.ts';
import { type Report, WRITTEN } from './check.ts';
import { checkMapping, readMapping } from './mapping.ts';
import type { KnownProviders } from './providers.ts';
import type { ModelFile } from './schema-model.ts';
import { parseDuration, parseSize } from './units.ts';

/**
 * What a route takes from its provider. The studio runs in this process: what it fails with is rehearsed, or a fault that no pause would
 * heal.
 */
export function traitsOf(
  name: string,
  providers: KnownProviders,
): Pick<Route, 'watchHealth' | 'providerMaxParallel'> {
  const provider = providers.get(name);
  return {
    watchHealth: provider?.adapter !== 'studio',
    ...(typeof provider?.maxParallel === 'number' ? { providerMaxParallel: provider.maxParallel } : {}),
  };
}

/** `file` fits its schema. Problems go to `report`; the definition is worth using only where there were none. */
export function readModel(
  id: string,
  file: ModelFile,
  providers: KnownProviders,
  report: Report,
): ModelDefinition {
  const pointer = pointerTo('/models', id);
  checkParameters(file, pointer, report);
  checkInputs(file, pointer, report);
  checkPricing(file, pointer, report);
  if (file.via !== undefined && file.use === undefined) {
    report(
      `${pointer}/via`,
      '`via` is for models of the catalogue.',
      'Add `use`, or name the providers in `routes`.',
    );
  }
  for (const [index, route] of file.routes.entries()) {
    if (route.mapping) checkMapping(file, route.mapping, `${pointer}/routes/${index}/mapping`, report);
    if (providers.has(route.provider)) continue;
    const near = nearest(route.provider, providers.keys());
    report(
      `${pointer}/routes/${index}/provider`,
      `There is no provider ${WRITTEN}.`,
      near === null
        ? `Add it under \`providers\`, or use one of: ${[...providers.keys()].join(', ')}.`
        : `Did you mean \`${near}\`?`,
    );
  }
  return {
    id,
    type: file.type,
    description: file.description,
    parameters: { type: 'object', properties: file.parameters, required: file.required },
    unknownParameters: file.unknown_parameters,
    inputs: readInputs(file.inputs),
    pricing: { rule: file.pricing.rule, milliCredits: Math.round(file.pricing.credits * 1000) },
    timeoutMs: parseDuration(file.timeout) ?? 0,
    estimateSeconds: Math.ceil((parseDuration(file.estimate) ?? 0) / 1000),
    routes: file.routes.map((route, index) => ({
      id: `${id}/${index}`,
      provider: route.provider,
      upstreamModel: route.upstream_model,
      priority: route.priority,
      weight: route.weight,
      ...traitsOf(route.provider, providers),
      maxParallel: route.max_parallel ?? null,
      ...(route.mapping === undefined ? {} : { mapping: readMapping(route.mapping) }),
    })),
  };
}

function checkParameters(file: ModelFile, pointer: string, report: Report): void {
  for (const [name, schema] of Object.entries(file.parameters)) {
    const at = pointerTo(`${pointer}/parameters`, name);
    if (RESERVED_PARAMETERS.includes(name)) {
      report(at, `\`${name}\` belongs to the gateway and means the same for every model.`, 'Remove it here.');
    } else if (isMediaParam(name) && file.inputs[name] === undefined) {
      report(
        at,
        `\`${name}\` carries media, but \`inputs\` does not say what it takes.`,
        `Add \`${name}\` under \`inputs\`.`,
      );
    }
    reportSchemaFault(name, schema, at, report);
  }
  const known = [
    ...Object.keys(COMMON_PROPERTIES),
    ...Object.keys(file.parameters),
    ...Object.keys(file.inputs),
  ];
  for (const [index, name] of file.required.entries()) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    report(
      `${pointer}/required/${index}`,
      `${WRITTEN} is required but is no parameter of this model.`,
      near === null
        ? 'Describe it under `parameters` or `inputs`, or remove it.'
        : `Did you mean \`${near}\`?`,
    );
  }
}

function reportSchemaFault(
  name: string,
  schema: Readonly<Record<string, unknown>>,
  at: string,
  report: Report,
): void {
  const fault = checkParameterSchema(schema);
  switch (fault?.kind) {
    case undefined:
      return;
    case 'not_a_schema':
      // JSON Schema's own schema offers alternatives; the first complaint about a place is enough.
      for (const [where, part] of new Map(
        faultsOf(fault.errors, () => '')
          .map((part) => [part.pointer, part] as const)
          .reverse(),
      )) {
        report(
          `${at}${where}`,
          `This is not valid JSON Schema: it ${part.text}.`,
          'See https://json-schema.org for what a schema may hold.',
        );
      }
      return;
    case 'default_refused':
      for (const part of faultsOf(fault.errors, () => '')) {
        report(
          `${at}/default`,
          `The default of \`${name}\` ${part.text}.`,
          'Choose a default that the schema itself accepts.',
        );
      }
      return;
    case 'unusable': {
      const keyword = /unknown keyword: "([^"]+)"/.exec(fault.why)?.[1];
      if (keyword === undefined) {
        report(at, `The schema of \`${name}\` cannot be used: ${fault.why}.`, 'Correct the schema.');
      } else {
        const near = nearest(keyword, SCHEMA_KEYWORDS);
        report(
          pointerTo(at, keyword),
          `\`${keyword}\` is not a keyword of JSON Schema.`,
          near === null ? 'Remove it.' : `Did you mean \`${near}\`?`,
        );
      }
      return;
    }
    default: {
      fault satisfies never;
    }
  }
}

const SCHEMA_KEYWORDS =
  'type enum const default description title examples minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength maxUtf16Units maxUtf8Bytes pattern format items prefixItems minItems maxItems uniqueItems contains properties required additionalProperties patternProperties propertyNames minProperties maxProperties anyOf oneOf allOf not if then else'.split(
    ' ',
  );

const RANGES = [
  ['min_side', 'max_side'],
  ['min_ratio', 'max_ratio'],
  ['min_seconds', 'max_seconds'],
  ['min_fps', 'max_fps'],
] as const;

function checkInputs(file: ModelFile, pointer: string, report: Report): void {
  for (const [param, input] of Object.entries(file.inputs)) {
    const limits: Readonly<Record<string, unknown>> = input;
    const at = `${pointer}/inputs/${param}`;
    for (const [low, high] of RANGES) {
      const [from, to] = [limits[low], limits[high]];
      if (typeof from === 'number' && typeof to === 'number' && from > to) {
        report(
          `${at}/${low}`,
          `\`${low}\` is larger than \`${high}\`: no input could pass.`,
          'Swap or correct the two.',
        );
      }
    }
    const partner = limits.must_match;
    if (typeof partner === 'string' && file.parameters[partner] === undefined) {
      const near = nearest(partner, Object.keys(file.parameters));
      report(
        `${at}/must_match`,
        `There is no parameter ${WRITTEN} to match.`,
        near === null
          ? 'Name a parameter of this model, such as `size` or `aspect_ratio`.'
          : `Did you mean \`${near}\`?`,
      );
    }
  }
}

/** What is billed must have a number: from the request, or by default. */
function checkPricing(file: ModelFile, pointer: string, report: Report): void {
  const at = `${pointer}/pricing/rule`;
  const { rule } = file.pricing;
  if (rule === 'per_image' && file.type !== 'image') {
    report(
      at,
      `\`per_image\` is for image models, and this one makes ${file.type}.`,
      'Use `per_call` or `per_second`.',
    );
  }
  const billed = rule === 'per_second' ? 'duration' : rule === 'per_image' ? 'n' : null;
  const schema = billed === null ? undefined : file.parameters[billed];
  if (billed === null || (billed === 'n' && schema === undefined)) return;
  if (
    schema === undefined ||
    (schema.default === undefined && !file.required.includes(billed) && billed === 'duration')
  ) {
    report(
      at,
      `\`${rule}\` needs the parameter \`${billed}\` in every request.`,
      `Give \`parameters.${billed}\` a default, or list it under \`required\`.`,
    );
  } else if (checkParameterSchema(schema) === null && !isNumberFromZero(schema)) {
    report(
      `${pointer}/parameters/${billed}`,
      `\`${billed}\` is what \`${rule}\` bills, so it must be a number that cannot be negative.`,
      'Give it `type: integer` (or `number`) and a `minimum` of 0 or more, or an `enum` of such numbers.',
    );
  }
}

function isNumberFromZero(schema: Readonly<Record<string, unknown>>): boolean {
  if (Array.isArray(schema.enum))
    return schema.enum.every((value) => typeof value === 'number' && value >= 0);
  const low = schema.minimum ?? schema.exclusiveMinimum;
  return (schema.type === 'integer' || schema.type === 'number') && typeof low === 'number' && low >= 0;
}

const isMediaParam = (name: string): name is MediaParam => MEDIA_PARAMS.some((param) => param === name);

export const LIMIT_NAMES = [
  ['min_side', 'minSide'],
  ['max_side', 'maxSide'],
  ['max_pixels', 'maxPixels'],
  ['min_ratio', 'minRatio'],
  ['max_ratio', 'maxRatio'],
  ['min_seconds', 'minSeconds'],
  ['max_seconds', 'maxSeconds'],
  ['min_fps', 'minFps'],
  ['max_fps', 'maxFps'],
] as const;

function readInputs(file: ModelFile['inputs']): ModelDefinition['inputs'] {
  const inputs: { -readonly [P in MediaParam]?: InputLimits } = {};
  for (const param of MEDIA_PARAMS) {
    const section = file[param];
    if (section === undefined) continue;
    const given: Readonly<Record<string, unknown>> = section;
    const bytes = section.max_bytes === undefined ? null : parseSize(section.max_bytes);
    const numbers: { -readonly [K in (typeof LIMIT_NAMES)[number][1]]?: number } = {};
    for (const [written, name] of LIMIT_NAMES) {
      const value = given[written];
      if (typeof value === 'number') numbers[name] = value;
    }
    inputs[param] = {
      max: typeof given.max === 'number' ? given.max : 1,
      formats: section.formats,
      ...(bytes === null ? {} : { maxBytes: bytes }),
      ...numbers,
      ...(typeof given.must_match === 'string' ? { mustMatch: given.must_match } : {}),
      ...(given.audio_track === 'required' || given.audio_track === 'forbidden'
        ? { audioTrack: given.audio_track }
        : {}),
    };
  }
  return inputs;
}
