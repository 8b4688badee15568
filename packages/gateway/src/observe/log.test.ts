import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLog, scrubText } from './log.ts';

function written(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  write(createLog({ level: 'info' }, sink));
  return text;
}

const SECRET = 'sk-abcdefghijkl0123';

test('a secret never reaches the log, wherever it stands', () => {
  const places: ((log: ReturnType<typeof createLog>) => void)[] = [
    (log) => log.info({ headers: { authorization: `Bearer ${SECRET}` } }, 'x'),
    (log) => log.info({ deep: { list: [{ apiKey: SECRET }] } }, 'x'),
    (log) => log.info(`Bearer ${SECRET}`),
    (log) => log.info({ url: `https://host/x?token=${SECRET}` }, 'x'),
    (log) => log.error({ err: new Error(`key ${SECRET}`, { cause: new Error(SECRET) }) }, 'x'),
    (log) => log.error(new Error(`failed with ${SECRET}`)),
    (log) => log.info({ body: `data:image/png;base64,${SECRET}` }, 'x'),
  ];
  for (const [i, place] of places.entries()) {
    const line = written(place);
    assert.ok(line.length > 20, `place ${i} wrote nothing`);
    assert.ok(!line.includes('abcdefghijkl0123'), `place ${i}: ${line}`);
  }
});

test('a line is one JSON object with level and time, and keeps what is harmless', () => {
  const line = written((log) =>
    log.warn({ taskId: 'task-unified-1-abc', err: new TypeError('no') }, 'words'),
  );
  const { level, time, taskId, msg, err } = JSON.parse(line);
  assert.deepEqual(
    [level, taskId, msg, err.type, err.message],
    ['warn', 'task-unified-1-abc', 'words', 'TypeError', 'no'],
  );
  assert.match(time, /^\d{4}-\d\d-\d\dT/);
});

test('inline media is cut out of any text around it', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme-ascii' }),
      fc.base64String({ minLength: 12 }),
      (around, media) => {
        fc.pre(!around.includes(media));
        const text = scrubText(`${around} data:image/png;base64,${media} `);
        return !text.includes(media);
      },
    ),
  );
});
