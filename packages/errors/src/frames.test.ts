import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify } from './classify.ts';
import { framesOf } from './frames.ts';

const code = (body: string): string =>
  classify({ provider: 'nobody', phase: 'result', status: 200, headers: {}, body }).code;

test('the events of a stream are read one by one', () => {
  assert.deepEqual(framesOf('event: error\ndata: {"a":\ndata: 1}\n\ndata: [DONE]\n\n'), ['{"a":\n1}']);
  assert.deepEqual(framesOf('data: {"a":1}\r\n\r\ndata: {"b":2}\r\n\r\n'), ['{"a":1}', '{"b":2}']);
  assert.equal(framesOf('data is missing'), null);
  assert.equal(
    code(
      'data: {"type":"image.partial","b64_json":"AAAA"}\n\ndata: {"error":{"code":"moderation_blocked"}}\n\ndata: [DONE]\n\n',
    ),
    'content_policy_violation',
  );
});

test('what a frame echoes of the request is passed over, as anywhere', () => {
  const frames = [{ status: 'running', prompt: 'nude figures, violence' }, { error: 'Generation timed out' }];
  assert.equal(
    code(frames.map((frame) => `data: ${JSON.stringify(frame)}\n\n`).join('')),
    'generation_timeout',
  );
  assert.equal(code(frames.map((frame) => JSON.stringify(frame)).join('\n')), 'generation_timeout');
});

test('JSON line by line too', () => {
  assert.deepEqual(framesOf('{"a":1}\n{"b":2}\n'), ['{"a":1}', '{"b":2}']);
  assert.equal(framesOf('{\n"a": {"b":1}\n}'), null);
  assert.equal(
    code('{"status":"processing"}\n{"status":"error","message":"Insufficient balance"}\n'),
    'quota_exceeded',
  );
});
