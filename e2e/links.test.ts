/** Each way a link can fail, by real servers through the door of a whole gateway; the operator's lists; and the way out through a proxy. */
import assert from 'node:assert/strict';
import type { RequestListener, ServerResponse } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { sampleImage } from '../packages/gateway/src/media/sample-media.ts';
import { FakeInternet, PUBLIC_ADDRESS } from '../packages/gateway/src/net/fake-internet.ts';
import { FakeProxy } from '../packages/gateway/src/net/fake-proxy.ts';
import type { Refusal } from './client.ts';
import { type OnFakeInternet, openOnFakeInternet } from './on-fake-internet.ts';

const UNREACHABLE = '8.8.4.4';
const SHARING = '93.184.215.15';
const EXPIRED = '93.184.215.16';
const NOBODY = '93.184.215.17';
const PLAIN = '93.184.215.18';
const LATE = 'X-Amz-Date=20200101T000000Z&X-Amz-Expires=60';

/** Some names and addresses never answer. */
class StuckInternet extends FakeInternet {
  reached = false;
  override resolve(host: string): Promise<readonly string[]> {
    if (host !== 'stuck.media.test') return super.resolve(host);
    this.reached = true;
    return new Promise(() => {});
  }
  override dial(address: string, port: number): Socket {
    if (address !== '1.0.0.1') return super.dial(address, port);
    this.reached = true;
    return this.silence();
  }
}

interface Failing {
  readonly url: string;
  readonly reason: string;
  readonly says: RegExp;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly retryable?: boolean;
  /** Where it is a matter of time: how it passes. */
  readonly stepMs?: number;
}

const at = (path: string, reason: string, says: RegExp, more: Partial<Failing> = {}): Failing => ({
  url: `https://media.test/${path}`,
  reason,
  says,
  ...more,
});
const http = (status: number) => ({ details: { http_status: status } });
const late = (stage: string, limit_seconds: number) => ({
  details: { stage, limit_seconds },
  retryable: true,
  stepMs: 1000,
});

const LINKS: readonly Failing[] = [
  at('401', 'needs_authentication', /needs a login or permission/, http(401)),
  at('403', 'needs_authentication', /needs a login or permission/, http(403)),
  at('404', 'gone', /Nothing is at image_urls\[0\]/, http(404)),
  at('410', 'gone', /Nothing is at/, http(410)),
  at(`403?${LATE}`, 'expired_link', /signed link whose time is over/, http(403)),
  at('404?ex=5e0be100&is=1&hm=x', 'expired_link', /signed link/, http(404)),
  at('said-expired', 'expired_link', /signed link/, http(403)),
  at('cloudflare', 'blocked', /guarded by Cloudflare/, { details: { blocked_by: 'Cloudflare' } }),
  at('akamai', 'blocked', /guarded by Akamai/, { details: { blocked_by: 'Akamai' } }),
  at('418', 'http_status', /answered 418/, http(418)),
  at('503', 'http_status', /answered 503/, { ...http(503), retryable: true }),
  at('429', 'http_status', /answered 429/, { ...http(429), retryable: true }),
  at('page', 'html_instead_of_media', /is a web page, not an image/),
  {
    ...at('', 'html_instead_of_media', /is a web page of Google Drive/),
    url: 'https://drive.google.com/file/d/1',
  },
  {
    ...at('', 'html_instead_of_media', /is a web page of Dropbox/),
    url: 'https://www.dropbox.com/s/1?to=login',
  },
  at('gzip', 'compressed', /sends the file compressed/),
  at('cut', 'interrupted', /broke off/, { retryable: true }),
  at('loop', 'too_many_redirects', /redirects more than 5 times/),
  at('inside', 'forbidden_address', /does not lead to the public internet/),
  at('down', 'forbidden_scheme', /only https: links/),
  { ...at('', 'forbidden_port', /names port 22/), url: 'https://media.test:22/' },
  { ...at('', 'forbidden_address', /public internet/), url: 'https://[::ffff:10.0.0.1]/' },
  { ...at('', 'dns', /host of image_urls\[0\] does not exist/), url: 'https://absent.media.test/' },
  {
    ...at('', 'dns', /could not be looked up just now/, { retryable: true }),
    url: 'https://flaky.media.test/',
  },
  { ...at('', 'refused', /could not be connected to/, { retryable: true }), url: 'https://dead.media.test/' },
  {
    ...at('', 'tls', /certificate has expired/),
    url: 'https://expired.test/',
    details: { problem: 'expired' },
  },
  {
    ...at('', 'tls', /belongs to another host/),
    url: 'https://other.test/',
    details: { problem: 'wrong_host' },
  },
  {
    ...at('', 'tls', /not issued by an authority/),
    url: 'https://nobody.media.test/',
    details: { problem: 'untrusted' },
  },
  { ...at('', 'tls', /no secure connection/, { retryable: true }), url: 'https://plain.media.test/' },
  {
    ...at('', 'timeout', /could not be looked up within 5 s/, late('dns', 5)),
    url: 'https://stuck.media.test/',
  },
  {
    ...at('', 'timeout', /did not accept a connection within 5 s/, late('connect', 5)),
    url: 'https://1.0.0.1/',
  },
  at('silent', 'timeout', /did not begin to answer within 15 s/, late('headers', 15)),
  at('trickle', 'timeout', /sent almost nothing within 10 s/, late('slow_body', 10)),
  at('steady', 'timeout', /not downloaded completely within 30 s/, late('total', 30)),
];

