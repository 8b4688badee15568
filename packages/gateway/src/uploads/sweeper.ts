/** Every ten minutes, what has expired goes. */
import type { Logger } from 'pino';
import type { Clock, Timer } from '../clock.ts';
import type { Uploads } from './uploads.ts';

const EVERY_MS = 10 * 60_000;

export function startUploadSweeper(
  uploads: Pick<Uploads, 'sweep'>,
  { clock, log }: { readonly clock: Clock; readonly log: Pick<Logger, 'error'> },
): { stop(): void } {
  let timer: Timer;
  let stopped = false;
  const again = () => {
    if (stopped) return;
    timer = clock.after(EVERY_MS, () => {
      uploads
        .sweep()
        .catch((error: unknown) => log.error({ err: error }, 'the sweep of uploads failed; it comes again'))
        .finally(again);
    });
  };
  again();
  return {
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}
