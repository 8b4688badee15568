import type { CompletedTaskView, Sluice } from '@sluice/client';
import { connect, type Target } from './connect.ts';
import { interruptible } from './interrupted.ts';
import { showProgress } from './progress.ts';
import { makeFolder, saveResults } from './save-results.ts';
import type { Terminal } from './terminal.ts';

export interface WaitOptions {
  /** Where results are saved; without it their links are printed. */
  readonly out?: string;
  /** Seconds. */
  readonly timeout?: number;
}

export async function wait(
  terminal: Terminal,
  target: Target,
  id: string,
  options: WaitOptions,
): Promise<void> {
  if (options.out !== undefined) await makeFolder(options.out);
  await followAndSave(terminal, connect(target), id, options);
}

/** Shows the progress, then prints one line for each result: the file's path, or the link. Rejects with a failed task's error. */
export async function followAndSave(
  terminal: Terminal,
  sluice: Sluice,
  id: string,
  options: WaitOptions,
): Promise<void> {
  const { command } = terminal;
  const task = await interruptible(
    `The task goes on.\n\n  its results  ${command} wait ${id} --out ${options.out ?? '.'}\n  to stop it   ${command} cancel ${id}`,
    (signal) => follow(terminal, sluice, id, { ...options, signal }),
  );
  if (options.out === undefined) {
    for (const link of task.results) terminal.print(link);
    return;
  }
  for (const { path, summary } of await saveResults(task, options.out)) {
    terminal.print(path);
    terminal.note(`  ${summary}`);
  }
  terminal.note(`  ${task.duration} s, ${task.usage.credits_used} credits`);
}

export async function follow(
  terminal: Terminal,
  sluice: Sluice,
  id: string,
  { timeout, signal }: Pick<WaitOptions, 'timeout'> & { readonly signal?: AbortSignal } = {},
): Promise<CompletedTaskView> {
  const progress = showProgress(terminal.progress);
  try {
    return await sluice.tasks.wait(id, {
      onUpdate: (task) => progress.update(task),
      ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }),
      ...(signal === undefined ? {} : { signal }),
    });
  } finally {
    progress.stop();
  }
}