describe('links, through the door of a whole gateway', () => {
  const internet = new StuckInternet();
  let world: OnFakeInternet;
  let plain: Server;
  let picture: Buffer;
  let fetched = 0;

  const answer: RequestListener = (request, response) => {
    internet.reached = true;
    const [path = '', query = ''] = (request.url ?? '').slice(1).split('?');
    if (/^\d{3}$/.test(path)) return void response.writeHead(Number(path)).end();
    const answers: Readonly<Record<string, (to: ServerResponse) => unknown>> = {
      'good.jpg': (to) => {
        fetched++;
        to.end(picture);
      },
      'said-expired': (to) => to.writeHead(403).end('<Error><Message>Request has expired</Message></Error>'),
      cloudflare: (to) => to.writeHead(403, { 'cf-mitigated': 'challenge' }).end(),
      akamai: (to) => to.writeHead(403, { server: 'AkamaiGHost' }).end(),
      gzip: (to) => to.writeHead(200, { 'content-encoding': 'gzip' }).end(picture),
      cut: (to) => {
        to.writeHead(200, { 'content-length': picture.byteLength });
        to.write(picture.subarray(0, 100), () => to.destroy());
      },
      loop: (to) => to.writeHead(302, { location: '/loop' }).end(),
      inside: (to) => to.writeHead(307, { location: 'https://169.254.169.254/latest/meta-data' }).end(),
      down: (to) => to.writeHead(301, { location: 'http://media.test/good.jpg' }).end(),
      announced: (to) => to.writeHead(200, { 'content-length': 2_000_000_000 }).write(picture),
      endless: pour,
      silent: () => {},
      trickle: (to) => to.write(picture.subarray(0, 100)),
      steady: (to) => {
        // Enough for the floor, for ever: each time the clock moves.
        const more = () => to.destroyed || to.write(Buffer.alloc(4096, 1), () => setImmediate(more));
        more();
      },
    };
    if (query === 'to=login')
      return void response.writeHead(302, { location: 'https://media.test/page' }).end();
    (answers[path] ?? ((to) => to.end('<!doctype html><title>photo</title>')))(response);
  };

  before(async () => {
    picture = await sampleImage('jpeg', 320, 240);
    await internet.serve(answer);
    await internet.serve(answer, SHARING, 'tls-sharing.pem');
    await internet.serve(answer, EXPIRED, 'tls-expired.pem');
    await internet.serve(answer, NOBODY, 'tls-nobody.pem');
    plain = createServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('220 ready\r\n'),
    );
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const place = plain.address();
    internet.put(PLAIN, typeof place === 'object' && place ? place.port : 0);
    for (const host of ['drive.google.com', 'www.dropbox.com']) internet.name(host, [SHARING]);
    internet.name('expired.test', [EXPIRED]);
    internet.name('other.test', [PUBLIC_ADDRESS]);
    internet.name('nobody.media.test', [NOBODY]);
    internet.name('plain.media.test', [PLAIN]);
    internet.name('dead.media.test', [UNREACHABLE]);
    internet.name('flaky.media.test', Object.assign(new Error('try again'), { code: 'ESERVFAIL' }));
    world = await openOnFakeInternet(internet);
  });
  after(async () => {
    await world.close();
    await internet.close();
    await new Promise((resolve) => plain.close(resolve));
  });

  for (const { url, reason, says, details = {}, retryable = false, stepMs = 1 } of LINKS) {
    it(`${url}: ${reason}`, async () => {
      internet.reached = false;
      const { status, error } = await world.submit([url], () =>
        internet.reached || stepMs === 1 ? stepMs : 0,
      );
      assert.equal(status, 'failed');
      assert.ok(error);
      const subtype = retryable ? 'network' : 'url_inaccessible';
      assert.deepEqual(
        [error.code, error.subtype, error.param],
        ['image_processing_error', subtype, 'image_urls[0]'],
      );
      assert.equal(error.details.reason, reason);
      assert.match(error.message, says);
      assert.equal(error.retry.retryable, retryable);
      for (const [name, value] of Object.entries(details)) assert.equal(error.details[name], value, name);
      if (stepMs > 1) return;

      const body = { model: 'studio-image-1', prompt: 'a pond', image_urls: [url] };
      const looked = await world.ask<{ ok: boolean; issues: readonly Refusal[] }>(
        'POST',
        '/v1/preflight',
        body,
      );
      assert.equal(looked.status, 200, JSON.stringify(looked.body));
      assert.deepEqual(
        looked.body.issues.map((issue) => issue.message),
        [error.message],
      );
      const upload = { file_url: url };
      const file = await world.ask<{ code: number; msg: string }>('POST', '/api/v1/files/upload/url', upload);
      assert.deepEqual([file.status, file.body.code], [400, 40004]);
      assert.match(file.body.msg, new RegExp(says.source.replace(/image_urls\\\[0\\\]/, 'file_url')));
    });
  }

  it('too large, announced or found while reading', async () => {
    for (const path of ['announced', 'endless']) {
      const { error } = await world.submit([`https://media.test/${path}`]);
      assert.deepEqual(
        [error?.code, error?.subtype, error?.details.reason, error?.details.actual_bytes],
        [
          'invalid_parameters',
          'file_too_large',
          'too_large',
          path === 'announced' ? 2_000_000_000 : undefined,
        ],
      );
    }
  });

  it('the same link twice is fetched once', async () => {
    fetched = 0;
    const url = 'https://media.test/good.jpg';
    const task = await world.submit([url, url]);
    assert.deepEqual([task.status, fetched], ['completed', 1], JSON.stringify(task.error));
  });
});

