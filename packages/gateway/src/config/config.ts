/**
 * What the gateway runs with, and the only file of it that reads the environment. Read this first.
 *
 * A configuration is YAML (`schema.ts` says what it may hold) with `${ENV_NAME}` for what must not stand in a file. Without a
 * file the empty one is used: every default together is a gateway that works. All problems are listed at once, each with its
 * line, and none shows the value of an environment variable:
 *
 *   text -> document.ts (YAML, lines, variables) -> check.ts (schema, defaults) -> models.ts and below (what fits together) -> Config
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { compileModel } from '../catalog/compile.ts';
import { isRecord } from '../catalog/faults.ts';
import type { Catalog, MilliCredits, ModelDefinition } from '../catalog/model.ts';
import { pointerTo } from '../catalog/pointer.ts';
import type { ModerationSettings } from '../moderation/open.ts';
import { studioModels } from '../upstream/studio/models.ts';
import { expandCatalogue } from './catalogue.ts';
import { checkFile, type Report, reporter } from './check.ts';
import { checkDetectors } from './detectors.ts';
import { type Environment, readDocument } from './document.ts';
import { applyOverrides } from './environment.ts';
import { readModel, traitsOf } from './models.ts';
import { readModeration } from './moderation.ts';
import { checkNetwork, type NetworkConfig, readNetwork } from './network.ts';
import { type Places, readPlaces } from './places.ts';
import { type ConfigProblem, inFileOrder } from './problem.ts';
import {
  checkProviders,
  checkSecret,
  type KnownProviders,
  knownProviders,
  type ProviderConfig,
  readProvider,
} from './providers.ts';
import { salvageModel } from './salvage.ts';
import { type ConfigFile, DEFAULT_PROVIDERS, type LOG_LEVELS } from './schema.ts';
import { parseDuration, parseSize } from './units.ts';

export type { ConfigProblem } from './problem.ts';
export type { ProviderConfig } from './providers.ts';

/** Times in milliseconds, sizes in bytes, paths absolute. */
export interface Config {
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly publicUrl: string | null;
    /** Null where the configuration names none. Never logged, never shown. */
    readonly operatorKey: string | null;
  };
  /** Where everything goes that has no place of its own. */
  readonly dataFolder: string;
  readonly store: { readonly kind: 'sqlite'; readonly path: string };
  readonly files: {
    readonly kind: 'folder';
    readonly path: string;
    /** Uploads of one account that live at the same time. */
    readonly maxFiles: number;
    /** Of one upload. */
    readonly maxBytes: number;
    readonly lifeMs: number;
  };
  readonly providers: ReadonlyMap<string, ProviderConfig>;
  readonly catalog: Catalog;
  readonly accounts: readonly { readonly id: string; readonly credits: MilliCredits }[];
  readonly inputs: {
    readonly allowHttpLoopback: boolean;
    readonly maxBytes: number;
    readonly timeoutMs: number;
  };
  readonly network: NetworkConfig;
  readonly retention: { readonly linksMs: number; readonly tasksMs: number; readonly idempotencyMs: number };
  readonly engine: {
    readonly parallelSubmits: number;
    readonly reconcileWindowMs: number;
    readonly pollIntervalMs: number;
    readonly drainMs: number;
    readonly maxAttempts: number;
  };
  readonly moderation: ModerationSettings;
  readonly log: { readonly level: (typeof LOG_LEVELS)[number] };
}

export interface ConfigSource {
  /** Where `sluice.config.yaml` is looked for and `./data` begins. */
  readonly cwd: string;
  readonly env: Environment;
  /** Takes the place of SLUICE_CONFIG. */
  readonly file?: string;
}

export type LoadedConfig =
  | { readonly kind: 'ok'; readonly config: Config; readonly file: string | null }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[]; readonly file: string | null };

const DEFAULT_FILE = 'sluice.config.yaml';

/** Never throws; a configuration with any problem is not used at all. */
export function loadConfig(source: ConfigSource): LoadedConfig {
  const found = findFile(source);
  if (found.kind === 'unreadable') return { kind: 'invalid', problems: [found.problem], file: found.file };
  // What a file calls `./data` is beside the file, wherever the gateway is started.
  const base = found.file === null ? source.cwd : dirname(found.file);
  const outcome = readConfig(found.text, base, source.env);
  return { ...outcome, file: found.file };
}

type ReadOutcome =
  | { readonly kind: 'ok'; readonly config: Config }
  | { readonly kind: 'invalid'; readonly problems: readonly ConfigProblem[] };

/** The configuration in `text`, whose relative paths begin at `base`. */
export function readConfig(text: string, base: string, env: Environment): ReadOutcome {
  const document = readDocument(text, env);
  const problems: ConfigProblem[] = [...document.problems];
  const invalid = (): ReadOutcome => ({ kind: 'invalid', problems: inFileOrder(problems) });
  if (document.value === null) return invalid();

  const overrides = applyOverrides(document.value, env);
  const report = reporter(document, overrides, problems);
  const studioOnly = document.value.models === undefined && document.value.catalogue === undefined;
  const providers = knownProviders(document.value.providers ?? DEFAULT_PROVIDERS);
  expandCatalogue(document.value, providers, report);
  const checked = checkFile(document.value, document, overrides);
  if (!checked.sound) problems.push(...checked.problems);
  const faults = checked.sound ? [] : checked.faults;
  checkProviders(document.value.providers, document, report);
  checkDetectors(document.value.moderation, base, document, report);
  checkNetwork(document.value.network, document, report);
  checkSecret(document.value.server, 'operator_key', '/server', document, report);
  const catalog = studioOnly
    ? offerStudio(providers, report)
    : readModels(document.value.models, providers, faults, report);
  const places = readPlaces(document.value, report);
  if (checked.sound) checkRetention(checked.file, report);
  if (!checked.sound || problems.length > 0) return invalid();
  return { kind: 'ok', config: assemble(checked.file, catalog, places, base) };
}

