/** The operator's commands against a whole gateway, with nothing but the folder it was started in. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Sluice } from '@sluice/client';
import { createGateway, loadConfig } from '@sluice/gateway';
import { runCli } from './testing/run-cli.ts';

test('a failure nobody knows is found, looked into and tried, and its route is drained', async () => {
  await using world = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-operate-'));
  world.defer(() => rm(folder, { recursive: true, force: true }));
  await writeFile(
    join(folder, 'sluice.config.yaml'),
    'server: { port: 0 }\nlog: { level: silent }\ndata_folder: ./kept\n',
  );
  const loaded = loadConfig({ cwd: folder, env: {} });
  assert.ok(loaded.kind === 'ok');
  const gateway = await createGateway(loaded.config);
  world.defer(() => gateway.close());
  const { url, firstKey } = await gateway.listen();
  const sluice = new Sluice({ baseUrl: url, apiKey: String(firstKey) });
  const run = (...args: string[]) => runCli([...args, '--url', url], {}, folder);

  const { id } = await sluice.images.generate(
    { model: 'studio-image-1', prompt: 'a pier rehearse:unknown_error@submit' },
    { waitSeconds: 20 },
  );
  const found = await run('unknowns');
  assert.match(found.out, /^1 x {2}studio, submit, 409\n[\s\S]*code="moon_in_the_way"/, found.err);
  assert.ok(found.out.includes(id));

  const seen = await run('inspect', id);
  assert.match(
    seen.out,
    /said +studio, submit, 409[\s\S]*The moon is in the way\.[\s\S]*rule +studio\/error\.code/,
  );

  const route = /Attempt 1 {2}(\S+)/.exec(seen.out)?.[1] ?? '';
  assert.match((await run('routes', 'drain', route)).out, /: drained\n$/);
  const refused = await sluice.images.generate(
    { model: 'studio-image-1', prompt: 'a pier' },
    { waitSeconds: 20 },
  );
  assert.equal(refused.status === 'failed' && refused.error.code, 'service_unavailable');
  assert.match((await run('routes', 'undrain', route)).out, /: healthy\n$/);
  const made = await sluice.images.generate(
    { model: 'studio-image-1', prompt: 'a pier' },
    { waitSeconds: 20 },
  );
  assert.equal(made.status, 'completed');

  assert.match(
    (await runCli(['routes', '--url', url, '--operator-key', String(firstKey)], {}, folder)).err,
    /does not know this operator key/,
  );
});

test('a limit of the client is rehearsed to the second', async () => {
  await using world = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-limit-'));
  world.defer(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'sluice.config.yaml'), 'server: { port: 0 }\nlog: { level: silent }\n');
  const loaded = loadConfig({ cwd: folder, env: {} });
  assert.ok(loaded.kind === 'ok');
  const gateway = await createGateway(loaded.config);
  world.defer(() => gateway.close());
  const { url, firstKey } = await gateway.listen();
  const sluice = new Sluice({ baseUrl: url, apiKey: String(firstKey) });
  const prompt = 'a pier rehearse:quota_exceeded/concurrency_limit';
  const task = await sluice.images.generate({ model: 'studio-image-1', prompt }, { waitSeconds: 20 });
  assert.ok(task.status === 'failed');
  assert.equal(task.error.code, 'quota_exceeded');
  assert.equal(task.error.subtype, 'concurrency_limit');
  assert.deepEqual(task.error.retry, { retryable: true, action: 'reduce_frequency', after_seconds: 12 });
  assert.equal(task.attempts.length, 1, 'no other route would lift it');
});
