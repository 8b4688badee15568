import type { TaskView } from '@sluice/client';
import { connect, type Target } from './connect.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

const STATUSES = ['pending', 'processing', 'completed', 'failed', 'cancelled'] as const;

export interface ListOptions {
  readonly status?: string;
  readonly limit: number;
}

export async function list(terminal: Terminal, target: Target, options: ListOptions): Promise<void> {
  const status = STATUSES.find((known) => known === options.status);
  if (options.status !== undefined && !status) {
    throw new UsageError(`--status is one of ${STATUSES.join(', ')}, not "${options.status}".`);
  }
  const { data, total } = await connect(target).tasks.list({
    page_size: options.limit,
    ...(status ? { status } : {}),
  });
  if (data.length === 0) {
    terminal.note(status ? `No task is ${status}.` : 'There are no tasks yet.');
    return;
  }
  const rows = data.map((task) => [task.id, task.model, describeState(task), describeTime(task.created)]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows)
    terminal.print(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  if (total > data.length) terminal.note(`${data.length} of ${total}`);
}

function describeState(task: TaskView): string {
  switch (task.status) {
    case 'pending':
      return 'pending';
    case 'processing':
      return `processing ${task.progress}%`;
    case 'completed':
      return 'completed';
    case 'failed':
      return `failed: ${task.error.code}`;
    default: {
      const never: never = task;
      return never;
    }
  }
}

function describeTime(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}