/** A link or an idempotency key that outlives its task would lead to nothing. */
function checkRetention({ retention }: ConfigFile, report: Report): void {
  for (const name of ['links', 'idempotency'] as const) {
    if ((parseDuration(retention[name]) ?? 0) <= (parseDuration(retention.tasks) ?? 0)) continue;
    report(
      `/retention/${name}`,
      `\`${name}\` is longer than \`tasks\`, after which there is nothing left.`,
      `Make \`tasks\` at least as long as \`${name}\`.`,
    );
  }
}

type FoundFile =
  | { readonly kind: 'found'; readonly file: string | null; readonly text: string }
  | { readonly kind: 'unreadable'; readonly file: string; readonly problem: ConfigProblem };

function findFile({ cwd, env, file }: ConfigSource): FoundFile {
  const named = file ?? (env.SLUICE_CONFIG || undefined);
  const path = resolve(cwd, named ?? DEFAULT_FILE);
  if (named === undefined && !existsSync(path)) return { kind: 'found', file: null, text: '' };
  try {
    return { kind: 'found', file: path, text: readFileSync(path, 'utf8') };
  } catch {
    const problem: ConfigProblem = {
      line: null,
      path: file === undefined && named !== undefined ? 'SLUICE_CONFIG' : '',
      message: `The configuration ${path} cannot be read.`,
      remedy: 'Check that it is a file and that its permissions allow reading it.',
    };
    return { kind: 'unreadable', file: path, problem };
  }
}

/** What there is without `models` and `catalogue`. */
function offerStudio(providers: KnownProviders, report: Report): Catalog {
  const missing = studioModels
    .flatMap((model) => model.routes)
    .find((route) => !providers.has(route.provider));
  if (missing) {
    report(
      '/providers',
      `Without \`models\` and \`catalogue\` there are the models of the studio, and they need the provider \`${missing.provider}\`.`,
      `Add \`${missing.provider}: { adapter: studio }\` here, or say under \`catalogue\` or \`models\` what there is.`,
    );
  }
  return new Map(
    studioModels.map((model) => {
      const routes = model.routes.map((route) => ({ ...route, ...traitsOf(route.provider, providers) }));
      return [model.id, { ...model, routes }];
    }),
  );
}

/** The models, checked as far as the `faults` already found leave them readable. */
function readModels(
  section: unknown,
  providers: KnownProviders,
  faults: readonly string[],
  report: Report,
): Catalog {
  const catalog = new Map<string, ModelDefinition>();
  for (const [id, file] of Object.entries(isRecord(section) ? section : {})) {
    const readable = salvageModel(id, file, faults, [...providers.keys()]);
    if (readable === null) continue;
    let sound = readable.wasSound;
    const model = readModel(id, readable.file, providers, (...problem) => {
      sound = false;
      report(...problem);
    });
    catalog.set(id, model);
    if (sound) compileOrReport(model, report);
  }
  return catalog;
}

function compileOrReport(model: ModelDefinition, report: Report): void {
  try {
    compileModel(model).validate({});
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    report(
      `${pointerTo('/models', model.id)}/parameters`,
      `The parameters cannot be used together: ${why}.`,
      'Correct the schemas.',
    );
  }
}

function assemble(file: ConfigFile, catalog: Catalog, places: Places, base: string): Config {
  const data = resolve(base, file.data_folder);
  const { server, files, inputs, retention, engine } = file;
  const ms = (text: string | number) => parseDuration(text) ?? 0;
  return {
    server: {
      host: server.host,
      port: server.port,
      publicUrl: server.public_url?.replace(/\/+$/, '') ?? null,
      operatorKey: server.operator_key ?? null,
    },
    dataFolder: data,
    store: { kind: 'sqlite', path: resolve(base, places.database ?? join(data, 'sluice.db')) },
    files: {
      kind: 'folder',
      path: resolve(base, places.folder ?? join(data, 'files')),
      maxFiles: files.max_files,
      maxBytes: parseSize(files.max_bytes) ?? 0,
      lifeMs: ms(files.expires),
    },
    providers: new Map(
      Object.entries(file.providers).map(([name, provider]) => [
        name,
        readProvider(name, provider, data, base),
      ]),
    ),
    catalog,
    accounts: Object.entries(file.accounts).map(([id, { credits }]) => ({
      id,
      credits: Math.round(credits * 1000),
    })),
    inputs: {
      allowHttpLoopback: inputs.allow_http_loopback,
      maxBytes: parseSize(inputs.max_bytes) ?? 0,
      timeoutMs: ms(inputs.timeout),
    },
    network: readNetwork(file.network),
    retention: {
      linksMs: ms(retention.links),
      tasksMs: ms(retention.tasks),
      idempotencyMs: ms(retention.idempotency),
    },
    engine: {
      parallelSubmits: engine.parallel_submits,
      reconcileWindowMs: ms(engine.reconcile_window),
      pollIntervalMs: ms(engine.poll_interval),
      drainMs: ms(engine.drain),
      maxAttempts: engine.max_attempts,
    },
    moderation: readModeration(file.moderation, base),
    log: { level: file.log.level },
  };
}
