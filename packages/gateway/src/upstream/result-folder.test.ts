import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Call, json, type ProviderEmulator, type Reply, startEmulator } from '@sluice/sandbox';
import { systemClock } from '../clock.ts';
import { createCaller } from './call.ts';
import { createResultFolder, type ResultFolder, type ResultSource } from './result-folder.ts';

interface Bench {
  readonly results: ResultFolder;
  readonly folder: string;
  readonly calls: readonly Call[];
  readonly source: ResultSource;
}

const ctx = { clock: systemClock, signal: new AbortController().signal };
const FILE: Reply = {
  kind: 'bytes',
  status: 200,
  body: Buffer.from('a clip'),
  type: 'video/mp4; codecs=avc1',
};

async function withBench(answer: (call: Call) => Reply, body: (bench: Bench) => Promise<void>) {
  const emulator: ProviderEmulator = { provider: 'any', scenarios: [], jobsMade: () => 0, answer };
  const running = await startEmulator(emulator);
  const folder = await mkdtemp(join(tmpdir(), 'results-'));
  const caller = createCaller({ provider: 'any', api: 'any', secrets: [] });
  const results = createResultFolder(join(folder, 'made', 'later'), caller);
  const source = { job: 'job 1', index: 0, url: `${running.url}/clip`, headers: { 'x-key': 'secret' } };
  try {
    await body({ results, folder, calls: running.calls, source });
  } finally {
    await caller.close();
    await running.close();
    await rm(folder, { recursive: true });
  }
}

test('a result is fetched with the key, and gone when it is dropped', async () => {
  await withBench(
    () => FILE,
    async ({ results, source, calls, folder }) => {
      const taken = await results.take(source, ctx);
      if (taken.kind !== 'taken' || taken.output.kind !== 'file') assert.fail(JSON.stringify(taken));
      assert.equal(await readFile(taken.output.path, 'utf8'), 'a clip');
      assert.equal(taken.output.mimeType, 'video/mp4');
      assert.equal(calls[0]?.headers['x-key'], 'secret');
      await results.drop(source.job);
      assert.deepEqual(await readdir(join(folder, 'made', 'later')), []);
      await results.drop('never there');
    },
  );
});

test('what was fetched whole is not fetched again; what broke off is', async () => {
  let broken = true;
  const answer = (): Reply => (broken ? { kind: 'hang_up', after: 'headers' } : FILE);
  await withBench(answer, async ({ results, source, calls }) => {
    const first = await results.take(source, ctx);
    if (first.kind !== 'refused') assert.fail(first.kind);
    assert.equal(first.answer.kind, 'silence');
    broken = false;
    const second = await results.take(source, ctx);
    assert.equal(second.kind, 'taken');
    await results.take(source, ctx);
    assert.equal(calls.length, 2);
    await results.take({ ...source, index: 1 }, ctx);
    assert.equal(calls.length, 3);
  });
});

test('a file that breaks off in the middle is no result', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': 1_000 });
    response.write('half a cl', () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : assert.fail();
  await withBench(
    () => FILE,
    async ({ results, source }) => {
      const taken = await results.take({ ...source, url: `http://127.0.0.1:${port}/clip` }, ctx);
      assert.equal(taken.kind === 'refused' && taken.answer.kind, 'silence');
      const again = await results.take(source, ctx);
      assert.equal(again.kind, 'taken');
    },
  );
  server.closeAllConnections();
  server.close();
});

test('a draft that a crash left is not taken for a result', async () => {
  await withBench(
    () => FILE,
    async ({ results, source }) => {
      const taken = await results.take(source, ctx);
      if (taken.kind !== 'taken' || taken.output.kind !== 'file') assert.fail(JSON.stringify(taken));
      const { path } = taken.output;
      await rm(path);
      await writeFile(`${path}.part`, 'half a cl');
      await results.take(source, ctx);
      assert.equal(await readFile(path, 'utf8'), 'a clip');
    },
  );
});

test('a redirect is followed with the key on the same host only', async () => {
  const to = (location: string) =>
    json(302, { error: { code: 302, message: 'Unknown Error.' } }, { location });
  const answer = ({ path, origin }: Call): Reply => {
    if (path === '/clip') return to('/moved');
    if (path === '/moved') return to(`${origin.replace('127.0.0.1', 'localhost')}/elsewhere`);
    return FILE;
  };
  await withBench(answer, async ({ results, source, calls }) => {
    const taken = await results.take(source, ctx);
    if (taken.kind !== 'taken' || taken.output.kind !== 'url') assert.fail(JSON.stringify(taken));
    assert.match(taken.output.url, /^http:\/\/localhost:\d+\/elsewhere$/);
    assert.deepEqual(
      calls.map(({ path, headers }) => [path, headers['x-key']]),
      [
        ['/clip', 'secret'],
        ['/moved', 'secret'],
      ],
    );
  });
});

test('redirects without end, errors and pages are no results', async () => {
  const replies: readonly Reply[] = [
    json(302, {}, { location: '/clip' }),
    json(302, {}),
    json(200, { error: 'not yet' }),
    { kind: 'text', status: 200, type: 'text/html', body: '<html></html>' },
    json(404, { error: 'gone' }),
  ];
  for (const reply of replies) {
    await withBench(
      () => reply,
      async ({ results, source, calls }) => {
        const taken = await results.take(source, ctx);
        assert.equal(taken.kind, 'refused', JSON.stringify(reply));
        assert.ok(calls.length <= 6);
      },
    );
  }
});

test('what a crash left behind is removed after some days', async () => {
  await withBench(
    () => FILE,
    async ({ results, source, folder }) => {
      const [old, recent] = [join(folder, 'made', 'later', 'old'), join(folder, 'made', 'later', 'recent')];
      for (const path of [old, recent]) await mkdir(path, { recursive: true });
      const fourDaysAgo = (systemClock.now() - 4 * 24 * 60 * 60_000) / 1000;
      await utimes(old, fourDaysAgo, fourDaysAgo);
      await results.take(source, ctx);
      const left = await readdir(join(folder, 'made', 'later'));
      assert.ok(left.includes('recent') && !left.includes('old'), left.join());
    },
  );
});
