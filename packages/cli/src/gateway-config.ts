/** The gateway's configuration for the commands that run one, or every problem of it as a person reads them. */
import { type Config, loadConfig } from '@sluice/gateway';
import { type Terminal, wrap } from './terminal.ts';

export interface ConfigChoice {
  /** Takes the place of SLUICE_CONFIG. */
  readonly config?: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface FoundConfig {
  readonly config: Config;
  /** Null where the defaults are used. */
  readonly file: string | null;
}

/** What a gateway started here would run with; null where that cannot be used. Says nothing: it is asked in passing. */
export function configHere({ config: file, cwd, env }: ConfigChoice): Config | null {
  const loaded = loadConfig({ cwd, env, ...(file === undefined ? {} : { file }) });
  return loaded.kind === 'ok' ? loaded.config : null;
}

/** Null where the configuration cannot be used; then its problems have been shown. */
export function openConfig(terminal: Terminal, { config: file, cwd, env }: ConfigChoice): FoundConfig | null {
  const loaded = loadConfig({ cwd, env, ...(file === undefined ? {} : { file }) });
  if (loaded.kind === 'ok') return { config: loaded.config, file: loaded.file };

  const { style, width } = terminal;
  const count = loaded.problems.length === 1 ? 'one problem' : `${loaded.problems.length} problems`;
  terminal.note(`The gateway was not started: ${loaded.file ?? 'its configuration'} has ${count}.\n`);
  for (const { line, path, message, remedy } of loaded.problems) {
    const place = [line === null ? '' : `line ${line}`, path].filter(Boolean).join('  ');
    if (place) terminal.note(`  ${style('bold', place)}`);
    terminal.note(wrap(message, width, '    '));
    terminal.note(`${style('dim', wrap(remedy, width, '    '))}\n`);
  }
  return null;
}
