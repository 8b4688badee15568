import type { After } from '../after.ts';

/** Timers that go off when they are told to: all that wait, or those that were set for `ms`. */
export function handTimers() {
  const waiting = new Set<{ readonly ms: number; readonly then: () => void }>();
  const after: After = (ms, then) => {
    const timer = { ms, then };
    waiting.add(timer);
    return { cancel: () => void waiting.delete(timer) };
  };
  const ring = (only?: number) => {
    for (const timer of [...waiting].filter(({ ms }) => only === undefined || ms === only)) {
      waiting.delete(timer);
      timer.then();
    }
  };
  return { after, ring, waiting };
}
