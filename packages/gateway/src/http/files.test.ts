/** Through a door that really listens, with real files, a real store and folders that are looked into afterwards. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { ManualClock } from '../clock.ts';
import { openLocalFiles } from '../files/local.ts';
import { createChecker } from '../media/checker.ts';
import { sampleImage, sampleVideo } from '../media/sample-media.ts';
import { FakeInternet, PUBLIC_ADDRESS } from '../net/fake-internet.ts';
import { createFetcher } from '../net/fetcher.ts';
import { randomId } from '../random-id.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import { createUploadLinks } from '../uploads/links.ts';
import { createUploads, type Uploads } from '../uploads/uploads.ts';
import { listen } from './testing/socket.ts';
import { auth, KEY, OTHER_KEY, openTrial, type Trial } from './trial.ts';

const HOUR = 3_600_000;
const MAX_BYTES = 200_000;
const MAX_FILES = 5;
const PARALLEL = { each: 100, all: 120 };

const asOther = { authorization: `Bearer ${OTHER_KEY}` };
const png = await sampleImage('png', 40, 30);
const jpeg = await sampleImage('jpeg', 40, 30);
const clip = await sampleVideo('mp4', 64, 64, 1);
const checker = createChecker({ workers: 1 });
after(() => checker.close());

interface Answer {
  readonly status: number;
  readonly body: { success: boolean; code: number; msg: string; data: Record<string, unknown> };
}

describe('the files API', () => {
  let trial: Trial;
  let clock: ManualClock;
  let uploads: Uploads;
  let internet: FakeInternet;
  let root: string;
  let base: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'sluice-uploads-'));
    const files = await openLocalFiles(join(root, 'files'));
    internet = new FakeInternet();
    internet.name('media.test', [PUBLIC_ADDRESS]);
    clock = new ManualClock(Date.UTC(2026, 10, 22, 9));
    const store = await openSqliteStore({ path: join(root, 'store.db') });
    const scratch = join(root, 'scratch');
    const links = createUploadLinks({ secret: new Uint8Array(32).fill(3), baseUrl: () => base });
    uploads = createUploads({
      store,
      files,
      checker,
      clock,
      links,
      scratch,
      fetcher: createFetcher({ allowHttpLoopback: false, scratch }, { clock, network: internet }),
      randomId: () => randomId(20),
      settings: { maxFiles: MAX_FILES, maxBytes: MAX_BYTES, lifeMs: 72 * HOUR },
      parallel: PARALLEL,
    });
    trial = await openTrial({ clock, store, files, uploads });
    base = `http://127.0.0.1:${await listen(trial.app)}`;
  });

  const closeAll = async () => {
    await trial.close();
    await internet.close();
    await rm(root, { recursive: true, force: true });
  };

  async function ask(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${base}${path}`, {
      method,
      ...init,
      headers: { ...auth, ...init.headers },
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  }

  function stream(data: Uint8Array, fields: Record<string, string> = {}, name = 'photo.png', headers = {}) {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(data)], { type: 'text/html' }), name);
    for (const [field, value] of Object.entries(fields)) form.append(field, value);
    return ask('POST', '/api/v1/files/upload/stream', { body: form, headers });
  }

  function json(way: 'base64' | 'url', body: unknown, headers = {}) {
    return ask('POST', `/api/v1/files/upload/${way}`, {
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  }

  const list = async (headers = {}) => (await ask('GET', '/api/v1/files/list', { headers })).body.data;

  /** Every byte that lies anywhere, kept or half. */
  async function bytesOnDisk(): Promise<{ kept: string[]; scratch: string[] }> {
    const read = (folder: string) => readdir(join(root, folder)).catch(() => []);
    return { kept: await read('files/uploads'), scratch: await read('scratch') };
  }

  function test(name: string, body: () => Promise<void>): void {
    it(name, async () => {
      try {
        await body();
        assert.deepEqual((await bytesOnDisk()).scratch, [], 'nothing half is left');
      } finally {
        await closeAll();
      }
    });
  }

  test('a multipart upload answers with everything there is to know, and its links give the bytes', async () => {
    const { status, body } = await stream(png, { upload_path: '/images/2026/' }, 'C:\\me\\photo.png');
    assert.equal(status, 200);
    const { file_id, file_url, download_url, ...rest } = body.data;
    assert.match(String(file_id), /^file-[a-z0-9]{20}$/);
    assert.deepEqual(rest, {
      file_name: 'photo.png',
      original_name: 'photo.png',
      file_size: png.length,
      mime_type: 'image/png',
      sha256: createHash('sha256').update(png).digest('hex'),
      upload_path: 'images/2026',
      upload_time: Math.floor(clock.now() / 1000),
      expires_at: new Date(clock.now() + 72 * HOUR).toISOString(),
    });
    assert.deepEqual([body.success, body.code], [true, 200]);

    const shown = await fetch(String(file_url));
    assert.deepEqual(Buffer.from(await shown.arrayBuffer()), png);
    assert.equal(shown.headers.get('content-type'), 'image/png');
    assert.equal(shown.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(shown.headers.get('content-disposition'), 'inline; filename="photo.png"');
    const saved = await fetch(String(download_url), { headers: { range: 'bytes=2-5' } });
    assert.equal(saved.status, 206);
    assert.equal(saved.headers.get('content-disposition'), 'attachment; filename="photo.png"');
    assert.deepEqual(Buffer.from(await saved.arrayBuffer()), png.subarray(2, 6));
    const head = await fetch(String(file_url), { method: 'HEAD' });
    assert.equal(head.headers.get('content-length'), String(png.length));
  });

  test('base64 comes bare or as a data: URL, with the fields before or behind it, in either spelling', async () => {
    const data = clip.toString('base64');
    const first = await json('base64', { fileName: 'a.mp4', base64_data: `data:image/png;base64,${data}` });
    assert.equal(first.body.data.mime_type, 'video/mp4');
    const second = await json('base64', { base64_data: data, uploadPath: 'b', file_name: 'a.mp4' });
    assert.equal(second.body.data.upload_path, 'b');
    assert.deepEqual(Buffer.from(await (await fetch(String(second.body.data.file_url))).arrayBuffer()), clip);
    const unnamed = await json('base64', { base64_data: png.toString('base64') });
    assert.equal(unnamed.body.data.file_name, `${unnamed.body.data.file_id}.png`);
  });

  test('a URL is fetched by the guarded caller, and its refusals are told', async () => {
    await internet.serve((_request, response) => response.end(jpeg));
    const good = await json('url', { file_url: 'https://media.test/%E7%8C%AB.jpg?x=1' });
    assert.equal(good.body.data.file_name, '猫.jpg');
    assert.equal(good.body.data.mime_type, 'image/jpeg');
    const link = await fetch(String(good.body.data.file_url));
    assert.equal(
      link.headers.get('content-disposition'),
      `inline; filename="_.jpg"; filename*=UTF-8''%E7%8C%AB.jpg`,
    );
    assert.equal(link.status, 200);

    for (const url of [
      'http://169.254.169.254/latest',
      'https://127.0.0.1/',
      'file:///etc/passwd',
      'nonsense',
    ]) {
      const { status, body } = await json('url', { file_url: url });
      assert.deepEqual([status, body.success, body.code], [400, false, 40004], url);
    }
  });

  test('a download stops when nobody waits for it any more', async () => {
    const asked = Promise.withResolvers<void>();
    const dropped = Promise.withResolvers<void>();
    await internet.serve((_request, response) => {
      response.write(png.subarray(0, 100));
      response.once('close', dropped.resolve);
      asked.resolve();
    });
    const body = JSON.stringify({ file_url: 'https://media.test/slow.png' });
    const leave = new AbortController();
    const init = { method: 'POST', body, headers: auth, signal: leave.signal };
    const call = fetch(`${base}/api/v1/files/upload/url`, init);
    await asked.promise;
    leave.abort();
    await assert.rejects(call, { name: 'AbortError' });
    await dropped.promise;
    while (!trial.log().includes('client went away')) await new Promise(setImmediate);
    assert.doesNotMatch(trial.log(), /a files call failed/);
    assert.deepEqual((await bytesOnDisk()).kept, []);
  });

  test('content decides, never name or type', async () => {
    const page = Buffer.from('<!doctype html><script>alert(1)</script>');
    const avif = await sampleImage('avif', 40, 30);
    for (const data of [page, Buffer.from('PK\x03\x04zip'), avif, Buffer.from('<svg xmlns="x"></svg>')]) {
      const { status, body } = await stream(data, {}, 'photo.png');
      assert.deepEqual([status, body.success, body.code], [415, false, 40002]);
    }
    assert.equal((await stream(jpeg.subarray(0, jpeg.length / 2))).body.code, 400);
    assert.equal((await stream(Buffer.alloc(0))).body.code, 400);
    const renamed = await stream(png, {}, 'page.html');
    assert.equal(renamed.body.data.file_name, 'page.html.png');
    assert.equal((await bytesOnDisk()).kept.length, 1);
  });

  test('too large is 40001, each way, and nothing stays', async () => {
    const big = Buffer.concat([png, Buffer.alloc(MAX_BYTES)]);
    await internet.serve((_request, response) => response.end(big));
    for (const { status, body } of [
      await stream(big),
      await json('base64', { base64_data: big.toString('base64') }),
      await json('url', { file_url: 'https://media.test/big.png' }),
    ]) {
      assert.deepEqual([status, body.code], [413, 40001]);
    }
    assert.deepEqual((await bytesOnDisk()).kept, []);
    assert.equal((await stream(png)).status, 200);
  });

  test('an endless body is answered long before its end', async () => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    socket.on('error', () => {});
    const answered = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
    socket.write(
      `POST /api/v1/files/upload/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEY}\r\n` +
        'Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    const part = '--b\r\nContent-Disposition: form-data; name="file"; filename="x.png"\r\n\r\n';
    socket.write(`${part.length.toString(16)}\r\n${part}\r\n`);
    const chunk = Buffer.concat([Buffer.from('8000\r\n'), Buffer.alloc(0x8000, 120), Buffer.from('\r\n')]);
    let sent = 0;
    let said: string | null = null;
    void answered.then((answer) => {
      said = answer;
    });
    while (said === null && sent < 1000) {
      sent++;
      await Promise.race([answered, new Promise((resolve) => socket.write(chunk, resolve))]);
      await new Promise(setImmediate);
    }
    assert.match(await answered, /413 Payload Too Large[\s\S]*40001/);
    // What the two kernels keep between them was sent too, so only the order of magnitude tells.
    assert.ok(sent < 1000, `${sent} chunks were taken`);
    // Who goes on sending is cut off after a while.
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await clock.advance(6000);
    socket.write(chunk);
    await closed;
  });

  test('a client that reads only when all is sent is told all the same', async () => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    socket.pause();
    const size = 40 * MAX_BYTES;
    socket.write(
      `POST /api/v1/files/upload/base64 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEY}\r\n` +
        `Content-Length: ${size}\r\n\r\n{"base64_data":"`,
    );
    await new Promise((resolve) => socket.write(Buffer.alloc(size - 16, 65), resolve));
    let said = '';
    for await (const data of socket) {
      said += String(data);
      if (said.includes('request_id')) break;
    }
    assert.match(said, /413 Payload Too Large[\s\S]*40001/);
  });

  test('a stream cut anywhere leaves nothing, and the gateway goes on', async () => {
    const port = Number(new URL(base).port);
    const body = Buffer.concat([
      Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="x.png"\r\n\r\n'),
      png,
      Buffer.from('\r\n--b\r\nContent-Disposition: form-data; name="upload_path"\r\n\r\na\r\n--b--\r\n'),
    ]);
    const text = Buffer.from(JSON.stringify({ file_name: 'x.png', base64_data: png.toString('base64') }));
    const cuts = Array.from({ length: 12 }, (_, i) => i / 12);
    for (const [path, type, data] of [
      ['stream', 'multipart/form-data; boundary=b', body],
      ['base64', 'application/json', text],
    ] as const) {
      for (const share of cuts) {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => {});
        socket.write(
          `POST /api/v1/files/upload/${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEY}\r\n` +
            `Content-Type: ${type}\r\nContent-Length: ${data.length}\r\n\r\n`,
        );
        await new Promise((resolve) =>
          socket.write(data.subarray(0, Math.floor(data.length * share)), resolve),
        );
        socket.destroy();
      }
      // The whole of it is fine, and half of it announced as the whole is told.
      const headers = { 'content-type': type };
      const cut = await ask('POST', `/api/v1/files/upload/${path}`, {
        body: data.subarray(0, data.length / 2),
        headers,
      });
      assert.deepEqual([cut.status, cut.body.code], [400, 400]);
      const whole = await ask('POST', `/api/v1/files/upload/${path}`, { body: data, headers });
      assert.equal(whole.status, 200, whole.body.msg);
    }
    while ((await bytesOnDisk()).scratch.length > 0) await new Promise(setImmediate);
    assert.equal((await bytesOnDisk()).kept.length, 2);
  });

  test('broken and hostile bodies are told what is wrong, never a 500', async () => {
    const cases: readonly (readonly [string, string, string, RegExp])[] = [
      ['stream', 'application/json', '{}', /boundary|multipart/],
      ['stream', 'multipart/form-data', 'x', /boundary/],
      ['stream', 'multipart/form-data; boundary=b', 'x', /broken/],
      [
        'stream',
        'multipart/form-data; boundary=b',
        '--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nx\r\n--b--\r\n',
        /named "f"/,
      ],
      ['base64', 'application/json', '[]', /JSON object/],
      ['base64', 'application/json', '{"file_name":"x"}', /`base64_data` is missing/],
      ['base64', 'application/json', '{"base64_data":5}', /not a text/],
      ['base64', 'application/json', '{"base64_data":"%%%%"}', /not valid base64/],
      ['base64', 'application/json', `{"upload_path":"${'x'.repeat(9000)}"}`, /longer than/],
      ['url', 'application/json', '{}', /`file_url` is missing/],
      ['url', 'application/json', '{"file_url":null}', /not a text/],
    ];
    for (const [way, type, body, why] of cases) {
      const headers = { 'content-type': type };
      const { status, body: said } = await ask('POST', `/api/v1/files/upload/${way}`, { body, headers });
      assert.deepEqual([status, said.success, said.code], [400, false, 400], body.slice(0, 50));
      assert.match(said.msg, why);
    }
    for (const fields of [{ upload_path: '../x' }, { file_name: 'a/b' }, { fileName: 'x\u202ey' }]) {
      assert.equal((await stream(png, fields)).body.code, 400, JSON.stringify(fields));
    }
    assert.deepEqual((await bytesOnDisk()).kept, []);
  });

  test('whatever is sent: no 5xx, no connection that hangs, nothing half', async () => {
    const form =
      '--b\r\nContent-Disposition: form-data; name="upload_path"\r\n\r\na/b\r\n' +
      '--b\r\nContent-Disposition: form-data; name="file"; filename="x.png"\r\nContent-Type: image/png\r\n\r\n' +
      `${png.toString('latin1')}\r\n--b--\r\n`;
    const object = JSON.stringify({
      base64_data: png.toString('base64'),
      upload_path: 'a/b',
      file_name: 'x',
    });
    const noise = fc.string({
      unit: fc.constantFrom('-', 'b', '\r\n', '"', '=', ';', '{', '\0', '\xff', 'name="file"', '\\u00'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          ['stream', 'multipart/form-data; boundary=b', form],
          ['base64', 'application/json', object],
        ),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(30),
        noise,
        async ([way = '', type = '', text = ''], where, drop, put) => {
          const at = Math.floor(where ** 3 * text.length);
          const body = Buffer.from(text.slice(0, at) + put + text.slice(at + drop), 'latin1');
          const headers = { 'content-type': type };
          const { status } = await ask('POST', `/api/v1/files/upload/${way}`, { body, headers });
          assert.ok(status < 500, `${status} for ${at}, ${drop}, ${JSON.stringify(put)}`);
        },
      ),
      { numRuns: 150 },
    );
    assert.ok((await bytesOnDisk()).kept.length <= MAX_FILES);
  });

  test('the same name at the same path overrides: the old id, its link and its bytes are gone', async () => {
    const old = (await stream(png, { upload_path: 'a', file_name: 'x' })).body.data;
    const other = (await stream(png, { upload_path: 'b', file_name: 'x' })).body.data;
    const next = (await stream(png, { upload_path: 'a', file_name: 'x' })).body.data;
    assert.notEqual(next.file_id, old.file_id);
    assert.equal((await fetch(String(old.file_url))).status, 404);
    assert.equal((await fetch(String(other.file_url))).status, 200);
    assert.equal((await list()).total, 2);
    assert.equal((await bytesOnDisk()).kept.length, 2);
  });

  test('of a hundred at once as many are kept as there are places', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        json('base64', { base64_data: png.toString('base64'), file_name: `${i}` }),
      ),
    );
    assert.equal(answers.filter(({ status }) => status === 200).length, MAX_FILES);
    const refused = answers.filter(({ status }) => status !== 200);
    assert.ok(refused.every(({ status, body }) => status === 403 && body.code === 40003 && !body.success));
    assert.equal((await bytesOnDisk()).kept.length, MAX_FILES);
    assert.deepEqual((await ask('GET', '/api/v1/files/quota')).body.data, {
      user_group: 'default',
      used_files: MAX_FILES,
      max_files: MAX_FILES,
      remain_files: 0,
    });
    // A full account may still replace, and delete.
    assert.equal((await stream(png, { file_name: String((await firstOf(list())).file_name) })).status, 200);
    const { file_id } = await firstOf(list());
    assert.equal((await ask('DELETE', `/api/v1/files/${file_id}`)).status, 200);
    assert.equal((await ask('DELETE', `/api/v1/files/${file_id}`)).body.code, 404);
    assert.equal((await stream(png)).status, 200);
  });

  test('more uploads at once than there may be are told when to come again, and whose bound it is', async () => {
    const slow: Readable[] = [];
    const under: Promise<unknown>[] = [];
    const begin = (account: string) => {
      const body = new Readable({ read() {} });
      slow.push(body);
      under.push(uploads.fromBase64(account, body));
    };
    for (let i = 0; i < PARALLEL.each; i++) begin('acme');
    const mine = await fetch(`${base}/api/v1/files/upload/stream`, {
      method: 'POST',
      headers: { ...auth, 'content-type': 'multipart/form-data; boundary=b' },
      body: Buffer.alloc(MAX_BYTES),
    });
    assert.equal(mine.status, 429);
    assert.equal(mine.headers.get('retry-after'), '2');
    const told = JSON.parse(await mine.text());
    assert.deepEqual([told.success, told.code], [false, 429]);
    assert.match(told.msg, /100 uploads of this account/);
    assert.equal((await stream(png, {}, 'x.png', asOther)).status, 200, 'another account is not meant');

    for (let i = PARALLEL.each; i < PARALLEL.all; i++) begin('third');
    const theirs = await stream(png, {}, 'x.png', asOther);
    assert.deepEqual([theirs.status, theirs.body.success, theirs.body.code], [503, false, 503]);
    for (const body of slow) body.destroy();
    await Promise.all(under);
    assert.equal((await stream(png)).status, 200);
  });

  test('after its time a file is gone everywhere, and its bytes with the next sweep', async () => {
    const { file_url } = (await stream(png)).body.data;
    await clock.advance(72 * HOUR - 1);
    assert.equal((await fetch(String(file_url))).status, 200);
    await clock.advance(1);
    assert.equal((await fetch(String(file_url))).status, 404);
    assert.equal((await list()).total, 0);
    assert.equal(await uploads.sweep(), 1);
    assert.deepEqual((await bytesOnDisk()).kept, []);
  });

  test('a sweep also removes bytes whose row never came, once they are old enough', async () => {
    const { file_id } = (await stream(png)).body.data;
    await trial.deps.files.put('uploads/file-orphan0000000000000.png', png);
    await trial.deps.files.put('uploads/file-young00000000000000.png', png);
    for (const name of await readdir(join(root, 'files/uploads'))) {
      const at = new Date(clock.now() - (name.includes('young') ? 0 : 2 * HOUR));
      await utimes(join(root, 'files/uploads', name), at, at);
    }
    assert.equal(await uploads.sweep(), 0);
    assert.deepEqual(
      (await bytesOnDisk()).kept.sort(),
      [`${file_id}.png`, 'file-young00000000000000.png'].sort(),
    );
  });

  test('accounts never see each other', async () => {
    const mine = (await stream(png, { file_name: 'same.png' })).body.data;
    const theirs = (await stream(png, { file_name: 'same.png' }, 'x.png', asOther)).body.data;
    assert.deepEqual(
      ((await list()).files as { file_id: string }[]).map(({ file_id }) => file_id),
      [mine.file_id],
    );
    assert.equal((await ask('DELETE', `/api/v1/files/${theirs.file_id}`)).status, 404);
    assert.equal((await fetch(String(theirs.file_url))).status, 200);
    assert.equal(await uploads.resolve(String(theirs.file_url), 'acme'), null);
    assert.equal((await uploads.resolve(String(theirs.file_url), 'other'))?.id, theirs.file_id);
  });

  test('links are worth nothing once a sign of them differs', async () => {
    // Escapes of digits alone: %AB and %aB would be the same sign.
    const { file_url } = (await stream(png, { file_name: 'cat & dog.png' })).body.data;
    const good = new URL(String(file_url));
    assert.equal((await fetch(good)).status, 200);
    const tail = good.href.slice(base.length);
    await fc.assert(
      fc.asyncProperty(fc.nat(tail.length - 1), fc.constantFrom(...'aZ09-'), async (at, sign) => {
        const text = tail.slice(0, at) + sign + tail.slice(at + 1);
        fc.pre(text !== tail && text.startsWith('/f/'));
        const changed = `${base}${text}`;
        const status = (await fetch(changed)).status;
        assert.ok(status === 404 || status === 400, `${changed}: ${status}`);
        assert.equal(await uploads.resolve(changed, 'acme'), null);
      }),
      { numRuns: 60 },
    );
  });

  test('an own link is read from the file store, for its account alone', async () => {
    const { file_url } = (await stream(png)).body.data;
    const options = { maxBytes: 1e6, signal: new AbortController().signal, purpose: 'input' } as const;
    const fetched = await uploads.fetcherFor('acme').fetchMedia(String(file_url), options);
    assert.ok(fetched.kind === 'fetched');
    assert.equal(fetched.bytes, png.length);
    await fetched.discard();
    const theirs = await uploads.fetcherFor('other').fetchMedia(String(file_url), options);
    assert.ok(theirs.kind === 'failed' && theirs.failure.reason === 'gone');
    const small = await uploads.fetcherFor('acme').fetchMedia(String(file_url), { ...options, maxBytes: 10 });
    assert.ok(small.kind === 'failed' && small.failure.reason === 'too_large');
    // And so an upload by URL of an upload works, where the network would be forbidden.
    assert.equal((await json('url', { file_url, file_name: 'copy.png' })).status, 200);
  });

  test('without a good key every call is refused in this envelope, before a byte is read', async () => {
    for (const [method, path] of [
      ['POST', '/api/v1/files/upload/stream'],
      ['POST', '/api/v1/files/upload/base64'],
      ['POST', '/api/v1/files/upload/url'],
      ['GET', '/api/v1/files/list'],
      ['GET', '/api/v1/files/quota'],
      ['DELETE', '/api/v1/files/file-x'],
    ] as const) {
      const { status, body } = await ask(method, path, { headers: { authorization: 'Bearer sk-wrong' } });
      assert.deepEqual([status, body.success, body.code], [401, false, 401], path);
      assert.ok(typeof body.msg === 'string' && !('error' in body));
    }
    const { status, body } = await ask('GET', '/api/v1/files/list?pageSize=1000');
    assert.deepEqual([status, body.success, body.code], [400, false, 400]);
  });

  test('a disk or store that fails is 50001 and says nothing of itself', async () => {
    await rm(join(root, 'files'), { recursive: true });
    await writeFile(join(root, 'files'), 'where the folder was');
    const { status, body } = await stream(png);
    assert.deepEqual([status, body.success, body.code], [500, false, 50001]);
    assert.doesNotMatch(body.msg, /ENOENT|tmp|\//);
    assert.equal((await list()).total, 0);
  });

  test('lists come in pages, newest first', async () => {
    for (const name of ['a', 'b', 'c']) {
      await stream(png, { file_name: name });
      await clock.advance(1000);
    }
    const page = (await ask('GET', '/api/v1/files/list?page=2&pageSize=2')).body.data;
    assert.equal(page.total, 3);
    assert.equal((await firstOf(page)).file_name, 'a.png');
  });

  async function firstOf(page: unknown): Promise<Record<string, unknown>> {
    const { files } = (await page) as { files: Record<string, unknown>[] };
    const [first] = files;
    assert.ok(first);
    return first;
  }
});
