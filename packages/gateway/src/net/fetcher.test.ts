import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { PUBLIC_ADDRESS } from './fake-internet.ts';
import { createFetcher } from './fetcher.ts';
import { trustStore } from './network.ts';
import { FetchTrial, failureIn, fileIn } from './trial.ts';

const PICTURE = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(5000, 7)]);

describe('fetching media', () => {
  let trial: FetchTrial;
  beforeEach(async () => {
    trial = await FetchTrial.open();
  });
  afterEach(() => trial.close());

  it('downloads into a scratch file, hashed, and discards it on request', async () => {
    const asked: unknown[] = [];
    await trial.internet.serve((request, response) => {
      asked.push([request.method, request.url, request.headers['accept-encoding'], request.headers.host]);
      response.end(PICTURE);
    });
    const fetched = fileIn(await trial.fetch('https://media.test/a%20b.jpg?size=1'));
    assert.deepEqual(asked, [['GET', '/a%20b.jpg?size=1', 'identity', 'media.test']]);
    assert.deepEqual(await readFile(fetched.path), PICTURE);
    assert.equal(fetched.sha256, createHash('sha256').update(PICTURE).digest('hex'));
    assert.equal(fetched.bytes, PICTURE.byteLength);
    await fetched.discard();
    await fetched.discard();
  });

  it('names: unknown for good, or not answering now', async () => {
    assert.deepEqual(failureIn(await trial.fetch('https://nowhere.test/')), {
      reason: 'dns',
      temporary: false,
    });
    trial.internet.name('flaky.test', Object.assign(new Error('try again'), { code: 'ESERVFAIL' }));
    assert.deepEqual(failureIn(await trial.fetch('https://flaky.test/')), { reason: 'dns', temporary: true });
    trial.internet.name('empty.test', []);
    assert.deepEqual(failureIn(await trial.fetch('https://empty.test/')), {
      reason: 'dns',
      temporary: false,
    });
  });

  it('a refused connection', async () => {
    const fetched = await trial.fetch('https://media.test/');
    assert.equal(failureIn(fetched).reason, 'refused');
    assert.ok(fetched.kind === 'failed' && typeof fetched.heard.body === 'object');
  });

  it('certificates: expired, of another host, of nobody', async () => {
    await trial.internet.serve((_, response) => response.end(), PUBLIC_ADDRESS, 'tls-expired.pem');
    trial.internet.name('expired.test', [PUBLIC_ADDRESS]);
    assert.deepEqual(failureIn(await trial.fetch('https://expired.test/')), {
      reason: 'tls',
      problem: 'expired',
    });
    await trial.internet.serve((_, response) => response.end());
    trial.internet.name('other.test', [PUBLIC_ADDRESS]);
    assert.deepEqual(failureIn(await trial.fetch('https://other.test/')), {
      reason: 'tls',
      problem: 'wrong_host',
    });
    const strict = {
      resolve: (host: string) => trial.internet.resolve(host),
      dial: (a: string, p: number) => trial.internet.dial(a, p),
      dialProxy: (h: string, p: number) => trial.internet.dialProxy(h, p),
      trust: trustStore(),
    };
    const fetcher = createFetcher(
      { allowHttpLoopback: false, scratch: trial.scratch },
      { clock: trial.clock, network: strict },
    );
    const fetched = await fetcher.fetchMedia('https://media.test/', {
      maxBytes: 9,
      signal: new AbortController().signal,
      purpose: 'input',
    });
    assert.deepEqual(failureIn(fetched), { reason: 'tls', problem: 'untrusted' });
  });

  it('statuses', async () => {
    assert.deepEqual(await trial.failureFor((_, r) => r.writeHead(403).end('no')), {
      reason: 'needs_authentication',
      status: 403,
    });
    assert.deepEqual(await trial.failureFor((_, r) => r.writeHead(404).end()), {
      reason: 'gone',
      status: 404,
    });
    assert.equal((await trial.failureFor((_, r) => r.writeHead(206).end('x'))).reason, 'http_status');
    const fetched = await trial.fetch('https://media.test/');
    assert.ok(fetched.kind === 'failed');
    assert.deepEqual([fetched.heard.status, fetched.heard.body], [206, 'x']);
  });

  it('more than five redirects; five are followed', async () => {
    const count = (url: string) => Number(new URL(url, 'https://x').searchParams.get('n'));
    const handler: RequestListener = (request, response) => {
      const left = count(request.url ?? '');
      if (left === 0) response.end(PICTURE);
      else response.writeHead(301, { location: `/?n=${left - 1}` }).end();
    };
    assert.deepEqual(await trial.failureFor(handler, 'https://media.test/?n=6'), {
      reason: 'too_many_redirects',
      max: 5,
    });
    const fetched = fileIn(await trial.fetch('https://media.test/?n=5'));
    await fetched.discard();
  });

  it('a web page, whatever its type claims', async () => {
    const page: RequestListener = (_, r) =>
      r.writeHead(200, { 'content-type': 'image/jpeg' }).end('\n<!DOCTYPE html><html>');
    assert.deepEqual(await trial.failureFor(page), { reason: 'html_instead_of_media', site: null });
  });

  it('too large: announced, or found while reading', async () => {
    const big = Buffer.alloc(200_000, 1);
    assert.deepEqual(
      await trial.failureFor((_, r) => r.writeHead(200, { 'content-length': 200_000 }).end(big)),
      {
        reason: 'too_large',
        maxBytes: 100_000,
        actualBytes: 200_000,
      },
    );
    assert.deepEqual(
      await trial.failureFor((_, r) => r.writeHead(200, { 'transfer-encoding': 'chunked' }).end(big)),
      {
        reason: 'too_large',
        maxBytes: 100_000,
        actualBytes: null,
      },
    );
  });

  it('a compressed body, however small', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    assert.deepEqual(
      await trial.failureFor((_, r) => r.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)),
      {
        reason: 'compressed',
        encoding: 'gzip',
      },
    );
  });

  it('a connection that breaks before or within the answer', async () => {
    assert.equal((await trial.failureFor((request) => request.socket.destroy())).reason, 'interrupted');
    const half: RequestListener = (_, r) => {
      r.writeHead(200, { 'content-length': 5000 });
      r.write(PICTURE.subarray(0, 100), () => r.destroy());
    };
    assert.equal((await trial.failureFor(half)).reason, 'interrupted');
  });

  it('headers without end', async () => {
    const flood: RequestListener = (request) => {
      request.socket.end(`HTTP/1.1 200 OK\r\n${`x-a: ${'b'.repeat(900)}\r\n`.repeat(40)}\r\n`);
    };
    assert.equal((await trial.failureFor(flood)).reason, 'interrupted');
  });

  it('an endless body behind a redirect or a refusal is not read', async () => {
    const endless: RequestListener = (request, response) => {
      response.writeHead(request.url === '/first' ? 302 : 403, { location: '/second' });
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 1)));
        if (!response.destroyed) response.once('drain', pour);
      };
      pour();
    };
    assert.equal(
      (await trial.failureFor(endless, 'https://media.test/first')).reason,
      'needs_authentication',
    );
  });
});
