import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readEvents, type ServerSentEvent } from './sse.ts';

async function parse(bytes: Uint8Array, cuts: readonly number[] = []): Promise<ServerSentEvent[]> {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      let start = 0;
      for (const end of [...ends, bytes.length]) {
        if (end > start) controller.enqueue(bytes.subarray(start, end));
        start = Math.max(start, end);
      }
      controller.close();
    },
  });
  const events: ServerSentEvent[] = [];
  for await (const event of readEvents(body, () => {})) events.push(event);
  return events;
}

const encode = (text: string) => new TextEncoder().encode(text);

test('reads the fields of the standard, ignores comments and unknown ones, joins data lines', async () => {
  const text = ': hi\nevent: task\nid: 4\nretry: 10\ndata: a\ndata:b\n\ndata\n\n\nid\n\n';
  assert.deepEqual(await parse(encode(text)), [
    { event: 'task', id: '4', data: 'a\nb' },
    { event: 'message', id: '4', data: '' },
  ]);
});

test('an event without its closing empty line never came whole', async () => {
  assert.deepEqual(await parse(encode('data: a\n\ndata: b\n')), [{ event: 'message', id: null, data: 'a' }]);
});

test('property: however the network cuts the bytes and whichever line ends are used, the events are the same', async () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !/[\r\n]/.test(text));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(line, { minLength: 1, maxLength: 3 }), { maxLength: 5 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.nat()),
      async (events, newline, cuts) => {
        const text = events
          .map((lines, index) =>
            [`id: ${index}`, ...lines.map((data) => `data: ${data}`), '', ''].join(newline),
          )
          .join('');
        // A final CR may be half a CRLF, so the last event of a CR stream shows only with what follows it.
        const parsed = await parse(encode(newline === '\r' ? `${text}: end\n` : text), cuts);
        assert.deepEqual(
          parsed.map(({ data }) => data),
          events.map((lines) => lines.join('\n')),
        );
      },
    ),
    { numRuns: 200 },
  );
});