function pour(to: ServerResponse): void {
  while (!to.destroyed && to.write(Buffer.alloc(65_536, 1)));
  if (!to.destroyed) to.once('drain', () => pour(to));
}

describe('the operator’s lists', () => {
  it('keep inputs to the hosts and ports that the configuration names', async () => {
    const internet = new FakeInternet();
    const picture = await sampleImage('jpeg', 320, 240);
    await internet.serve((_, response) => response.end(picture));
    for (const host of ['cdn.media.test', 'bad.media.test']) internet.name(host, [PUBLIC_ADDRESS]);
    internet.name('other.test', [PUBLIC_ADDRESS]);
    const world = await openOnFakeInternet(
      internet,
      'network: { allow_hosts: [Media.test], deny_hosts: [bad.media.test], ports: [443, 9443] }',
    );
    try {
      const reason = async (url: string) => {
        const { status, error } = await world.submit([url]);
        return error ? error.details.reason : status;
      };
      assert.equal(await reason('https://cdn.media.test/a.jpg'), 'completed');
      assert.equal(await reason('https://media.test:9443/a.jpg'), 'completed');
      assert.equal(await reason('https://media.test:8443/a.jpg'), 'forbidden_port');
      const asked = internet.asked.length;
      assert.equal(await reason('https://bad.media.test/a.jpg'), 'forbidden_host');
      assert.equal(await reason('https://other.test/a.jpg'), 'forbidden_host');
      assert.equal(await reason('https://8.8.8.8/a.jpg'), 'forbidden_host');
      assert.equal(internet.asked.length, asked, 'a host that is refused is not even looked up');
    } finally {
      await world.close();
      await internet.close();
    }
  });
});

