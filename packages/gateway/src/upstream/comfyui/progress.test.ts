import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { openProgress, type Progress, type Socket } from './progress.ts';

interface Bench {
  readonly progress: Progress;
  readonly opened: string[];
  say(type: string, data: Record<string, unknown>): void;
  sayRaw(data: unknown): void;
  breakOff(): void;
}

function bench(): Bench {
  const opened: string[] = [];
  let onMessage: (event: { readonly data: unknown }) => void = () => {};
  let onClose = () => {};
  const socket: Socket = {
    addEventListener(type: string, listener: (event: { readonly data: unknown }) => void) {
      if (type === 'message') onMessage = listener;
      else onClose = () => listener({ data: null });
    },
    close() {},
  };
  const open = (url: string) => {
    opened.push(url);
    return socket;
  };
  return {
    progress: openProgress('http://127.0.0.1:8188', 'client-1', open),
    opened,
    say: (type, data) => onMessage({ data: JSON.stringify({ type, data }) }),
    sayRaw: (data) => onMessage({ data }),
    breakOff: () => onClose(),
  };
}

test('of ten nodes, those from the cache and those executed count, and the part of the one that runs', () => {
  const { progress, say } = bench();
  progress.follow();
  assert.equal(progress.of('p', 10), null);
  say('execution_cached', { prompt_id: 'p', nodes: ['1', '2'] });
  assert.equal(progress.of('p', 10), 20);
  say('progress', { prompt_id: 'p', node: '3', value: 10, max: 20 });
  assert.equal(progress.of('p', 10), 25);
  say('executed', { prompt_id: 'p', node: '3', output: {} });
  assert.equal(progress.of('p', 10), 30);
  assert.equal(progress.of('other', 10), null);
  progress.forget('p');
  assert.equal(progress.of('p', 10), null);
});

test('newer servers tell of all nodes at once; a whole graph is not yet the end', () => {
  const { progress, say } = bench();
  progress.follow();
  const done = { state: 'finished', value: 1, max: 1 };
  say('progress_state', {
    prompt_id: 'p',
    nodes: { 1: done, 2: done, 3: { state: 'running', value: 3, max: 4 } },
  });
  assert.equal(progress.of('p', 4), 68);
  say('progress_state', { prompt_id: 'p', nodes: { 3: done, 4: done } });
  assert.equal(progress.of('p', 4), 99);
});

test('one connection for all prompts, opened anew after it broke', () => {
  const { progress, opened, breakOff } = bench();
  progress.follow();
  progress.follow();
  assert.deepEqual(opened, ['ws://127.0.0.1:8188/ws?clientId=client-1']);
  breakOff();
  progress.follow();
  assert.equal(opened.length, 2);
});

test('over a real connection: frames arrive, and a server that hangs up is only silence', async () => {
  const server = createServer();
  const sockets: Duplex[] = [];
  server.on('upgrade', (request, socket) => {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
    socket.write(`${[...head, `Sec-WebSocket-Accept: ${accept}`].join('\r\n')}\r\n\r\n`);
    const data = { prompt_id: 'p', value: 1, max: 2 };
    const frame = Buffer.from(JSON.stringify({ type: 'progress', data }));
    socket.write(Buffer.concat([Buffer.from([0x81, frame.length]), frame]));
    sockets.push(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) assert.fail('a server has a port');
  const progress = openProgress(`http://127.0.0.1:${address.port}`, 'client-1');
  progress.follow();
  while (progress.of('p', 1) === null) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(progress.of('p', 1), 50);
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, 'close');
  progress.follow();
  progress.close();
});

test('a server without a websocket is no trouble', () => {
  const progress = openProgress('http://127.0.0.1:9', 'client-1', () => {
    throw new Error('no websocket here');
  });
  progress.follow();
  assert.equal(progress.of('p', 1), null);
  progress.close();
});

test('whatever it sends, progress is null or a percentage below the end', () => {
  const anything = fc.record({
    type: fc.constantFrom('progress', 'progress_state', 'executed', 'execution_cached', 'status'),
    data: fc.record(
      {
        prompt_id: fc.constantFrom('p', 7),
        node: fc.anything(),
        nodes: fc.oneof(
          fc.jsonValue(),
          fc.dictionary(
            fc.string(),
            fc.record({
              state: fc.constantFrom('running', 'finished'),
              value: fc.double(),
              max: fc.double(),
            }),
          ),
        ),
        value: fc.oneof(fc.double(), fc.jsonValue()),
        max: fc.oneof(fc.double(), fc.jsonValue()),
      },
      { requiredKeys: ['prompt_id'] },
    ),
  });
  fc.assert(
    fc.property(fc.array(anything), fc.string(), (events, noise) => {
      const { progress, say, sayRaw } = bench();
      progress.follow();
      sayRaw(noise);
      sayRaw(new Uint8Array([1, 2]));
      for (const { type, data } of events) say(type, data);
      const seen = progress.of('p', 5);
      assert.ok(seen === null || (Number.isInteger(seen) && seen >= 0 && seen <= 99), String(seen));
    }),
  );
});
