/**
 * Following one task to its end. Read this for how the client survives a bad network:
 *
 *   stream --event--> stream          (yield)
 *     | connection lost, or silent for too long: again, with Last-Event-ID, after a pause
 *     | no event at all, several times: the stream does not get through
 *     v
 *   poll   GET ...?wait=20, each answer a state
 *
 * A refusal that will not pass (404, 401) is thrown at once; so is a gateway that has not been heard of for about two minutes.
 */
import { TaskError } from '@sluice/errors';
import type { TaskView } from '@sluice/protocol';
import { readEvents } from './sse.ts';
import { pauseBeforeRetry, type Timing, type Transport } from './transport.ts';

/** The gateway sends at least a comment every 15 s. */
const SILENCE_MS = 45_000;
/** The first event, the present state, is sent at once; a stream that keeps it back is being buffered. */
const FIRST_EVENT_MS = 8_000;
const STREAM_FAILURES = 3;
const FAILURES_IN_A_ROW = 12;
const POLL_WAIT_SECONDS = 20;

export function isFinal(task: TaskView): boolean {
  return task.status === 'completed' || task.status === 'failed';
}

/** What is known so far, shared by the two ways to follow. */
interface Progress {
  lastEventId: string | null;
  /** JSON of the last state given out: polling gives one out only when it differs. */
  lastState: string | null;
  /** Since anything was heard. */
  failures: number;
}

export async function* followTask(
  transport: Transport,
  timing: Timing,
  id: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<TaskView, void, undefined> {
  const path = `/v1/tasks/${encodeURIComponent(id)}`;
  const progress: Progress = { lastEventId: null, lastState: null, failures: 0 };
  let streamFailures = 0;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const states =
        streamFailures < STREAM_FAILURES
          ? stream(transport, timing, path, progress, signal)
          : poll(transport, path, progress, signal);
      for await (const task of states) {
        streamFailures = streamFailures < STREAM_FAILURES ? 0 : streamFailures;
        progress.failures = 0;
        yield task;
        if (isFinal(task)) return;
      }
      // The stream ended early: a restart of the gateway, or a proxy that limits the life of a connection.
      streamFailures++;
      await timing.sleep(200, signal);
    } catch (error) {
      signal?.throwIfAborted();
      streamFailures++;
      const pause = pauseBeforeRetry(error, progress.failures++, timing);
      if (pause === null || progress.failures > FAILURES_IN_A_ROW) throw error;
      await timing.sleep(pause, signal);
    }
  }
}

async function* stream(
  transport: Transport,
  timing: Timing,
  path: string,
  progress: Progress,
  signal: AbortSignal | undefined,
): AsyncGenerator<TaskView, void, undefined> {
  const connection = new AbortController();
  const watch = watchSilence(timing, () => connection.abort(lostStream('it fell silent')));
  watch.expectWithin(FIRST_EVENT_MS);
  try {
    const response = await transport.open({
      method: 'GET',
      path: `${path}/events`,
      headers: {
        accept: 'text/event-stream',
        ...(progress.lastEventId === null ? {} : { 'last-event-id': progress.lastEventId }),
      },
      repeatable: true,
      signal: signal ? AbortSignal.any([signal, connection.signal]) : connection.signal,
    });
    if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
      await response.body?.cancel();
      throw lostStream('the answer is not an event stream');
    }
    for await (const event of readEvents(response.body, () => watch.expectWithin(SILENCE_MS))) {
      if (event.id !== null) progress.lastEventId = event.id;
      if (event.event !== 'task') continue;
      progress.lastState = event.data;
      yield JSON.parse(event.data) as TaskView;
    }
  } catch (error) {
    if (signal?.aborted || TaskError.is(error)) throw error;
    throw lostStream(error instanceof Error ? error.message : String(error), error);
  } finally {
    watch.stop();
    connection.abort();
  }
}

async function* poll(
  transport: Transport,
  path: string,
  progress: Progress,
  signal: AbortSignal | undefined,
): AsyncGenerator<TaskView, void, undefined> {
  for (;;) {
    const task = await transport.json<TaskView>({
      method: 'GET',
      path: `${path}?wait=${POLL_WAIT_SECONDS}`,
      repeatable: true,
      ...(signal ? { signal } : {}),
    });
    const state = JSON.stringify(task);
    if (state === progress.lastState) continue;
    progress.lastState = state;
    yield task;
  }
}

function watchSilence(timing: Timing, onSilence: () => void) {
  let pending = new AbortController();
  const stop = () => pending.abort();
  return {
    stop,
    expectWithin(ms: number) {
      stop();
      pending = new AbortController();
      timing.sleep(ms, pending.signal).then(onSilence, () => {}); // Aborted: something was heard in time.
    },
  };
}

function lostStream(why: string, cause?: unknown): TaskError {
  return new TaskError('service_unavailable', {
    because: `The event stream of the task broke off: ${why}.`,
    remedy: 'Wait for the task again; nothing is lost.',
    details: { unreachable: true },
    cause,
  });
}
