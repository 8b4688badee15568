/**
 * The configuration's use of the catalogue: every name under `catalogue`, and every model with `use`, becomes a plain model of
 * the file, with a route for each configured provider that can make it. What follows (schema, checks, units) sees no difference.
 */
import { isRecord } from '../catalog/faults.ts';
import { nearest } from '../catalog/nearest.ts';
import { pointerTo } from '../catalog/pointer.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { type Report, WRITTEN } from './check.ts';
import type { KnownProviders } from './providers.ts';
import { isAdapterName } from './schema-provider.ts';
import { openShipped, type Shipped } from './shipped.ts';

interface Wish {
  readonly id: string;
  /** The model's name in the catalogue. */
  readonly name: string;
  readonly own: JsonObject;
  /** Where it is named, and where the model as a whole stands. */
  readonly pointer: string;
  readonly whole: string;
}

/** Changes `file.models`. A wish that cannot be met is reported and left out. */
export function expandCatalogue(file: JsonObject, providers: KnownProviders, report: Report): void {
  const own = isRecord(file.models) ? file.models : {};
  const wishes = [...listed(file.catalogue), ...used(own)];
  if (wishes.length === 0) return;
  const shipped = openShipped();
  const asWritten = Object.entries(own).filter(
    ([id]) => !wishes.some((wish) => wish.whole === pointerTo('/models', id)),
  );
  const models = new Map<string, JsonValue>(asWritten);
  for (const wish of wishes) {
    if (models.has(wish.id)) {
      report(
        wish.pointer,
        `There are two models ${WRITTEN}.`,
        'List it once, or give one of them another name.',
      );
      continue;
    }
    const model = meet(wish, shipped, providers, report);
    if (model) models.set(wish.id, model);
  }
  // With nothing left there has been a report for each: an empty section would only be one more.
  if (models.size > 0) file.models = Object.fromEntries(models);
  else delete file.models;
}

function listed(section: JsonValue | undefined): Wish[] {
  return (Array.isArray(section) ? section : []).flatMap((name, index): Wish[] => {
    const pointer = `/catalogue/${index}`;
    return typeof name === 'string' ? [{ id: name, name, own: {}, pointer, whole: pointer }] : [];
  });
}

function used(models: JsonObject): Wish[] {
  return Object.entries(models).flatMap(([id, held]): Wish[] => {
    if (!isRecord(held) || typeof held.use !== 'string') return [];
    const whole = pointerTo('/models', id);
    return [{ id, name: held.use, own: held, pointer: `${whole}/use`, whole }];
  });
}

function meet(wish: Wish, shipped: Shipped, providers: KnownProviders, report: Report): JsonObject | null {
  const found = shipped.find(wish.name);
  if (!found) {
    const near = nearest(wish.name, shipped.names);
    report(
      wish.pointer,
      `The catalogue has no model ${WRITTEN}.`,
      `${near === null ? '' : `Did you mean \`${near}\`? `}docs/catalogue.md lists them all.`,
    );
    return null;
  }
  const { routes, source: _source, ...facts } = found.entry;
  const offered = (Array.isArray(routes) ? routes : []).filter(isRecord);
  const own = wish.own.routes === undefined ? routesFor(wish, offered, providers, report) : {};
  if (own === null) return null;
  const base = laidOver(structuredClone(facts) as JsonObject, own);
  return laidOver(base, wish.own);
}

/** One route for each provider and each of the catalogue's routes that it can take; null, after a report, where there is none. */
function routesFor(
  wish: Wish,
  offered: readonly Readonly<Record<string, unknown>>[],
  providers: KnownProviders,
  report: Report,
): JsonObject | null {
  const adapters = [...new Set(offered.map((route) => String(route.adapter)))];
  const able = [...providers].filter(([, { adapter }]) => adapters.includes(adapter)).map(([name]) => name);
  const { via } = wish.own;
  const chosen = Array.isArray(via) ? via.filter((name) => typeof name === 'string') : null;
  for (const [index, name] of (chosen ?? []).entries()) {
    if (able.includes(name)) continue;
    report(
      `${wish.whole}/via/${index}`,
      providers.has(name)
        ? `The provider ${WRITTEN} cannot make this model.`
        : `There is no provider ${WRITTEN}.`,
      able.length === 0 ? remedyFor(adapters) : `Those that can: ${able.join(', ')}.`,
    );
  }
  if (able.length === 0) {
    if (chosen === null) {
      report(wish.pointer, `No provider is configured that makes ${WRITTEN}.`, remedyFor(adapters));
    }
    return null;
  }
  const names = chosen === null ? able : chosen.filter((name) => able.includes(name));
  if (names.length === 0) return null;
  const routes = names.flatMap((name, order) =>
    offered
      .filter((route) => route.adapter === providers.get(name)?.adapter)
      .map(({ adapter: _adapter, ...route }) => ({
        ...structuredClone(route),
        provider: name,
        ...(chosen === null ? {} : { priority: order }),
      })),
  );
  return { routes: routes as JsonValue };
}

function remedyFor(adapters: readonly string[]): string {
  const [first = ''] = adapters.filter(isAdapterName);
  const example =
    first === 'studio'
      ? 'studio: { adapter: studio }'
      : `${first}: { adapter: ${first}, api_key: "\${${first.toUpperCase().replaceAll('-', '_')}_API_KEY}" }`;
  const others =
    adapters.length > 1
      ? ` (or one with ${adapters
          .slice(1)
          .map((name) => `\`${name}\``)
          .join(', ')})`
      : '';
  return `Add one under \`providers\`, such as ${example}${others}, or remove the model.`;
}

/** Maps are merged key by key; anything else takes the place of what was there. */
function laidOver(below: JsonObject, above: JsonObject): JsonObject {
  const merged = new Map(Object.entries(below));
  for (const [key, value] of Object.entries(above)) {
    const held = merged.get(key);
    merged.set(key, isObject(held) && isObject(value) ? laidOver(held, value) : value);
  }
  return Object.fromEntries(merged);
}

const isObject = (value: JsonValue | undefined): value is JsonObject => isRecord(value);
