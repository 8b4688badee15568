/**
 * Keeps the arrows of the design: which room may know which, who may read the environment, who may open connections, and how long
 * a file may be. `npm run check` runs it; `checkImports(root)` gives the same list to the tests.
 *
 *   http -> intake, uploads, engine -> media -> net      engine -> upstream      those use store
 *   errors is at the bottom and imports nothing; nobody imports http but gateway.ts, the one file that sees every room and hands
 *   each what it is to call of another (intake tells the engine of a new task without knowing it)
 */
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';

const MAX_LINES = 350;

/** For each package, the packages of ours it may import. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  protocol: ['errors'],
  client: ['errors', 'protocol'],
  sandbox: ['errors'],
  // Loaded by the gateway where it is asked for and installed; it knows nothing of who loads it.
  'moderation-local': [],
  gateway: ['errors', 'protocol'],
  cli: ['errors', 'protocol', 'client', 'gateway', 'sandbox'],
};

/** Everyone in the gateway may use these; they know no room. */
const GROUND = [
  'json.ts',
  'guard.ts',
  'clock.ts',
  'random-id.ts',
  'start-thread.ts',
  'gate.ts',
  'turnstile.ts',
  'recurring.ts',
  'catalog',
  'files',
];

/**
 * For each room of the gateway, the rooms it may import besides itself and the ground. `engine/events.ts` is named where only
 * the events are meant: listeners know what happens, not how.
 */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'json.ts': [],
  'guard.ts': [],
  'clock.ts': [],
  'random-id.ts': [],
  'start-thread.ts': [],
  'gate.ts': [],
  'turnstile.ts': [],
  'recurring.ts': [],
  catalog: [],
  files: ['store/records.ts'],
  store: ['upstream/adapter.ts'],
  net: [],
  media: ['net', 'store', 'upstream/adapter.ts'],
  // The registry turns a provider's configuration into its adapter.
  upstream: ['config/config.ts'],
  engine: ['store', 'upstream', 'media'],
  intake: ['store', 'media', 'net'],
  observe: ['engine/events.ts', 'store'],
  // Pictures are made small, or hashed, with the same sharp and the same formats switched off as in media.
  moderation: ['store/records.ts', 'store/decisions.ts', 'media/vips.ts'],
  retention: ['store'],
  'api-keys.ts': ['store'],
  'operator-key.ts': ['api-keys.ts'],
  config: ['upstream', 'moderation', 'net'],
  uploads: ['store', 'media', 'net'],
  http: ['intake', 'engine', 'store', 'observe', 'uploads', 'moderation'],
};

/** Files that see every room: the one that builds the gateway, the one that starts it, and what the package shows. */
const EVERYWHERE = ['gateway.ts', 'open-gateway.ts', 'index.ts'];

/** Files that may read `process.env`, each with its reason. */
const MAY_READ_ENVIRONMENT = [
  'packages/gateway/src/config/', // the gateway's settings
  'packages/cli/src/program.ts', // handed to settings.ts and, for `serve`, to config
  'scripts/',
  'bench/',
  'e2e/',
  'examples/', // the same two settings, shown to readers
];

/** Files of the client that are loaded only when they are asked for, with what only Node.js has: a path. */
const NODE_ONLY = ['packages/client/src/local-file.ts'];

const TEST_FILE = /(\.test|\/(conformance|scenarios|harness|trial|(sample|fake)-[\w-]+))\.ts$/;

export interface Complaint {
  readonly file: string;
  readonly message: string;
}

interface Source {
  /** Relative to the root, `/`-separated. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

export function checkImports(root: string): readonly Complaint[] {
  const sources = readSources(root);
  const complaints: Complaint[] = [];
  for (const source of sources) {
    const say = (message: string) => complaints.push({ file: source.path, message });
    checkLength(source, say);
    checkEnvironment(source, say);
    if (!isTest(source.path))
      for (const { specifier } of source.imports) checkImport(source.path, specifier, say);
  }
  for (const cycle of findCycles(sources)) {
    complaints.push({
      file: cycle[0] ?? '',
      message: `imports itself in a circle: ${[...cycle, cycle[0]].join(' -> ')}`,
    });
  }
  return complaints;
}

function readSources(root: string): readonly Source[] {
  const paths = globSync(
    ['packages/*/src/**/*.ts', 'scripts/*.ts', 'bench/**/*.ts', 'e2e/**/*.ts', 'examples/**/*.ts'],
    {
      cwd: root,
      exclude: ['**/node_modules/**'],
    },
  );
  return paths.sort().map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return { path: path.replaceAll('\\', '/'), text, imports: importsOf(text) };
  });
}

export interface Import {
  readonly specifier: string;
  /** `import type`: gone at run time. */
  readonly typeOnly: boolean;
}

/** Static imports and re-exports, and `import('...')` with a literal. */
export function importsOf(text: string): readonly Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const statements = code.matchAll(
    /^(?:import|export)\s+(type\b)?[^;'"`]*?\bfrom\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]/gm,
  );
  const calls = code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g);
  return [
    ...[...statements].map((match) => ({
      specifier: match[2] ?? match[3] ?? '',
      typeOnly: match[1] !== undefined,
    })),
    ...[...calls].map((match) => ({ specifier: match[1] ?? '', typeOnly: false })),
  ];
}

/** Tests and what only they use (their harnesses, the suites that several implementations share, the labelled corpus). */
function isTest(path: string): boolean {
  return (
    TEST_FILE.test(path) || /\/(testing|conformance|corpus|scripted)\//.test(path) || path.startsWith('e2e/')
  );
}

function checkLength({ path, text }: Source, say: (message: string) => void): void {
  const lines = text.split('\n').length - 1;
  if (lines > MAX_LINES && !isTest(path) && !isTable(path)) {
    say(`has ${lines} lines; more than ${MAX_LINES} is two files`);
  }
}

