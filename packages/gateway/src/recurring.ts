import type { Clock, Timer } from './clock.ts';

export interface Recurring {
  /** No round begins any more. One that is under way goes on; what it runs into, now that things are being closed, is no news. */
  stop(): void;
}

/**
 * Work that comes again and again: a round begins `everyMs` after the one before has ended, the first one `everyMs` from now. One
 * that rejects is told to `onFailed`, and the next comes all the same.
 */
export function recurring(
  { clock, everyMs }: { readonly clock: Clock; readonly everyMs: number },
  round: () => Promise<unknown>,
  onFailed: (error: unknown) => void,
): Recurring {
  let timer: Timer;
  let stopped = false;
  const schedule = () => {
    timer = clock.after(everyMs, () => {
      void round()
        .catch((error: unknown) => {
          if (!stopped) onFailed(error);
        })
        .finally(() => {
          if (!stopped) schedule();
        });
    });
  };
  schedule();
  return {
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}
