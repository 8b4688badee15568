/**
 * The main thread's end of the writer. Commands gather while a group is being committed and leave together; the first command of a
 * quiet moment waits for the end of this turn of the event loop, so that its neighbours come along.
 *
 * Two groups may be on their way: while the disk takes the one, this thread answers those of the one before, whose clients
 * write again, and so the next is there when the disk is free. With one alone, each would wait for the other to finish.
 */

import type { Worker } from 'node:worker_threads';
import { TaskError } from '@sluice/errors';
import { startThread } from '../../start-thread.ts';
import type { Answer, Command, Results } from './commands.ts';
import { packed, unpackedAnswer, type WriterMessage } from './rows.ts';
import { StoreUnusable } from './unusable.ts';

export interface WriterOptions {
  readonly path: string;
  readonly maxBytes: number | null;
}

const CLOSED = 'the store is closed';

/** So many are worth an fsync of their own behind a group that is under way; fewer wait for its end. */
const WORTH_A_GROUP = 16;
/** Clients wait for what is not a step of a task, so that goes first; steps take the room that is left, and always a little. */
const ROOM = 16;
const STEPS_AT_LEAST = 4;

interface Waiting {
  readonly command: Command;
  readonly settle: (answer: Answer) => void;
}

export interface Writer {
  /**
   * Resolves when the command is on disk. `apply` turns its result into what the caller gets; it runs before any later
   * result is looked at, so whatever it does to a cache happens in the order of the commits.
   *
   * @throws TaskError `service_unavailable` where the disk would not take it, `service_error` where it broke a law of the schema.
   */
  send<K extends Command['kind'], T>(
    command: Extract<Command, { kind: K }> & { kind: K },
    apply: (result: Results[K]) => T,
  ): Promise<T>;
  /** Takes nothing more, and waits until everything sent before is on disk. */
  drain(): Promise<void>;
  /** Ends the thread. */
  end(): Promise<void>;
  /** Groups committed so far, and the commands in them. */
  readonly groups: { readonly committed: number; readonly commands: number };
}

const WRITER_THREAD = new URL('./writer-worker.ts', import.meta.url);

/**
 * `onBroken` is told once when the thread can take no more.
 *
 * @throws StoreUnusable
 */
export async function startWriter(
  options: WriterOptions,
  onBroken: (message: string) => void,
  thread = WRITER_THREAD,
): Promise<Writer> {
  const worker = startThread(thread, { workerData: options });
  await ready(worker, options.path);

  const groups = { committed: 0, commands: 0 };
  let gathering: Waiting[] = [];
  let steps: Waiting[] = [];
  /** With the writer, in the order they were sent. */
  let sent: (readonly Waiting[])[] = [];
  let scheduled = false;
  /** Why nothing more is taken. */
  let refusing: string | null = null;
  let whenIdle: (() => void) | null = null;

  const schedule = (): void => {
    if (scheduled || sent.length > 0) return;
    scheduled = true;
    setImmediate(flush);
  };

  /** Whether what has gathered leaves now, with a group still under way. */
  const isWorthIt = (): boolean => sent.length === 1 && gathering.length >= WORTH_A_GROUP;

  const flush = (): void => {
    scheduled = false;
    if (gathering.length === 0 && steps.length === 0) {
      whenIdle?.();
      return;
    }
    const along = gathering.length === 0 ? steps.length : Math.max(STEPS_AT_LEAST, ROOM - gathering.length);
    const group = [...gathering, ...steps.splice(0, along)];
    gathering = [];
    sent.push(group);
    worker.postMessage(group.map(({ command }) => packed(command)));
  };

  const fail = (message: string): void => {
    if (refusing === null) onBroken(message);
    refusing ??= message;
    const lost = [...sent.flat(), ...gathering, ...steps];
    sent = [];
    gathering = [];
    steps = [];
    for (const { settle } of lost) settle({ ok: false, why: 'unavailable', message });
    whenIdle?.();
  };

  worker.on('message', (message: WriterMessage) => {
    if (message.kind === 'broken') return fail(message.message);
    if (message.kind !== 'answers') return;
    const group = sent.shift() ?? [];
    groups.committed++;
    groups.commands += group.length;
    for (const [i, { command, settle }] of group.entries()) {
      settle(unpackedAnswer(command, message.answers[i]));
    }
    if (isWorthIt()) flush();
    else schedule();
  });
  worker.on('error', (error) => fail(`the writer thread crashed (${error.message})`));
  worker.on('exit', () => fail('the writer thread has ended'));

  return {
    groups,
    send<K extends Command['kind'], T>(
      command: Extract<Command, { kind: K }> & { kind: K },
      apply: (result: Results[K]) => T,
    ) {
      if (refusing !== null) return Promise.reject(unavailable(refusing));
      return new Promise<T>((resolve, reject) => {
        const settle = (answer: Answer): void => {
          if (!answer.ok) {
            reject(answer.why === 'refused' ? refused(answer.message) : unavailable(answer.message));
            return;
          }
          try {
            // The writer answers each command with the result of its kind, in order.
            resolve(apply(answer.result as Results[K]));
          } catch (error) {
            reject(error);
          }
        };
        (command.kind === 'commit' ? steps : gathering).push({ command, settle });
        if (isWorthIt()) flush();
        else schedule();
      });
    },
    async drain() {
      if (refusing !== null) return;
      refusing = CLOSED;
      await new Promise<void>((resolve) => {
        whenIdle = resolve;
        schedule();
      });
    },
    async end() {
      if (refusing !== CLOSED) return void (await worker.terminate());
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      worker.postMessage('close');
      await ended;
    },
  };
}

function ready(worker: Worker, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onExit = (): void =>
      reject(new Error(`The writer thread of the store ${path} ended before it was ready.`));
    worker.once('error', reject);
    worker.once('exit', onExit);
    worker.once('message', (message: WriterMessage) => {
      worker.off('error', reject);
      worker.off('exit', onExit);
      if (message.kind === 'unusable') {
        reject(new StoreUnusable(path, message.reason, message.because, message.remedy));
      } else resolve();
    });
  });
}

// What exactly went wrong is for the operator's log, never for a client.

function refused(message: string): TaskError {
  const cause = new Error(message);
  return new TaskError('service_error', {
    because: 'The store refused a write that breaks its own laws.',
    cause,
  });
}

function unavailable(message: string): TaskError {
  const cause = new Error(message);
  return new TaskError('service_unavailable', { because: 'The store cannot take writes at present.', cause });
}
