import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { afterEach, beforeEach, test } from 'node:test';
import { exchange, listen, parseAnswer } from './testing/socket.ts';
import { auth, KEY, openTrial, type Trial } from './trial.ts';

let trial: Trial;
beforeEach(async () => {
  trial = await openTrial();
});
afterEach(() => trial.close());

const json = { ...auth, 'content-type': 'application/json' };
const batch = (payload: string, headers: Record<string, string> = json) =>
  trial.app.inject({ method: 'POST', url: '/v1/tasks/batch', headers, payload });

test('malformed JSON is told with what breaks it', async () => {
  const { statusCode, body } = await batch('{"task_ids": ["a",]}');
  assert.equal(statusCode, 400);
  const { error } = JSON.parse(body);
  assert.equal(error.subtype, 'malformed_json');
  assert.match(error.message, /Unexpected token '\]'.*"a",\]/);
});

test('a body with a prototype key is refused', async () => {
  const { statusCode, body } = await batch('{"task_ids":["a"],"__proto__":{"x":1}}');
  assert.equal(statusCode, 400);
  const { error } = JSON.parse(body);
  assert.equal(error.subtype, 'general', 'it is valid JSON');
  assert.match(error.message, /__proto__.*\nRemove that key/);
});

test('another content type, encoding or none is 415 and says what to send', async () => {
  for (const headers of [
    { ...auth, 'content-type': 'text/plain' },
    { ...auth, 'content-type': 'application/x-www-form-urlencoded' },
    { ...json, 'content-encoding': 'gzip' },
  ]) {
    const { statusCode, body } = await batch('x', headers);
    assert.equal(statusCode, 415);
    assert.equal(JSON.parse(body).error.code, 'invalid_parameters');
  }
});

test('a body over the limit is 413 with the limit', async () => {
  const { statusCode, body } = await batch(JSON.stringify({ task_ids: ['x'.repeat(100_000)] }));
  assert.equal(statusCode, 413);
  assert.deepEqual(JSON.parse(body).error.details, { max_bytes: 100_000 });
});

test('an unknown address is 404 whatever is sent to it; a known one with another method is 405 with Allow', async () => {
  const unknown = await trial.app.inject({
    method: 'POST',
    url: '/v2/x',
    headers: { 'content-type': 'text/x' },
    payload: 'x',
  });
  assert.equal(unknown.statusCode, 404);
  assert.equal(unknown.json().error.code, 'resource_not_found');
  const wrong = await trial.app.inject({ method: 'DELETE', url: '/v1/tasks' });
  assert.equal(wrong.statusCode, 405);
  assert.equal(wrong.headers.allow, 'GET, HEAD');
  assert.match(String(wrong.headers['x-request-id']), /^req_/);
});

test('a broken percent sign and an endless path are refused in shape', async () => {
  const broken = await trial.app.inject({ url: '/v1/models/%zz', headers: auth });
  assert.equal(broken.statusCode, 400);
  assert.equal(broken.json().error.code, 'invalid_parameters');
  assert.match(String(broken.headers['x-request-id']), /^req_/);
  const endless = await trial.app.inject({ url: `/v1/models/${'x'.repeat(400)}`, headers: auth });
  assert.equal(endless.statusCode, 404);
  assert.equal(endless.json().error.code, 'resource_not_found');
});

test('a fault of ours is 500 without a word of it, and is logged whole', async () => {
  const secret = 'ENOENT /secret/place sk-abcdefgh12345';
  trial.store.list = () => Promise.reject(new Error(secret));
  const { statusCode, body } = await trial.app.inject({ url: '/v1/tasks', headers: auth });
  assert.equal(statusCode, 500);
  assert.equal(JSON.parse(body).error.code, 'service_error');
  assert.ok(!body.includes('secret') && !body.includes('ENOENT'));
  assert.match(trial.log(), /ENOENT \/secret\/place/);
  assert.ok(!trial.log().includes('abcdefgh12345'));
});

test('the same fault while the store is down is 503 with Retry-After', async () => {
  trial.store.list = () => Promise.reject(new Error('disk'));
  trial.store.ping = () => Promise.reject(new Error('disk'));
  const { statusCode, headers, body } = await trial.app.inject({ url: '/v1/tasks', headers: auth });
  assert.equal(statusCode, 503);
  assert.equal(headers['retry-after'], '10');
  assert.equal(JSON.parse(body).error.code, 'service_unavailable');
});

test('a request may bring its own id; one that is not sane is replaced', async () => {
  const with_ = async (id: string) =>
    (await trial.app.inject({ url: '/healthz', headers: { 'x-request-id': id } })).headers['x-request-id'];
  assert.equal(await with_('req_mine-12345'), 'req_mine-12345');
  for (const id of ['mine', 'req_x', 'req_with space', `req_${'x'.repeat(65)}`])
    assert.notEqual(await with_(id), id);
});

test('on a real socket: what is not HTTP, too many headers and a missing Host are answered in shape', async () => {
  const port = await listen(trial.app);
  const cases = [
    { sent: 'NONSENSE\r\n\r\n', status: 400, code: 'invalid_parameters' },
    {
      sent: 'GET /healthz HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n',
      status: 400,
      code: 'invalid_parameters',
    },
    {
      sent: 'POST /v1/tasks/batch HTTP/1.1\r\nHost: x\r\nContent-Length: nine\r\n\r\n',
      status: 400,
      code: 'invalid_parameters',
    },
    {
      sent: `GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
      status: 431,
      code: 'request_too_large',
    },
    { sent: 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', status: 400, code: 'invalid_parameters' },
    {
      sent: 'GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: cake\r\n\r\n',
      status: 417,
      code: 'invalid_parameters',
    },
  ];
  for (const { sent, status, code } of cases) {
    const answer = parseAnswer(await exchange(port, sent));
    assert.equal(answer.status, status, sent.slice(0, 40));
    assert.equal(answer.body.error.code, code);
    assert.match(answer.headers.get('x-request-id') ?? '', /^req_/);
    assert.equal(answer.body.error.request_id, answer.headers.get('x-request-id'));
  }
});

test('on a real socket: a client that goes away in the middle of its body harms nobody', async () => {
  const port = await listen(trial.app);
  const closed = new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(
        `POST /v1/tasks/batch HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEY}\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{`,
        () => socket.destroy(),
      );
    });
    socket.on('close', resolve);
  });
  await closed;
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
  assert.deepEqual(await answer.json(), { status: 'ok' });
  assert.ok(!trial.log().includes('internal fault'));
});
