import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openTrial, type Trial, videoResult } from './trial.ts';

let trial: Trial;
let url: string;
before(async () => {
  trial = await openTrial();
  const task = await trial.start(await trial.admit());
  const result = videoResult(task);
  await trial.deps.files.put(result.fileKey, Buffer.from('0123456789'));
  const done = await trial.complete(task, [result]);
  url = trial.deps.links.resultUrl(done, result).replace(/^http:\/\/[^/]+/, '');
});
after(() => trial.close());

const get = (headers: Record<string, string> = {}, path = url, method: 'GET' | 'HEAD' = 'GET') =>
  trial.app.inject({ method, url: path, headers });

test('a link gives the bytes with what a player and a browser need', async () => {
  const { statusCode, headers, body } = await get();
  assert.equal(statusCode, 200);
  assert.equal(body, '0123456789');
  assert.equal(headers['content-type'], 'video/mp4');
  assert.equal(headers['content-length'], '10');
  assert.equal(headers['accept-ranges'], 'bytes');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['cache-control'], 'private, max-age=86400');
  assert.match(String(headers['content-disposition']), /^inline; filename="task-unified-.*-1\.mp4"$/);
  assert.match(String(headers.etag), /^"[0-9a-f]{64}"$/);
  assert.match(String((await get({}, `${url}&download=1`)).headers['content-disposition']), /^attachment;/);
});

test('HEAD gives the same head and no bytes', async () => {
  const { statusCode, headers, body } = await get({}, url, 'HEAD');
  assert.deepEqual([statusCode, headers['content-length'], body], [200, '10', '']);
});

test('single ranges are 206, others as RFC 9110 says', async () => {
  for (const [range, body, content] of [
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=5-99', '56789', 'bytes 5-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
  ] as const) {
    const reply = await get({ range });
    assert.equal(reply.statusCode, 206, range);
    assert.equal(reply.body, body, range);
    assert.equal(reply.headers['content-range'], content);
    assert.equal(reply.headers['content-length'], String(body.length));
  }
  for (const range of ['bytes=0-1,3-4', 'bytes=4-2', 'bytes=-', 'pages=1-2', 'bytes=a-b']) {
    assert.equal((await get({ range })).statusCode, 200, range);
  }
  for (const range of ['bytes=10-', 'bytes=99-100', 'bytes=-0']) {
    const reply = await get({ range });
    assert.equal(reply.statusCode, 416, range);
    assert.equal(reply.headers['content-range'], 'bytes */10');
    assert.equal(reply.json().error.param, 'Range');
  }
});

test('a copy that is still good is not sent again; a changed one is sent whole', async () => {
  const etag = String((await get()).headers.etag);
  for (const header of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    const reply = await get({ 'if-none-match': header });
    assert.deepEqual([reply.statusCode, reply.body], [304, ''], header);
  }
  assert.equal((await get({ 'if-none-match': '"x"' })).statusCode, 200);
  assert.equal((await get({ range: 'bytes=0-1', 'if-range': etag })).statusCode, 206);
  assert.equal((await get({ range: 'bytes=0-1', 'if-range': '"x"' })).statusCode, 200);
});

test('a forged link is 404, whatever was changed in it', async () => {
  for (const path of [
    url.replace(/&s=.*/, ''),
    url.replace(/&s=./, '&s=~'),
    url.replace(/e=(\d)/, 'e=9$1'),
    url.replace('-1.mp4', '-2.mp4'),
    `${url}&s=again`,
    '/r/x/..%2f..%2fetc%2fpasswd?e=1&s=x',
  ]) {
    const reply = await get({}, path);
    assert.ok([400, 404].includes(reply.statusCode), `${path}: ${reply.statusCode}`);
    assert.ok(!reply.body.includes('0123456789'));
  }
});

test('an expired link says so', async () => {
  await trial.clock.advance(24 * 3_600_000 + 1000);
  const reply = await get();
  assert.equal(reply.statusCode, 404);
  assert.match(reply.json().error.message, /link has expired: links to results live 24 hours/);
});
