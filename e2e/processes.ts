/** Starting and ending the processes an end-to-end test is made of. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Started<T> {
  readonly ready: T;
  readonly child: ChildProcess;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Runs a TypeScript file of this repository and resolves with the JSON object it prints first. */
export async function start<T>(file: URL, args: readonly string[] = []): Promise<Started<T>> {
  const child = spawn(process.execPath, [file.pathname, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const first = Promise.race([
    once(lines, 'line').then(([line]) => String(line)),
    exited.then(([code]) =>
      Promise.reject(new Error(`${file.pathname} exited with ${code} before it was ready`)),
    ),
  ]);
  const ready = JSON.parse(await first) as T;
  return {
    ready,
    child,
    async kill(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await exited;
    },
  };
}
