import assert from 'node:assert/strict';
import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { FileStore } from '../files/files.ts';
import { openLocalFiles } from '../files/local.ts';
import { FakeInternet, PUBLIC_ADDRESS } from '../net/fake-internet.ts';
import { createFetcher, type Fetcher } from '../net/fetcher.ts';
import type { OutputSource } from '../upstream/adapter.ts';
import { createChecker, type MediaChecker } from './checker.ts';
import { type TakeOverOptions, type TakeOverOutcome, takeOver } from './results.ts';
import { sampleHeic, sampleImage, sampleVideo, sampleWav } from './sample-media.ts';

describe('taking over results', () => {
  let folder: string;
  let files: FileStore;
  let fetcher: Fetcher;
  let checker: MediaChecker;
  let internet: FakeInternet;
  let png: Buffer;
  let served: Buffer[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-results-'));
    files = await openLocalFiles(join(folder, 'files'));
    checker = createChecker({ workers: 1 });
    internet = new FakeInternet();
    internet.name('media.test', [PUBLIC_ADDRESS]);
    await internet.serve((request, response) => {
      if (request.url === '/busy') response.writeHead(503, { 'x-why': 'overload' }).end('busy');
      else response.end(served.length > 1 ? served.shift() : served[0]);
    });
    fetcher = createFetcher(
      { allowHttpLoopback: false, scratch: join(folder, 'scratch') },
      { network: internet },
    );
    png = await sampleImage('png', 64, 48);
  });
  after(async () => {
    await internet.close();
    await checker.close();
    await rm(folder, { recursive: true, force: true });
  });

  function take(source: OutputSource, changes: Partial<TakeOverOptions> = {}): Promise<TakeOverOutcome> {
    const signal = new AbortController().signal;
    return takeOver(source, {
      kind: 'image',
      key: 'results/t/1.png',
      files,
      fetcher,
      checker,
      signal,
      provider: 'fal',
      ...changes,
    });
  }

  const bytes = (data: Uint8Array): OutputSource => ({ kind: 'bytes', data, mimeType: 'image/png' });
  const url = (path = '/a.png'): OutputSource => ({
    kind: 'url',
    url: `https://media.test${path}`,
    mimeType: null,
  });

  it('stores bytes with the facts it found itself', async () => {
    const outcome = await take(bytes(await sampleImage('jpeg', 64, 48)));
    assert.ok(outcome.kind === 'stored');
    assert.deepEqual(
      [outcome.fileKey, outcome.mimeType, outcome.width, outcome.height, outcome.duration],
      ['results/t/1.png', 'image/jpeg', 64, 48, null],
    );
    assert.equal((await files.stat('results/t/1.png'))?.bytes, outcome.bytes);
  });

  it('moves a file, and gives the same again where a crash lost the answer', async () => {
    const path = join(folder, 'made.webm');
    await writeFile(path, await sampleVideo('webm', 32, 32, 1));
    const options = { kind: 'video', key: 'results/t/1.webm' } as const;
    const first = await take({ kind: 'file', path, mimeType: null }, options);
    assert.ok(first.kind === 'stored');
    assert.ok(first.duration !== null && first.duration > 0.9);
    await assert.rejects(access(path));
    assert.deepEqual(await take({ kind: 'file', path, mimeType: null }, options), first);
  });

  it('says that a file which is nowhere cannot be reached', async () => {
    const outcome = await take(
      { kind: 'file', path: join(folder, 'none'), mimeType: null },
      { key: 'results/none/1.png' },
    );
    assert.equal(outcome.kind, 'unreachable');
  });

  it('downloads a URL and leaves no scratch file', async () => {
    served = [png];
    const outcome = await take(url());
    assert.ok(outcome.kind === 'stored');
    assert.equal(outcome.bytes, png.byteLength);
    assert.deepEqual(await readdir(join(folder, 'scratch')), []);
  });

  it('fetches a damaged download once more, and believes it the second time', async () => {
    served = [png.subarray(0, 1500), png];
    assert.equal((await take(url())).kind, 'stored');
    served = [png.subarray(0, 1500)];
    assert.deepEqual(await take(url()), {
      kind: 'unusable',
      why: 'the output is a PNG image that ends too early: it is truncated or damaged',
    });
  });

  it('keeps what was heard when a download fails', async () => {
    const outcome = await take(url('/busy'));
    assert.ok(outcome.kind === 'unreachable');
    const { provider, phase, status, headers, body } = outcome.evidence;
    assert.deepEqual(
      [provider, phase, status, headers['x-why'], body],
      ['fal', 'download', 503, 'overload', 'busy'],
    );
    const forbidden = await take({ kind: 'url', url: 'https://169.254.169.254/', mimeType: null });
    assert.equal(forbidden.kind, 'unreachable');
  });

  it('refuses what is not whole media of the right kind, and stores nothing of it', async () => {
    const why = async (data: Uint8Array, kind: TakeOverOptions['kind'] = 'image') => {
      const outcome = await take(bytes(data), { kind, key: 'results/refused/1' });
      return outcome.kind === 'unusable' ? outcome.why : outcome.kind;
    };
    assert.equal(await why(Buffer.alloc(0)), 'the output is an empty file');
    assert.equal(await why(Buffer.from('{"detail":"error"}')), 'the output is plain text');
    assert.equal(await why(png, 'video'), 'the output is a PNG image, not a video');
    assert.equal(await why(sampleWav(0.2)), 'the output is a WAV audio file, not an image');
    assert.equal(await why(sampleHeic(100, 100)), 'the output is a HEIC image, which cannot be checked');
    assert.equal(
      await why(png.subarray(0, 900)),
      'the output is a PNG image that ends too early: it is truncated or damaged',
    );
    assert.equal(await why(sampleWav(0.2), 'audio'), 'stored');
    await files.remove('results/refused/1');
    assert.equal(await files.stat('results/refused/1'), null);
  });
});
