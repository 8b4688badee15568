import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TaskError } from '@sluice/errors';
import { Sluice } from './client.ts';
import {
  completed,
  event,
  failed,
  type Reply,
  type SeenRequest,
  startFakeGateway,
  TASK_ID,
  unfinished,
} from './testing/fake-gateway.ts';
import { systemTiming, type Timing } from './transport.ts';

const DONE = completed('https://example.com/r/1.mp4');

/**
 * Short pauses pass at once; the long watches (for a first event, for silence, for a time-out) never end, unless `hasty` picks
 * them out.
 */
function timing(hasty: (ms: number) => boolean = () => false): Timing {
  return {
    random: () => 0.5,
    sleep: (ms, signal) => systemTiming.sleep(ms <= 5000 || hasty(ms) ? 0 : 1_000_000, signal),
  };
}

async function follow(
  answer: (request: SeenRequest, count: number) => Reply,
  hasty?: (ms: number) => boolean,
) {
  await using gateway = await startFakeGateway(answer);
  const sluice = new Sluice({ baseUrl: gateway.url, apiKey: 'k', timing: timing(hasty) });
  const seen: string[] = [];
  let error: unknown = null;
  try {
    for await (const task of sluice.tasks.events(TASK_ID)) seen.push(`${task.status} ${task.progress}`);
  } catch (thrown) {
    error = thrown;
  }
  return { seen, error, requests: gateway.requests };
}

test('gives each state, in whatever pieces it arrives, and ends with the final one', async () => {
  const text = `: hello\n\n${event(1, unfinished(0))}${event(2, unfinished(40))}${event(3, DONE)}`;
  const pieces = text.match(/[\s\S]{1,7}/g) ?? [];
  const { seen, error } = await follow(() => ({ stream: pieces, ending: 'silence' }));
  assert.equal(error, null);
  assert.deepEqual(seen, ['pending 0', 'processing 40', 'completed 100']);
});

test('comes back with Last-Event-ID after a break, an early end and a restart of the gateway', async () => {
  const replies: Reply[] = [
    { stream: [event(1, unfinished(0))], ending: 'break' },
    'cut',
    { stream: [event(2, unfinished(30))], ending: 'end' },
    { status: 503, json: { error: new TaskError('service_unavailable', { afterSeconds: 1 }).toJSON() } },
    { stream: [event(3, DONE)], ending: 'end' },
  ];
  const { seen, requests, error } = await follow((_, count) => replies[count - 1] ?? 'cut');
  assert.equal(error, null);
  assert.deepEqual(seen, ['pending 0', 'processing 30', 'completed 100']);
  assert.deepEqual(
    requests.map(({ headers }) => headers['last-event-id'] ?? null),
    [null, '1', '1', '2', '2'],
  );
});

test('asks instead where streams do not get through', async () => {
  let polls = 0;
  const { seen, requests, error } = await follow(({ path }) => {
    if (path.endsWith('/events')) return { stream: [], ending: 'end' };
    polls++;
    return { json: polls < 3 ? unfinished(20) : DONE };
  });
  assert.equal(error, null);
  assert.deepEqual(seen, ['processing 20', 'completed 100'], 'an unchanged state is not given twice');
  assert.equal(requests.filter(({ path }) => path.endsWith('/events')).length, 3);
  assert.ok(requests.at(-1)?.path.endsWith('?wait=20'));
});

for (const [what, stream, patience] of [
  ['keeps even its first event back', [], 8000],
  ['falls silent', [event(1, unfinished(10))], 45_000],
] as const) {
  test(`a stream that ${what} is opened again`, async () => {
    let silent = true;
    const { seen } = await follow(
      ({ path }) => {
        if (!path.endsWith('/events')) return { json: DONE };
        if (!silent) return { stream: [event(2, DONE)], ending: 'end' };
        silent = false;
        return { stream, ending: 'silence' };
      },
      (ms) => ms === patience,
    );
    assert.equal(seen.at(-1), 'completed 100');
  });
}

test('a task that is not there is an error at once', async () => {
  const missing = new TaskError('resource_not_found', { because: 'It expired.' });
  const { error, requests } = await follow(() => ({ status: 404, json: { error: missing.toJSON() } }));
  assert.ok(TaskError.is(error));
  assert.equal(error.code, 'resource_not_found');
  assert.equal(requests.length, 1);
});

test('a gateway that never comes back is given up at last', async () => {
  const { error } = await follow(
    () => 'cut',
    () => true,
  );
  assert.ok(TaskError.is(error));
  assert.equal(error.code, 'service_unavailable');
});

test('wait gives the completed task and tells each state on the way', async () => {
  await using gateway = await startFakeGateway(() => ({
    stream: [event(1, unfinished(0)), event(2, DONE)],
    ending: 'end',
  }));
  const sluice = new Sluice({ baseUrl: gateway.url, apiKey: 'k', timing: timing() });
  const told: number[] = [];
  const task = await sluice.tasks.wait(TASK_ID, { onUpdate: ({ progress }) => told.push(progress) });
  assert.deepEqual(task.results, ['https://example.com/r/1.mp4']);
  assert.deepEqual(told, [0, 100]);
});

test('wait rejects with the error of a failed task, whole', async () => {
  const cause = new TaskError('image_dimension_mismatch', {
    param: 'image_urls[0]',
    details: { expected: '1280x720' },
  });
  await using gateway = await startFakeGateway(() => ({ stream: [event(1, failed(cause))], ending: 'end' }));
  const sluice = new Sluice({ baseUrl: gateway.url, apiKey: 'k', timing: timing() });
  const error = await sluice.tasks.wait(TASK_ID).catch((thrown: unknown) => thrown);
  assert.ok(TaskError.is(error));
  assert.deepEqual(error.toJSON(), cause.toJSON());
});

test('wait stops at its time-out and at an abort, and says that the task goes on', async () => {
  await using gateway = await startFakeGateway(() => ({
    stream: [event(1, unfinished(10))],
    ending: 'silence',
  }));
  const hasty = new Sluice({ baseUrl: gateway.url, apiKey: 'k', timing: timing((ms) => ms === 30_000) });
  await assert.rejects(hasty.tasks.wait(TASK_ID, { timeoutMs: 30_000 }), {
    name: 'TimeoutError',
    message: /after 30 s. It goes on/,
  });

  const patient = new Sluice({ baseUrl: gateway.url, apiKey: 'k', timing: timing() });
  const stop = new AbortController();
  const waiting = patient.tasks.wait(TASK_ID, {
    signal: stop.signal,
    onUpdate: () => stop.abort(new Error('closed')),
  });
  await assert.rejects(waiting, /closed/);
});
