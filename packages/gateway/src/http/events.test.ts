import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, test } from 'node:test';
import type { TaskRecord } from '../store/records.ts';
import { listen } from './testing/socket.ts';
import { auth, KEY, openTrial, type Trial } from './trial.ts';

let trial: Trial;
let port: number;
beforeEach(async () => {
  trial = await openTrial();
  port = await listen(trial.app);
});
afterEach(() => trial.close());

/** A reader that keeps what it got; `until` waits for a piece of text or the end. */
async function read(task: TaskRecord, headers: Record<string, string> = {}) {
  const call = request({
    port,
    host: '127.0.0.1',
    path: `/v1/tasks/${task.id}/events`,
    headers: { ...auth, ...headers },
  }).end();
  const [response]: IncomingMessage[] = await once(call, 'response');
  assert.ok(response);
  let text = '';
  let ended = false;
  response.on('data', (chunk) => {
    text += chunk;
  });
  response.on('end', () => {
    ended = true;
  });
  return {
    response,
    text: () => text,
    destroy: () => call.destroy(),
    async until(wanted: string | 'the end') {
      while (wanted === 'the end' ? !ended : !text.includes(wanted)) {
        await Promise.race([once(response, 'data'), once(response, 'end'), once(response, 'close')]);
        if (ended || response.destroyed) break;
      }
    },
    events: () =>
      [...text.matchAll(/event: task\nid: (\d+)\ndata: (.*)\n\n/g)].map(([, id, data = '']) => ({
        id: Number(id),
        task: JSON.parse(data),
      })),
  };
}

test('the stream gives the task as it is, each change, and ends after the final state', async () => {
  const task = await trial.start(await trial.admit());
  const reader = await read(task);
  assert.equal(reader.response.headers['content-type'], 'text/event-stream; charset=utf-8');
  assert.match(String(reader.response.headers['x-request-id']), /^req_/);
  await reader.until(`id: ${task.version}`);
  const further = await trial.change(task, { kind: 'attempt_accepted', number: 1, handle: 'h' });
  const progressed = await trial.change(further, { kind: 'progressed', progress: 40 });
  const final = await trial.fail(progressed);
  await reader.until('the end');
  const events = reader.events();
  assert.deepEqual(
    events.map(({ id }) => id),
    [task, further, progressed, final].map(({ version }) => version),
  );
  assert.deepEqual(
    events.map(({ task: { status } }) => status),
    ['processing', 'processing', 'processing', 'failed'],
  );
  assert.equal(events.at(-1)?.task.error.code, 'service_error');
});

test('a finished task is one event and the end', async () => {
  const reader = await read(await trial.complete(await trial.start(await trial.admit())));
  await reader.until('the end');
  assert.equal(reader.events().length, 1);
});

test('Last-Event-ID skips what was seen; 204 where nothing can follow', async () => {
  const task = await trial.start(await trial.admit());
  const reader = await read(task, { 'last-event-id': String(task.version) });
  const final = await trial.fail(task);
  await reader.until('the end');
  assert.deepEqual(
    reader.events().map(({ id }) => id),
    [final.version],
  );
  const late = await read(final, { 'last-event-id': String(final.version) });
  assert.equal(late.response.statusCode, 204);
  const odd = await read(final, { 'last-event-id': 'what' });
  assert.equal(odd.response.statusCode, 200);
});

test('a comment every 15 s keeps the connection alive', async () => {
  const reader = await read(await trial.admit());
  await reader.until('event: task');
  await trial.clock.advance(14_999);
  assert.ok(!reader.text().includes(': keep-alive'));
  await trial.clock.advance(1);
  await reader.until(': keep-alive');
  await trial.clock.advance(15_000);
  await reader.until(': keep-alive\n\n: keep-alive');
  reader.destroy();
});

test('a reader that goes away leaves nothing behind', async () => {
  const task = await trial.admit();
  const unsubscribed = Promise.withResolvers<void>();
  const { onTask } = trial.deps.events;
  trial.deps.events.onTask = (id, listener) => {
    const stop = onTask.call(trial.deps.events, id, listener);
    return () => {
      stop();
      unsubscribed.resolve();
    };
  };
  const reader = await read(task);
  await reader.until('event: task');
  reader.destroy();
  await unsubscribed.promise;
});

test('a reader that takes nothing costs one event of memory, and is cut off after a while', async () => {
  let task = await trial.start(
    await trial.admit({ metadata: Object.fromEntries([['big', 'x'.repeat(400_000)]]) }),
  );
  const socket = connect(port, '127.0.0.1');
  socket.pause();
  socket.write(`GET /v1/tasks/${task.id}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEY}\r\n\r\n`);
  const [server] = await once(trial.app.server, 'request').then((args) => args.slice(1));
  task = await trial.change(task, { kind: 'attempt_accepted', number: 1, handle: 'h' });
  let most = 0;
  for (let progress = 1; progress <= 60; progress++) {
    task = await trial.change(task, { kind: 'progressed', progress });
    most = Math.max(most, server.writableLength);
  }
  assert.ok(most < 3_000_000, `${most} bytes wait for a reader that takes none`);
  const closed = once(server, 'close');
  await trial.clock.advance(60_000);
  await closed;
  socket.destroy();
});

test('closing the server ends the streams', async () => {
  const reader = await read(await trial.admit());
  await reader.until('event: task');
  const closing = trial.app.close();
  await reader.until('the end');
  await closing;
  assert.equal(reader.events().length, 1);
});
