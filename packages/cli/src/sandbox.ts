/**
 * `sluice sandbox`: emulators of the providers and of the moderation services on this machine, for developing without keys, cost or
 * network. Each has a port of its own that does not depend on which others run, so that a configuration written once stays right.
 */
import { writeFile } from 'node:fs/promises';
import {
  MODERATOR_PORTS,
  type ProviderEmulator,
  type RunningEmulator,
  SANDBOX_MODERATORS,
  SANDBOX_PROVIDERS,
  startEmulator,
} from '@sluice/sandbox';
import { sandboxConfig } from './sandbox-config.ts';
import { type Terminal, wrap } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** The first emulator's port; the others follow in the order of the tables. */
export const SANDBOX_PORT = 8790;

export interface SandboxOptions {
  /** Names of adapters and of moderation services; none means all. */
  readonly providers: readonly string[];
  readonly port?: number;
  /** Where the configuration is written to; without it, it is printed. */
  readonly config?: string;
}

/** One row of one of the two tables. */
interface Offered {
  readonly name: string;
  /** Null: a provider, whose adapter is called like it. */
  readonly service: string | null;
  /** From the first port on. */
  readonly place: number;
  readonly create: () => ProviderEmulator;
  readonly path: string;
  readonly settings: Readonly<Record<string, string>>;
}

const OFFERED: readonly Offered[] = [
  ...SANDBOX_PROVIDERS.map(({ adapter, ...row }, place) => ({ ...row, name: adapter, service: null, place })),
  ...SANDBOX_MODERATORS.map((row, index) => ({ ...row, place: MODERATOR_PORTS + index })),
];

interface Served extends Offered {
  readonly emulator: RunningEmulator;
}

/** Resolves with the exit code when the emulators have stopped. */
export async function sandbox(terminal: Terminal, options: SandboxOptions): Promise<number> {
  const served: Served[] = [];
  const stop = async () => void (await Promise.all(served.map(({ emulator }) => emulator.close())));
  // From the start: a Ctrl-C while the ports are opened must not leave any of them behind.
  const signalled = nextSignal();
  try {
    for (const [offered, port] of chosen(options)) {
      served.push({ ...offered, emulator: await startAt(offered, port) });
    }
    show(terminal, served, options.providers.length > 0);
    await giveConfig(terminal, served, options);
  } catch (error) {
    await stop();
    throw error;
  }
  terminal.print(`\nStop: Ctrl-C`);
  await signalled;
  await stop();
  terminal.note('\nStopped.');
  return 0;
}

function chosen({ providers, port = SANDBOX_PORT }: SandboxOptions): [Offered, number][] {
  const names = OFFERED.map(({ name }) => name);
  const stranger = providers.find((name) => !names.includes(name));
  if (stranger !== undefined) {
    throw new UsageError(`There is no emulator of ${stranger}. There are: ${names.join(', ')}.`);
  }
  return OFFERED.filter(({ name }) => providers.length === 0 || providers.includes(name)).map((offered) => [
    offered,
    port === 0 ? 0 : port + offered.place,
  ]);
}

async function startAt({ name, create }: Offered, port: number): Promise<RunningEmulator> {
  try {
    return await startEmulator(create(), port);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    throw new UsageError(
      `Port ${port} for ${name} is taken, or not for this user. Choose another first port: --port 9790 (0 takes free ones).`,
    );
  }
}

function show(terminal: Terminal, served: readonly Served[], atLength: boolean): void {
  const { print, style } = terminal;
  const providers = served.filter(({ service }) => service === null);
  const moderators = served.filter(({ service }) => service !== null);
  if (providers.length > 0) {
    print(
      `${style('bold', 'Sandbox')}: emulated providers on this machine. They make no media and cost nothing.`,
    );
    print('A word in the prompt chooses what happens: sandbox:<scenario>. Without one all goes well.\n');
    for (const one of providers) showOne(terminal, one, atLength);
  }
  if (moderators.length > 0) {
    print(`${providers.length > 0 ? '\n' : ''}${style('bold', 'Moderation services')}, emulated too.`);
    print('What they find is chosen by a word: in a text sandbox:<scenario>; for pictures in the address,');
    print('as the first part of its path (http://127.0.0.1:PORT/sandbox:<scenario>/...).\n');
    for (const one of moderators) showOne(terminal, one, atLength);
  }
}

function showOne({ print, style, width }: Terminal, served: Served, atLength: boolean): void {
  const { name, path, emulator } = served;
  print(`${style('bold', name.padEnd(14))} ${style('cyan', emulator.url + path)}`);
  if (!atLength) {
    const names = emulator.scenarios.map((scenario) => scenario.name).join(' ');
    print(style('dim', wrap(names, width, '  ')));
    return;
  }
  for (const { name: scenario, description, ends } of emulator.scenarios) {
    const end = ends === 'completed' ? ends : [ends.code, ends.subtype].filter(Boolean).join('/');
    print(`  ${style('bold', `sandbox:${scenario}`)}  ${style('dim', end)}`);
    print(wrap(description, width, '      '));
  }
}

async function giveConfig(
  terminal: Terminal,
  served: readonly Served[],
  { config: file, providers }: SandboxOptions,
): Promise<void> {
  const { print, style, command } = terminal;
  const placed = served.map(({ name, service, path, settings, emulator }) => ({
    name,
    service,
    baseUrl: emulator.url + path,
    settings,
  }));
  const config = sandboxConfig(
    placed.flatMap(({ name, service, ...place }) => (service === null ? [{ adapter: name, ...place }] : [])),
    placed.flatMap(({ service, ...place }) => (service === null ? [] : [{ service, ...place }])),
    { moderationIsOn: providers.length > 0 },
  );
  if (file === undefined) {
    print(`\nA configuration for the gateway (${style('bold', '--config <file>')} writes it):\n`);
    print(config.trimEnd());
    return;
  }
  try {
    await writeFile(file, config, { flag: 'wx' });
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new UsageError(
      exists
        ? `${file} is there already. Name another file, or remove that one.`
        : `${file} cannot be written. Check that its folder is there and may be written to.`,
    );
  }
  print(`\nWrote ${style('bold', file)}. The gateway on it, from another terminal:\n`);
  print(`  ${command} serve --config ${file}`);
}

function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    // Not `once`: a terminal's Ctrl-C arrives twice where npm passes it on, and the second must not cut the stop short.
    process.on('SIGINT', () => resolve());
    process.on('SIGTERM', () => resolve());
  });
}
