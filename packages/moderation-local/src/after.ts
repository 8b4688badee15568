/** Calls `then` once, no earlier than `ms` from now; tests have another, which they move by hand. */
export type After = (ms: number, then: () => void) => { cancel(): void };

/** Keeps no process alive. */
export const systemAfter: After = (ms, then) => {
  const timer = setTimeout(then, ms).unref();
  return { cancel: () => clearTimeout(timer) };
};
