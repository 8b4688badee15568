/** Ctrl-C while a task is followed: the command ends, the task does not. The message says how to go on. Shown without a stack. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** What a shell expects of a program that SIGINT has ended. */
export const INTERRUPTED_EXIT_CODE = 130;

/** `work` with a signal that Ctrl-C aborts; rejects with `Interrupted` then. */
export async function interruptible<T>(hint: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  process.once('SIGINT', interrupt);
  try {
    return await work(controller.signal);
  } catch (error) {
    throw controller.signal.aborted ? new Interrupted(hint) : error;
  } finally {
    process.off('SIGINT', interrupt);
  }
}
