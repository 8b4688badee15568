/** How far a task or an upload is: a moving bar in a terminal, a line for each step elsewhere (logs, pipes). */
import type { TaskView } from '@sluice/client';
import { SingleBar } from 'cli-progress';
import { printable } from './printable.ts';
import { describeBytes } from './save-results.ts';

export interface Progress {
  update(task: TaskView): void;
  /** Removes the bar; nothing more is shown. */
  stop(): void;
}

/** Percent between two lines where nothing can move. */
const STEP = 25;

const BAR = {
  barCompleteChar: '█',
  barIncompleteChar: '░',
  hideCursor: true,
  clearOnComplete: true,
  fps: 10,
};

export function showProgress(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? bar(stream) : lines(stream);
}

function bar(stream: NodeJS.WriteStream): Progress {
  const format = '  {bar} {percentage}%  {duration_formatted}  {status}';
  const shown = new SingleBar({ ...BAR, stream, format });
  shown.start(100, 0, { status: 'sent' });
  return { update: (task) => shown.update(task.progress, { status: task.status }), stop: stopper(shown) };
}

/** A bar hides the cursor. Ctrl-C must not leave it hidden, whoever else hears it; where nobody does, it ends the command as ever. */
function stopper(shown: SingleBar): () => void {
  const interrupted = () => {
    shown.stop();
    if (process.listenerCount('SIGINT') === 0) process.kill(process.pid, 'SIGINT');
  };
  process.prependOnceListener('SIGINT', interrupted);
  return () => {
    process.off('SIGINT', interrupted);
    shown.stop();
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

export interface UploadProgress {
  readonly update: (sentBytes: number) => void;
  stop(): void;
}

export function showUpload(stream: NodeJS.WriteStream, name: string, bytes: number): UploadProgress {
  const percent = (sent: number) => Math.min(100, Math.floor((sent / Math.max(1, bytes)) * 100));
  if (stream.isTTY) {
    const shown = new SingleBar({
      ...BAR,
      stream,
      format: `  {bar} {percentage}%  uploading ${printable(name)}`,
    });
    shown.start(100, 0);
    return { update: (sent) => shown.update(percent(sent)), stop: stopper(shown) };
  }
  stream.write(`  uploading ${printable(name)}, ${describeBytes(bytes)}\n`);
  let said = 0;
  return {
    update(sent) {
      const step = Math.floor(percent(sent) / STEP);
      if (step > said) stream.write(`  uploaded ${step * STEP}%\n`);
      said = step;
    },
    stop() {},
  };
}
