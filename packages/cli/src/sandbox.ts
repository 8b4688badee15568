/**
 * `sluice sandbox`: the providers' emulators on this machine, for developing without keys, cost or network. Each has a port of
 * its own that does not depend on which others run, so that a configuration written once stays right.
 */
import { writeFile } from 'node:fs/promises';
import {
  type RunningEmulator,
  SANDBOX_PROVIDERS,
  type SandboxProvider,
  startEmulator,
} from '@sluice/sandbox';
import { sandboxConfig } from './sandbox-config.ts';
import { type Terminal, wrap } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** The first emulator's port; the others follow in the order of the table. */
export const SANDBOX_PORT = 8790;

export interface SandboxOptions {
  /** Adapter names; none means all. */
  readonly providers: readonly string[];
  readonly port?: number;
  /** Where the configuration is written to; without it, it is printed. */
  readonly config?: string;
}

interface Served {
  readonly provider: SandboxProvider;
  readonly emulator: RunningEmulator;
}

/** Resolves with the exit code when the emulators have stopped. */
export async function sandbox(terminal: Terminal, options: SandboxOptions): Promise<number> {
  const served: Served[] = [];
  const stop = async () => void (await Promise.all(served.map(({ emulator }) => emulator.close())));
  // From the start: a Ctrl-C while the ports are opened must not leave any of them behind.
  const signalled = nextSignal();
  try {
    for (const [provider, port] of chosen(options)) {
      served.push({ provider, emulator: await startAt(provider, port) });
    }
    show(terminal, served, options.providers.length > 0);
    await giveConfig(terminal, served, options.config);
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

function chosen({ providers, port = SANDBOX_PORT }: SandboxOptions): [SandboxProvider, number][] {
  const names = SANDBOX_PROVIDERS.map(({ adapter }) => adapter);
  const stranger = providers.find((name) => !names.includes(name));
  if (stranger !== undefined) {
    throw new UsageError(`There is no emulator of ${stranger}. There are: ${names.join(', ')}.`);
  }
  return SANDBOX_PROVIDERS.map((provider, index): [SandboxProvider, number] => [
    provider,
    port === 0 ? 0 : port + index,
  ]).filter(([{ adapter }]) => providers.length === 0 || providers.includes(adapter));
}

async function startAt(provider: SandboxProvider, port: number): Promise<RunningEmulator> {
  try {
    return await startEmulator(provider.create(), port);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    throw new UsageError(
      `Port ${port} for ${provider.adapter} is taken, or not for this user. Choose another first port: --port 9790 (0 takes free ones).`,
    );
  }
}

function show(terminal: Terminal, served: readonly Served[], atLength: boolean): void {
  const { print, style, width } = terminal;
  print(
    `${style('bold', 'Sandbox')}: emulated providers on this machine. They make no media and cost nothing.`,
  );
  print('A word in the prompt chooses what happens: sandbox:<scenario>. Without one all goes well.\n');
  for (const { provider, emulator } of served) {
    print(`${style('bold', provider.adapter.padEnd(14))} ${style('cyan', emulator.url + provider.path)}`);
    if (!atLength) {
      const names = emulator.scenarios.map(({ name }) => name).join(' ');
      print(style('dim', wrap(names, width, '  ')));
      continue;
    }
    for (const { name, description, ends } of emulator.scenarios) {
      const end = ends === 'completed' ? ends : [ends.code, ends.subtype].filter(Boolean).join('/');
      print(`  ${style('bold', `sandbox:${name}`)}  ${style('dim', end)}`);
      print(wrap(description, width, '      '));
    }
  }
}

async function giveConfig(
  terminal: Terminal,
  served: readonly Served[],
  file: string | undefined,
): Promise<void> {
  const { print, style, command } = terminal;
  const config = sandboxConfig(
    served.map(({ provider: { adapter, path, settings }, emulator }) => ({
      adapter,
      baseUrl: emulator.url + path,
      settings,
    })),
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
