/** A task's progress: a moving bar in a terminal, a line for each step elsewhere (logs, pipes). */
import type { TaskView } from '@sluice/client';
import { SingleBar } from 'cli-progress';

export interface Progress {
  update(task: TaskView): void;
  /** Removes the bar; nothing more is shown. */
  stop(): void;
}

/** Percent between two lines where nothing can move. */
const STEP = 25;

export function showProgress(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? bar(stream) : lines(stream);
}

function bar(stream: NodeJS.WriteStream): Progress {
  const shown = new SingleBar({
    stream,
    format: '  {bar} {percentage}%  {duration_formatted}  {status}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    fps: 10,
  });
  shown.start(100, 0, { status: 'sent' });
  return {
    update: (task) => shown.update(task.progress, { status: task.status }),
    stop: () => shown.stop(),
  };
}

function lines(stream: NodeJS.WriteStream): Progress {
  let last = { status: '', step: 0 };
  return {
    update({ status, progress }) {
      const step = Math.floor(progress / STEP);
      if (status === last.status && step === last.step) return;
      last = { status, step };
      stream.write(`  ${status} ${progress}%\n`);
    },
    stop() {},
  };
}
