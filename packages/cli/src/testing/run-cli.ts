/** Runs the command as a shell does: a process of its own, its output, its exit code. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface CliRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const MAIN = join(import.meta.dirname, '../main.js');

export function runCli(
  args: readonly string[],
  env: Record<string, string> = {},
  cwd?: string,
  interrupt?: { readonly signal: NodeJS.Signals; readonly onceItSays: string },
): Promise<CliRun> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A command that hangs fails its own test, with what it had said.
    timeout: 100_000,
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => {
    const said = err.includes(interrupt?.onceItSays ?? '');
    err += chunk;
    if (interrupt && !said && err.includes(interrupt.onceItSays)) child.kill(interrupt.signal);
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}
