/** Uploads in a whole gateway: an uploaded file as the input of a task, on an address the guard would never open. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createKey } from '../api-keys.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/config.ts';
import { createGateway, type Gateway } from '../gateway.ts';
import { sampleImage } from '../media/sample-media.ts';

describe('uploads in a whole gateway', () => {
  let folder: string;
  let gateway: Gateway;
  let url: string;
  let mine: string;
  let theirs: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-uploads-'));
    const text = 'server: { port: 0 }\nlog: { level: silent }\naccounts: { mine: {}, theirs: {} }\n';
    const read = readConfig(text, folder, {});
    if (read.kind !== 'ok') throw new Error(JSON.stringify(read.problems));
    assert.equal(read.config.inputs.allowHttpLoopback, false);
    gateway = await createGateway(read.config);
    ({ url } = await gateway.listen());
    mine = await createKey(gateway.store, systemClock, 'mine', 'test');
    theirs = await createKey(gateway.store, systemClock, 'theirs', 'test');
  });
  after(async () => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function call(key: string, path: string, body: FormData | object) {
    const isForm = body instanceof FormData;
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        ...(isForm ? {} : { 'content-type': 'application/json' }),
        prefer: 'wait=20',
      },
      body: isForm ? body : JSON.stringify(body),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  }

  async function upload(): Promise<{ file_url: string; file_id: string }> {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(await sampleImage('png', 512, 512))]), '猫.png');
    return (await call(mine, '/api/v1/files/upload/stream', form)).body.data;
  }

  const edit = (file_url: string) => ({
    model: 'studio-image-1',
    prompt: 'the same at night',
    image_urls: [file_url],
  });

  it('a link of an upload is an input like any other', async () => {
    const { file_url } = await upload();
    assert.ok(file_url.startsWith('http://127.0.0.1'));
    const preflight = await call(mine, '/v1/preflight', edit(file_url));
    assert.deepEqual([preflight.body.ok, preflight.body.issues], [true, []]);
    const task = await call(mine, '/v1/images/generations', edit(file_url));
    assert.equal(task.body.status, 'completed', JSON.stringify(task.body));
  });

  it('of another account, or of a file that was deleted, it is gone', async () => {
    const { file_url, file_id } = await upload();
    const foreign = await call(theirs, '/v1/images/generations', edit(file_url));
    assert.equal(foreign.body.status, 'failed');
    assert.equal(foreign.body.error.code, 'image_processing_error');
    assert.equal(foreign.body.error.subtype, 'url_inaccessible');

    const headers = { authorization: `Bearer ${mine}` };
    assert.equal((await fetch(`${url}/api/v1/files/${file_id}`, { method: 'DELETE', headers })).status, 200);
    const late = await call(mine, '/v1/images/generations', edit(file_url));
    assert.deepEqual(
      [late.body.error.code, late.body.error.subtype],
      ['image_processing_error', 'url_inaccessible'],
    );
  });

  it('any other address of this machine stays forbidden, also one that only looks like a link', async () => {
    for (const bad of [`${url}/healthz`, `${url}/f/x`, `${url}/f/../v1/tasks/x`]) {
      const { status, body } = await call(mine, '/v1/images/generations', edit(bad));
      assert.deepEqual([status, body.error.code], [400, 'invalid_parameters'], bad);
    }
  });
});
