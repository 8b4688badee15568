/**
 * The models that come with the gateway, read only where a configuration uses one. `packages/gateway/catalog/` has one file per
 * provider; an entry begins with its name at the start of a line, so a name is found, and its entry cut out, without reading the
 * rest as YAML. The studio's models are entries too: their facts are in the studio's own code.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { isRecord } from '../catalog/faults.ts';
import type { InputLimits, ModelDefinition } from '../catalog/model.ts';
import type { JsonObject } from '../json.ts';
import { studioModels } from '../upstream/studio/models.ts';
import { LIMIT_NAMES } from './models.ts';

export interface ShippedModel {
  /** The file it is in, without `.yaml`: the provider it is listed under. */
  readonly home: string;
  /** As the configuration's `models`, except that a route names an `adapter`; and with `source`, where the facts are from. */
  readonly entry: Readonly<Record<string, unknown>>;
}

export interface Shipped {
  readonly names: readonly string[];
  find(name: string): ShippedModel | null;
}

const FOLDER = fileURLToPath(new URL('../../catalog/', import.meta.url));
const ENTRY = /^([A-Za-z0-9][\w.-]*):$/gm;

export function openShipped(folder = FOLDER): Shipped {
  const texts = new Map<string, { readonly home: string; readonly text: string }>();
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.yaml')) continue;
    const text = readFileSync(join(folder, file), 'utf8');
    const starts = [...text.matchAll(ENTRY)];
    for (const [index, match] of starts.entries()) {
      const part = text.slice(match.index, starts[index + 1]?.index);
      texts.set(match[1] ?? '', { home: file.slice(0, -'.yaml'.length), text: part });
    }
  }
  const studio = new Map(studioModels.map((model) => [model.id, model]));
  return {
    names: [...studio.keys(), ...texts.keys()],
    find(name) {
      const own = studio.get(name);
      if (own) return { home: 'studio', entry: studioEntry(own) };
      const held = texts.get(name);
      const entry: unknown = held && parse(held.text)[name];
      return held && isRecord(entry) ? { home: held.home, entry } : null;
    },
  };
}

function studioEntry(model: ModelDefinition): JsonObject {
  const seconds = (ms: number) => `${ms / 1000}s`;
  const inputs = Object.entries(model.inputs).map(([param, limits]) => [param, inputEntry(param, limits)]);
  return structuredClone<Record<string, unknown>>({
    type: model.type,
    description: model.description,
    parameters: model.parameters.properties,
    required: model.parameters.required ?? [],
    unknown_parameters: model.unknownParameters,
    inputs: Object.fromEntries(inputs),
    pricing: { rule: model.pricing.rule, credits: model.pricing.milliCredits / 1000 },
    timeout: seconds(model.timeoutMs),
    estimate: seconds(model.estimateSeconds * 1000),
    routes: model.routes.map((route) => ({ adapter: 'studio', upstream_model: route.upstreamModel })),
  }) as JsonObject;
}

function inputEntry(param: string, limits: InputLimits): Readonly<Record<string, unknown>> {
  const numbers = LIMIT_NAMES.flatMap(([written, name]) =>
    limits[name] === undefined ? [] : [[written, limits[name]]],
  );
  return {
    ...(param === 'mask_url' ? {} : { max: limits.max }),
    formats: limits.formats,
    ...(limits.maxBytes === undefined ? {} : { max_bytes: limits.maxBytes }),
    ...Object.fromEntries(numbers),
    ...(limits.mustMatch === undefined ? {} : { must_match: limits.mustMatch }),
    ...(limits.audioTrack === undefined ? {} : { audio_track: limits.audioTrack }),
  };
}
