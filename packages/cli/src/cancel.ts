import { connect, type Target } from './connect.ts';
import type { Terminal } from './terminal.ts';

export async function cancel(terminal: Terminal, target: Target, id: string): Promise<void> {
  const task = await connect(target).tasks.cancel(id);
  terminal.print(
    task.status === 'failed'
      ? `${id} is cancelled; it cost nothing.`
      : `${id} is being stopped. If it was done already it ends as what it became: ${terminal.command} wait ${id}`,
  );
}