describe('the way out through a proxy', () => {
  it('works, and where it does not, that is the service’s fault and the operator’s to hear', async () => {
    const internet = new FakeInternet();
    const picture = await sampleImage('jpeg', 320, 240);
    await internet.serve((_, response) => response.end(picture));
    const proxy = await FakeProxy.open(internet);
    const config = `network: { egress_proxy: "http://sluice:\${PROXY_PASSWORD}@127.0.0.1:${proxy.port}" }`;
    const world = await openOnFakeInternet(internet, config, { PROXY_PASSWORD: 'open%20sesame' });
    const url = 'https://media.test/a.jpg';
    try {
      assert.equal((await world.submit([url])).status, 'completed');
      assert.deepEqual(
        proxy.asked.map(({ authority, authorization }) => [
          authority,
          Buffer.from(String(authorization).slice(6), 'base64').toString(),
        ]),
        [[`${PUBLIC_ADDRESS}:443`, 'sluice:open sesame']],
      );
      assert.equal((await world.submit(['https://10.0.0.1/'])).error?.details.reason, 'forbidden_address');

      proxy.mood = () => 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n';
      const { error } = await world.submit([url]);
      assert.deepEqual([error?.code, error?.retry.retryable], ['service_unavailable', true]);
      const looked = await world.ask('POST', '/v1/preflight', {
        model: 'studio-image-1',
        prompt: 'a pond',
        image_urls: [url],
      });
      const file = await world.ask<{ code: number }>('POST', '/api/v1/files/upload/url', { file_url: url });
      assert.deepEqual([file.status, file.body.code], [503, 50001]);
      const told = JSON.stringify([error, looked.body, file.body]);
      assert.match(JSON.stringify(looked.body), /service_unavailable/);
      assert.doesNotMatch(told, new RegExp(`proxy|:407|:${proxy.port}|sesame`, 'i'));
      const alarms = world
        .log()
        .split('\n')
        .filter((line) => line.includes('"alarm":"egress_proxy"'));
      assert.equal(alarms.length, 3);
      assert.match(alarms[0] ?? '', /"problem":"needs_login","status":407/);
      assert.doesNotMatch(world.log(), /sesame/);
    } finally {
      await world.close();
      await proxy.close();
      await internet.close();
    }
  });

  it('is tried again for results, which come from wherever the provider keeps them', async () => {
    const internet = new FakeInternet();
    const picture = await sampleImage('jpeg', 320, 240);
    await internet.serve((_, response) => response.end(picture));
    const proxy = await FakeProxy.open(internet);
    proxy.mood = () => (proxy.asked.length < 3 ? 'HTTP/1.1 502 Bad Gateway\r\n\r\n' : 'open');
    const config = `network: { egress_proxy: "http://127.0.0.1:${proxy.port}", allow_hosts: [elsewhere.test] }`;
    const world = await openOnFakeInternet(
      internet,
      config,
      {},
      {
        provider: 'elsewhere',
        submit: async () => ({ kind: 'accepted', handle: {}, pollAfterMs: 1 }),
        poll: async () => ({
          kind: 'finished',
          outputs: [{ kind: 'url', url: 'https://media.test/result.jpg', mimeType: null }],
        }),
        cancel: async () => ({ kind: 'not_possible' }),
      },
    );
    try {
      const task = await world.submit([], () => (proxy.asked.length < 3 ? 20 : 1));
      assert.equal(task.status, 'completed', JSON.stringify(task.error));
      assert.equal(proxy.asked.length, 3);
      assert.equal(
        (await world.submit(['https://media.test/a.jpg'])).error?.details.reason,
        'forbidden_host',
      );
    } finally {
      await world.close();
      await proxy.close();
      await internet.close();
    }
  });
});
