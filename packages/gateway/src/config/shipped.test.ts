/** The shipped catalogue: every entry is sound, says where its facts are from, and asks of its providers only what they can do. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type RunningEmulator, SANDBOX_PROVIDERS, startEmulator } from '@sluice/sandbox';
import { parse } from 'yaml';
import { isRecord } from '../catalog/faults.ts';
import type { ModelDefinition, Route } from '../catalog/model.ts';
import { ManualClock } from '../clock.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { InputMedia, SubmitJob, UpstreamAdapter } from '../upstream/adapter.ts';
import { openAdapters } from '../upstream/registry.ts';
import { readConfig } from './config.ts';
import { isAdapterName } from './schema-provider.ts';
import { openShipped } from './shipped.ts';

const FOLDER = new URL('../../catalog/', import.meta.url);
const shipped = openShipped();
const own = shipped.names.filter((name) => shipped.find(name)?.home !== 'studio');

describe('the shipped catalogue', () => {
  it('has at least 25 models of others, of every kind', () => {
    assert.ok(own.length >= 25, `${own.length}`);
    const kinds = own.map((name) => shipped.find(name)?.entry.type);
    for (const kind of ['image', 'video', 'audio']) assert.ok(kinds.includes(kind), kind);
  });

  it('is cut into the same entries as reading whole files gives, each name once', () => {
    const whole: [string, unknown][] = readdirSync(FOLDER).flatMap((file) =>
      Object.entries(parse(readFileSync(new URL(file, FOLDER), 'utf8'))),
    );
    assert.deepEqual(whole.map(([name]) => name).sort(), [...own].sort());
    for (const [name, entry] of whole) assert.deepEqual(shipped.find(name)?.entry, entry);
  });

  for (const name of own) {
    it(`${name} names known adapters and where its facts are from`, () => {
      const { entry, home } = shipped.find(name) ?? assert.fail();
      const routes = Array.isArray(entry.routes) ? entry.routes : [];
      assert.ok(routes.length > 0);
      for (const route of routes) assert.ok(isAdapterName(route.adapter), String(route.adapter));
      assert.equal(routes[0].adapter, home, 'the first route is the one of the file it stands in');
      const source: Record<string, unknown> = isRecord(entry.source) ? entry.source : {};
      const told = ['parameters', ...('inputs' in entry ? ['inputs'] : []), 'pricing', 'routes'];
      assert.deepEqual(Object.keys(source), told);
      for (const where of Object.values(source)) assert.match(String(where), /^https:\/\/\S+/);
      assert.match(String(entry.description), /\.$/);
    });
  }
});

describe('what the catalogue lets a client ask', { concurrency: false }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-catalogue-'));
  const running = new Map<string, RunningEmulator>();
  let adapters: ReadonlyMap<string, UpstreamAdapter>;
  let models: ReadonlyMap<string, ModelDefinition>;

  before(async () => {
    const providers: string[] = [];
    for (const { adapter, create, path, settings } of SANDBOX_PROVIDERS) {
      if (adapter === 'comfyui') continue;
      const emulator = await startEmulator(create());
      running.set(adapter, emulator);
      const own = { adapter, base_url: `${emulator.url}${path}`, ...settings };
      providers.push(`  ${adapter}: ${JSON.stringify(own)}`);
    }
    const yaml = `providers:\n${providers.join('\n')}\ncatalogue: [${own.join(', ')}]\n`;
    const read = readConfig(yaml, folder, {});
    if (read.kind === 'invalid') assert.fail(JSON.stringify(read.problems, null, 1));
    models = read.config.catalog;
    const log = { warn() {}, error: (_: object, message: string) => assert.fail(message) };
    adapters = await openAdapters(read.config.providers, { clock: new ManualClock(), log });
  });
  after(async () => {
    for (const adapter of adapters?.values() ?? []) await adapter.close?.();
    for (const emulator of running.values()) await emulator.close();
    if (existsSync(folder)) rmSync(folder, { recursive: true });
  });

  for (const name of own) {
    it(`${name}: each of its routes takes it`, async () => {
      const model = models.get(name) ?? assert.fail();
      for (const route of model.routes) {
        const adapter = adapters.get(route.provider) ?? assert.fail();
        const least = model.parameters.required?.includes('image_urls') ? 1 : 0;
        const [defaults, ...others] = variations(model);
        for (const params of [defaults, ...others]) await assertTaken(model, route, adapter, params, least);
        // Two frames may narrow the rest (a clip of eight seconds, say): the defaults must do.
        const most = Math.min(model.inputs.image_urls?.max ?? 0, 2);
        await assertTaken(model, route, adapter, defaults, most);
      }
    });
  }
});

async function assertTaken(
  model: ModelDefinition,
  route: Route,
  adapter: UpstreamAdapter,
  params: JsonObject = {},
  pictures = 0,
): Promise<void> {
  const job: SubmitJob = {
    taskId: 'task-unified-1-abcdefghijkl',
    attempt: 1,
    idempotencyKey: `${model.id}-${Math.random()}`,
    type: model.type,
    upstreamModel: route.upstreamModel,
    params: { prompt: 'a quiet harbour', seed: 7, ...params },
    inputs: Array.from({ length: pictures }, (_, index) => picture(index)),
    ...(route.mapping === undefined ? {} : { mapping: route.mapping }),
  };
  const outcome = await adapter.submit(job, {
    clock: new ManualClock(Date.parse('2026-11-01T00:00:00Z')),
    signal: new AbortController().signal,
  });
  const told = `${route.provider} with ${JSON.stringify(params)} and ${pictures} pictures: ${JSON.stringify(outcome)}`;
  assert.ok(outcome.kind === 'accepted' || outcome.kind === 'finished', told.slice(0, 800));
}

/** The defaults, and for each parameter each of its values with the others left at their defaults. */
function variations(model: ModelDefinition): JsonObject[] {
  const defaults: JsonObject = {};
  const single: [string, JsonValue][] = [];
  for (const [name, schema] of Object.entries(model.parameters.properties)) {
    const { default: fallback, enum: values, minimum, maximum, type } = schema;
    if (fallback !== undefined) defaults[name] = fallback as JsonValue;
    const ends = [minimum, maximum].filter((end) => typeof end === 'number');
    const flags = type === 'boolean' ? [true, false] : [];
    for (const value of [...(Array.isArray(values) ? values : []), ...ends, ...flags])
      single.push([name, value]);
  }
  return [defaults, ...single.map(([name, value]) => ({ ...defaults, [name]: value }))];
}

/** A picture of a shape that every model takes. Emulators do not look into it. */
function picture(index: number): InputMedia {
  const data = Buffer.from('not looked into');
  return {
    param: 'image_urls',
    index,
    kind: 'image',
    mimeType: 'image/png',
    bytes: data.length,
    sha256: '0'.repeat(64),
    width: 1280,
    height: 720,
    seconds: null,
    read: () => Promise.resolve(data),
  };
}
