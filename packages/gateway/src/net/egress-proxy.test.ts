import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { TaskError } from '@sluice/errors';
import type { EgressProxy, Stranded } from './egress-proxy.ts';
import { PUBLIC_ADDRESS } from './fake-internet.ts';
import { FakeProxy, type ProxyMood } from './fake-proxy.ts';
import { createFetcher, type FetchedMedia } from './fetcher.ts';
import { FetchTrial, failureIn, fileIn, MAX_BYTES } from './trial.ts';

const PICTURE = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(5000, 7)]);
const OTHER_ADDRESS = '2606:4700:4700::1111';
const REFUSED = 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\nno';

describe('the way out through a proxy', () => {
  let trial: FetchTrial;
  let proxy: FakeProxy;
  const seen: Stranded[] = [];
  beforeEach(async () => {
    trial = await FetchTrial.open();
    proxy = await FakeProxy.open(trial.internet);
    seen.length = 0;
  });
  afterEach(async () => {
    await proxy.close();
    await trial.close();
  });

  function fetch(url: string, own: Partial<EgressProxy> = {}): Promise<FetchedMedia> {
    const egressProxy = { host: '127.0.0.1', port: proxy.port, authorization: null, ...own };
    const fetcher = createFetcher(
      { allowHttpLoopback: true, scratch: trial.scratch, egressProxy },
      { clock: trial.clock, network: trial.internet, onStranded: (why) => seen.push(why) },
    );
    const signal = new AbortController().signal;
    return fetcher.fetchMedia(url, { maxBytes: MAX_BYTES, signal, purpose: 'input' });
  }

  /** What the operator is told, where the client hears `service_unavailable`. */
  async function stranding(url: string, own: Partial<EgressProxy> = {}): Promise<Stranded> {
    await assert.rejects(fetch(url, own), (error) => {
      assert.ok(TaskError.is(error));
      assert.deepEqual([error.code, error.retry.retryable], ['service_unavailable', true]);
      assert.doesNotMatch(JSON.stringify(error), /proxy|127\.0\.0\.1|media\.test/i);
      return true;
    });
    const [why] = seen;
    assert.ok(why && seen.length === 1);
    return why;
  }

  it('asks for the checked address, resolves the name once, and speaks TLS with the name', async () => {
    const hosts: unknown[] = [];
    await trial.internet.serve((request, response) => {
      hosts.push(request.headers.host);
      response.end(PICTURE);
    });
    trial.internet.name('media.test', [PUBLIC_ADDRESS], ['127.0.0.1']);
    const fetched = fileIn(await fetch('https://media.test/a.jpg', { authorization: 'Basic dTpw' }));
    assert.equal(fetched.bytes, PICTURE.byteLength);
    await fetched.discard();
    const authority = `${PUBLIC_ADDRESS}:443`;
    assert.deepEqual(proxy.asked, [{ authority, host: authority, authorization: 'Basic dTpw' }]);
    assert.deepEqual([trial.internet.asked, hosts], [['media.test'], ['media.test']]);
    assert.deepEqual(seen, []);
  });

  it('still refuses forbidden addresses, also after a redirect, and never asks the proxy for one', async () => {
    trial.internet.name('inside.test', ['10.0.0.5']);
    for (const url of ['https://inside.test/', 'https://169.254.169.254/', 'https://[::1]/'])
      assert.equal(failureIn(await fetch(url)).reason, url.includes('::1') ? 'refused' : 'forbidden_address');
    assert.deepEqual(proxy.asked, []);
    await trial.internet.serve((_, response) =>
      response.writeHead(302, { location: 'https://inside.test/' }).end(),
    );
    assert.equal(failureIn(await fetch('https://media.test/')).reason, 'forbidden_address');
    assert.equal(proxy.asked.length, 1);
  });

  it('reaches this machine directly: behind the proxy, loopback would be the proxy itself', async () => {
    const base = await trial.internet.servePlain((_, response) => response.end(PICTURE));
    const fetched = fileIn(await fetch(`${base}/a.jpg`));
    await fetched.discard();
    assert.deepEqual(proxy.asked, []);
  });

  it('checks the certificate through the tunnel', async () => {
    await trial.internet.serve((_, response) => response.end());
    trial.internet.name('other.test', [PUBLIC_ADDRESS]);
    assert.deepEqual(failureIn(await fetch('https://other.test/')), { reason: 'tls', problem: 'wrong_host' });
  });

  it('a proxy that is not there, wants a login, refuses, or speaks no HTTP is the service’s fault', async () => {
    assert.equal((await stranding('https://media.test/', { port: 1 })).problem, 'unreachable');
    const moods: readonly (readonly [ProxyMood, Stranded['problem'], number | null])[] = [
      ['HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', 'needs_login', 407],
      ['HTTP/1.1 403 Forbidden\r\n\r\n', 'refused', 403],
      [REFUSED, 'refused', 502],
      ['SSH-2.0-OpenSSH_9.6\r\n', 'unreadable', null],
      ['', 'unreadable', null],
      ['HTTP/1.1 200 OK\r\n\r\nWelcome!', 'unreadable', 200],
      [`HTTP/1.1 200 OK\r\n${`x-a: ${'b'.repeat(900)}\r\n`.repeat(40)}\r\n`, 'unreadable', null],
    ];
    for (const [mood, problem, status] of moods) {
      seen.length = 0;
      proxy.mood = () => mood;
      const why = await stranding('https://media.test/');
      assert.deepEqual([why.problem, why.status], [problem, status], mood);
    }
  });

  it('a host that the proxy provably could not reach is the host’s fault', async () => {
    for (const proof of [
      'Proxy-Status: corp; error=connection_refused; details="x"',
      'X-Squid-Error: ERR_CONNECT_FAIL 111',
    ]) {
      proxy.mood = () => `HTTP/1.1 503 Service Unavailable\r\n${proof}\r\n\r\n`;
      assert.equal(failureIn(await fetch('https://media.test/')).reason, 'refused', proof);
    }
    proxy.mood = () => 'HTTP/1.1 502 Bad Gateway\r\nProxy-Status: corp; error=proxy_internal_error\r\n\r\n';
    await stranding('https://media.test/');
  });

  it('tries the next address, and blames itself where any refusal is unexplained', async () => {
    await trial.internet.serve((_, response) => response.end(PICTURE));
    trial.internet.name('media.test', [OTHER_ADDRESS, PUBLIC_ADDRESS]);
    proxy.mood = (authority) => (authority.startsWith('[') ? REFUSED : 'open');
    const fetched = fileIn(await fetch('https://media.test/a.jpg'));
    await fetched.discard();
    assert.deepEqual(
      proxy.asked.map(({ authority }) => authority),
      [`[${OTHER_ADDRESS}]:443`, `${PUBLIC_ADDRESS}:443`],
    );
    proxy.mood = (authority) =>
      authority.startsWith('[')
        ? REFUSED
        : 'HTTP/1.1 503 No\r\nProxy-Status: corp; error=connection_refused\r\n\r\n';
    await stranding('https://media.test/a.jpg');
  });

  it('time: without a connection to the proxy it is ours, once it is looking for the host it is the host’s', async () => {
    const fetching = async (ask: Promise<unknown>): Promise<unknown> => {
      let done = false;
      const outcome = ask.catch((error: unknown) => error).finally(() => (done = true));
      while (!done) await trial.clock.advance(1_000);
      return outcome;
    };
    proxy.mood = () => 'hang';
    const waiting = fetch('https://media.test/');
    while (proxy.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const late = await fetching(waiting);
    assert.deepEqual(late, {
      kind: 'failed',
      failure: { reason: 'timeout', stage: 'connect', limitMs: 5_000 },
      heard: Object(late).heard,
    });

    trial.internet.dialProxy = () => trial.internet.silence();
    const lost = await fetching(fetch('https://media.test/'));
    assert.ok(TaskError.is(lost) && lost.code === 'service_unavailable', String(lost));
    assert.equal(seen[0]?.problem, 'unreachable');
  });
});
