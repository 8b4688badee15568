/**
 * The thread's side: takes one job at a time, posts progress and the outcome.
 * Everything heavy is loaded here and only when a job needs it: h264-mp4-encoder hooks itself into the process on load.
 */
import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { type RenderedFile, RenderFailure, type RenderJob } from './job.ts';
import type { WorkerMessage } from './pool.ts';

const port = parentPort;
if (port === null) throw new Error('worker.ts is to be started as a worker thread');
yieldToTheApi();

port.on('message', async (job: RenderJob) => {
  const say = (message: WorkerMessage<RenderedFile[]>) => port.postMessage(message);
  try {
    const result = await render(job, (percent) => say({ kind: 'progress', percent }));
    say({ kind: 'done', result });
  } catch (error) {
    const reason = error instanceof RenderFailure ? error.reason : 'failed';
    const message = error instanceof Error ? error.message : String(error);
    say({ kind: 'failed', reason, message });
  }
});

async function render(job: RenderJob, onProgress: (percent: number) => void): Promise<RenderedFile[]> {
  switch (job.kind) {
    case 'image':
      return (await import('./image/image.ts')).renderImage(job, onProgress);
    case 'video':
      return (await import('./video/video.ts')).renderVideo(job, onProgress);
    case 'audio':
      return (await import('./audio/audio.ts')).renderAudio(job, onProgress);
    default: {
      const never: never = job;
      throw new Error(`unexpected job: ${JSON.stringify(never)}`);
    }
  }
}

/** On Linux a priority belongs to a thread, so that this lowers the renderer's alone; elsewhere it would lower the whole process. */
function yieldToTheApi(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // A sandbox may forbid it; the renderer then competes with the API at the same priority.
  }
}
