import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { TaskError } from '@sluice/errors';
import { Sluice } from './client.ts';
import type { FileSource } from './files.ts';
import { type Reply, startFakeGateway } from './testing/fake-gateway.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-client-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const timing = { random: () => 0.5, sleep: () => Promise.resolve() };
const file = (id: string, sha256 = id) => ({
  file_id: id,
  file_name: `${id}.png`,
  original_name: 'x.png',
  file_size: 3,
  mime_type: 'image/png',
  sha256,
  upload_path: '',
  file_url: `http://x.test/f/${id}/${id}.png?e=1&s=2`,
  download_url: `http://x.test/f/${id}/${id}.png?e=1&s=2&download=1`,
  upload_time: 1,
  expires_at: '2026-11-25T10:00:00Z',
});
const good = (data: unknown): Reply => ({ json: { success: true, code: 200, msg: 'success', data } });
const bad = (status: number, code: number, headers = {}): Reply => ({
  status,
  headers,
  json: { success: false, code, msg: 'What happened. What to do.', request_id: 'req_7' },
});

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

test('a file goes up from a path, bytes, a stream or a URL, with its name and folder', async () => {
  await using gateway = await startFakeGateway(() => good(file('file-1')));
  const sluice = new Sluice({ baseUrl: gateway.url, apiKey: 'k', timing });
  const path = join(folder, 'he"ron.png');
  await writeFile(path, 'abc');
  const sent: number[] = [];
  const sources: FileSource[] = [
    { path },
    { bytes: new TextEncoder().encode('abc') },
    { bytes: new Blob(['abc']) },
    { stream: pieces('a', 'bc') },
  ];
  for (const source of sources) {
    const options = { name: 'h.png', folder: 'birds', onProgress: (bytes: number) => sent.push(bytes) };
    assert.equal((await sluice.files.upload(source, options)).file_id, 'file-1');
    const request = gateway.requests.at(-1);
    assert.equal(request?.path, '/api/v1/files/upload/stream');
    const type = String(request?.headers['content-type']);
    const form = await new Response(String(request?.body), { headers: { 'content-type': type } }).formData();
    assert.deepEqual([form.get('file_name'), form.get('upload_path')], ['h.png', 'birds']);
    const part = form.get('file');
    assert.ok(part instanceof File);
    assert.equal(await part.text(), 'abc');
    assert.equal(part.name, 'path' in source ? 'he"ron.png' : 'h.png');
  }
  assert.deepEqual(sent, [3, 1, 3]);

  await sluice.files.upload({ url: 'https://x.test/a.png' }, { name: 'a.png' });
  assert.deepEqual(gateway.requests.at(-1)?.body, { file_url: 'https://x.test/a.png', file_name: 'a.png' });
  await assert.rejects(sluice.files.upload({ path: join(folder, 'none') }), { code: 'ENOENT' });
});

test('an upload is sent again only where that does no more than once', async () => {
  await using gateway = await startFakeGateway((_, count) =>
    count % 2 ? bad(503, 503) : good(file('file-1')),
  );
  const sluice = new Sluice({ baseUrl: gateway.url, apiKey: 'k', timing });
  const path = join(folder, 'again.png');
  await writeFile(path, 'abc');
  await sluice.files.upload({ path }, { name: 'a.png' });
  assert.equal(gateway.requests.length, 2);
  assert.ok(
    gateway.requests.every(({ body }) => String(body).includes('abc')),
    'read again from its beginning',
  );
  for (const source of [{ path }, { stream: pieces('abc') }]) {
    const options = 'stream' in source ? { name: 'a.png' } : {};
    await assert.rejects(sluice.files.upload(source, options), { code: 'service_unavailable' });
    gateway.requests.pop();
    await sluice.files.quota();
  }
});

test('files are listed, found by id and by content over all pages, and deleted', async () => {
  const all = Array.from({ length: 230 }, (_, i) => file(`file-${i}`));
  await using gateway = await startFakeGateway(({ path, method }) => {
    if (method === 'DELETE') return good({ file_id: 'file-9' });
    const query = new URL(path, 'http://x').searchParams;
    const [page, size] = [Number(query.get('page')), Number(query.get('pageSize'))];
    const files = all.slice((page - 1) * size, page * size);
    return good({ total: all.length, page, page_size: size, files });
  });
  const { files } = new Sluice({ baseUrl: gateway.url, apiKey: 'k', timing });
  assert.equal((await files.list({ page: 2, pageSize: 50 })).files[0]?.file_id, 'file-50');
  assert.equal((await files.get('file-229')).file_id, 'file-229');
  assert.equal((await files.findByHash('file-120'))?.file_id, 'file-120');
  assert.equal(await files.findByHash('none'), null);
  assert.equal((await Array.fromAsync(files.all())).length, 230);
  await assert.rejects(files.get('file-x'), { code: 'resource_not_found' });
  await files.delete('file-9');
  assert.equal(gateway.requests.at(-1)?.path, '/api/v1/files/file-9');
});

test('every refusal of the files API is the one class of error', async () => {
  const cases = [
    [413, 40001, 'invalid_parameters', 'file_too_large'],
    [415, 40002, 'invalid_parameters', 'unsupported_format'],
    [403, 40003, 'quota_exceeded', null],
    [400, 40004, 'image_processing_error', 'url_inaccessible'],
    [400, 400, 'invalid_parameters', 'general'],
    [401, 401, 'unauthorized', null],
    [403, 403, 'forbidden', null],
    [404, 404, 'resource_not_found', null],
    [429, 429, 'quota_exceeded', 'concurrency_limit'],
    [500, 50001, 'service_error', null],
  ] as const;
  for (const [status, code, name, subtype] of cases) {
    await using gateway = await startFakeGateway(() => bad(status, code, { 'retry-after': '2' }));
    const sluice = new Sluice({ baseUrl: gateway.url, apiKey: 'k', timing });
    const error = await sluice.files.quota().catch((thrown: unknown) => thrown);
    assert.ok(TaskError.is(error), String(code));
    assert.deepEqual([error.code, error.subtype, error.requestId], [name, subtype, 'req_7'], String(code));
    assert.match(error.message, /What happened\. What to do\./);
    if (status === 429) assert.equal(error.retry.after_seconds, 2);
  }
});