/** Files that are data: long, and read like a list. */
function isTable(path: string): boolean {
  return /\/(rules|table|messages|tables)\//.test(path);
}

function checkEnvironment({ path, text }: Source, say: (message: string) => void): void {
  if (isTest(path) || MAY_READ_ENVIRONMENT.some((place) => path.startsWith(place))) return;
  if (/\bprocess\.env\b/.test(text))
    say('reads process.env; only config does, everyone else is handed a value');
}

function checkImport(path: string, specifier: string, say: (message: string) => void): void {
  const [, owner] = /^packages\/([^/]+)\/src\//.exec(path) ?? [];
  if (owner === undefined) return;

  const own = /^@sluice\/([^/]+)/.exec(specifier)?.[1];
  if (own !== undefined) {
    if (!(PACKAGES[owner] ?? []).includes(own)) say(`${owner} must not import @sluice/${own}`);
    else if (specifier !== `@sluice/${own}`)
      say(`imports ${specifier}: a package is used through its front door, @sluice/${own}`);
    else if (
      owner === 'cli' &&
      own === 'gateway' &&
      !/\/(serve|demo|keys|own-store|gateway-config)\.(test\.)?ts$/.test(path)
    ) {
      say(
        'only the commands that run a gateway (serve, demo, keys, accounts) import @sluice/gateway; the others speak to one by its API',
      );
    }
    return;
  }
  if (specifier.startsWith('.')) {
    const target = join(dirname(path), specifier).replaceAll('\\', '/');
    if (!specifier.endsWith('.ts') && !specifier.endsWith('.json'))
      say(`imports ${specifier}: relative imports end in .ts`);
    if (isTest(target)) say(`imports ${specifier}, which is for tests only`);
    if (!target.startsWith(`packages/${owner}/src/`)) {
      if (!target.endsWith('/package.json')) say(`reaches out of its package to ${target}`);
    } else if (owner === 'gateway') checkRoom(path, target, say);
    return;
  }
  checkLibrary(owner, path, specifier, say);
}

function checkRoom(path: string, target: string, say: (message: string) => void): void {
  const inside = (file: string) => relative('packages/gateway/src', file).replaceAll('\\', '/');
  const from = inside(path);
  const to = inside(target);
  const fromRoom = from.split('/')[0] ?? '';
  const toRoom = to.split('/')[0] ?? '';
  if (EVERYWHERE.includes(from) || fromRoom === toRoom || GROUND.includes(toRoom)) return;
  const allowed = ROOMS[fromRoom];
  if (EVERYWHERE.includes(to)) say(`imports ${to}, which sees every room: nothing may depend on it`);
  else if (!allowed) say(`is in a room that scripts/check-imports.ts does not know: ${fromRoom}`);
  else if (!allowed.includes(toRoom) && !allowed.includes(to)) {
    say(`${fromRoom} must not import ${to} (it may use: ${[...GROUND, ...allowed].join(', ')})`);
  }
  if (toRoom === 'store' && /^store\/(sqlite|postgres)\//.test(to))
    say(`imports ${to}: a store engine is known to gateway.ts only`);
}

function checkLibrary(owner: string, path: string, specifier: string, say: (message: string) => void): void {
  const name = specifier.replace(/^node:/, '').split('/')[0] ?? '';
  const builtin = specifier.startsWith('node:') || builtinModules.includes(name);
  if (owner === 'errors') say(`imports ${specifier}; errors is at the bottom and imports nothing`);
  if (builtin && (owner === 'client' || owner === 'protocol') && !NODE_ONLY.includes(path))
    say(`imports ${specifier}; ${owner} also runs in a browser`);

  const room = /^packages\/gateway\/src\/([^/]+)/.exec(path)?.[1] ?? '';
  if (owner !== 'gateway') return;
  if (
    /^(undici|node:https?|https?|node:net|node:tls)$/.test(specifier) &&
    !['net', 'http', 'gateway.ts'].includes(room)
  ) {
    if (!path.endsWith('/upstream/call.ts'))
      say(`imports ${specifier}; connections are opened by net/ and upstream/call.ts only`);
  }
  if (name === 'fastify' && !['http', 'gateway.ts'].includes(room))
    say(`imports ${specifier}; only http/ knows the web framework`);
  if (specifier === 'node:sqlite' && !path.includes('/store/sqlite/'))
    say('imports node:sqlite; only store/sqlite/ knows it');
}

/** Circles of relative imports that remain at run time; each is told once, from its alphabetically first file. */
function findCycles(sources: readonly Source[]): readonly string[][] {
  const graph = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports
        .filter(({ specifier, typeOnly }) => specifier.startsWith('.') && !typeOnly)
        .map(({ specifier }) => join(dirname(path), specifier).replaceAll('\\', '/')),
    ]),
  );
  const cycles = new Map<string, string[]>();
  const finished = new Set<string>();
  const visit = (file: string, trail: readonly string[]) => {
    const start = trail.indexOf(file);
    if (start >= 0) {
      const circle = trail.slice(start);
      const first = circle.indexOf([...circle].sort()[0] ?? '');
      const turned = [...circle.slice(first), ...circle.slice(0, first)];
      cycles.set(turned.join(), turned);
      return;
    }
    if (finished.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    finished.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return [...cycles.values()];
}

if (import.meta.main) {
  const complaints = checkImports(join(import.meta.dirname, '..'));
  for (const { file, message } of complaints) console.error(`${file}: ${message}`);
  console.log(
    complaints.length === 0
      ? 'Imports: every arrow points the right way.'
      : `\nImports: ${complaints.length} wrong.`,
  );
  process.exit(complaints.length === 0 ? 0 : 1);
}
