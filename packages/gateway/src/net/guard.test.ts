import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { PUBLIC_ADDRESS } from './fake-internet.ts';
import { createFetcher } from './fetcher.ts';
import { isInside } from './testing/inside.ts';
import { FetchTrial, failureIn, fileIn } from './trial.ts';

const PICTURE = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(5000, 7)]);

describe('the guard: which addresses are connected to', () => {
  let trial: FetchTrial;
  beforeEach(async () => {
    trial = await FetchTrial.open();
  });
  afterEach(() => trial.close());

  it('connects to the address it checked, and asks for the name once', async () => {
    await trial.internet.serve((_, response) => response.end(PICTURE));
    trial.internet.name('media.test', [PUBLIC_ADDRESS], ['127.0.0.1']);
    const fetched = fileIn(await trial.fetch('https://media.test/a.jpg'));
    assert.deepEqual(trial.internet.asked, ['media.test']);
    assert.deepEqual(trial.internet.dialled, [{ address: PUBLIC_ADDRESS, port: 443 }]);
    await fetched.discard();
  });

  it('refuses a name that is rebound to a private address between two hops', async () => {
    trial.internet.name('media.test', [PUBLIC_ADDRESS], ['169.254.169.254']);
    const failure = await trial.failureFor((_, response) =>
      response.writeHead(302, { location: '/latest/meta-data' }).end(),
    );
    assert.deepEqual(failure, { reason: 'forbidden_address', range: 'linkLocal' });
    assert.equal(trial.internet.dialled.length, 1);
  });

  it('refuses a name of which any address is forbidden, without connecting', async () => {
    trial.internet.name('mixed.test', [PUBLIC_ADDRESS, '10.0.0.5']);
    assert.equal(failureIn(await trial.fetch('https://mixed.test/')).reason, 'forbidden_address');
    assert.deepEqual(trial.internet.dialled, []);
  });

  it('refuses forbidden hosts in every notation, without connecting', async () => {
    for (const host of [
      '127.0.0.1',
      '0x7f000001',
      '0177.0.0.1',
      '2130706433',
      '[::1]',
      '[::ffff:10.0.0.1]',
      '169.254.169.254',
      'localhost',
      'a.localhost',
      '0',
    ]) {
      assert.equal(failureIn(await trial.fetch(`https://${host}/`)).reason, 'forbidden_address', host);
    }
    assert.deepEqual(trial.internet.dialled, []);
  });

  it('tries the next address when one refuses', async () => {
    await trial.internet.serve((_, response) => response.end(PICTURE));
    trial.internet.name('media.test', ['8.8.4.4', PUBLIC_ADDRESS]);
    const fetched = fileIn(await trial.fetch('https://media.test/a.jpg'));
    await fetched.discard();
    assert.deepEqual(
      trial.internet.dialled.map(({ address }) => address),
      ['8.8.4.4', PUBLIC_ADDRESS],
    );
  });

  it('takes plain http from loopback where development is allowed, and only directly', async () => {
    const base = await trial.internet.servePlain((_, response) => response.end(PICTURE));
    const direct = fileIn(await trial.fetch(`${base}/a.jpg`, { allowHttpLoopback: true }));
    await direct.discard();
    await trial.internet.serve((_, response) => response.writeHead(302, { location: `${base}/a.jpg` }).end());
    const sent = await trial.fetch('https://media.test/', { allowHttpLoopback: true });
    assert.equal(failureIn(sent).reason, 'forbidden_scheme');
    trial.internet.name('inside.test', ['127.0.0.1']);
    assert.equal(
      failureIn(await trial.fetch('https://inside.test/', { allowHttpLoopback: true })).reason,
      'forbidden_address',
    );
  });

  it('works with the real network and clock', async () => {
    const base = await trial.internet.servePlain((_, response) => response.end(PICTURE));
    const fetcher = createFetcher({ allowHttpLoopback: true, scratch: trial.scratch });
    const options = { maxBytes: 10_000, signal: new AbortController().signal, purpose: 'input' } as const;
    const fetched = fileIn(await fetcher.fetchMedia(`${base}/a.jpg`, options));
    assert.equal(fetched.bytes, PICTURE.byteLength);
    await fetched.discard();
    const refused = await fetcher.fetchMedia('https://10.0.0.1/', options);
    assert.equal(failureIn(refused).reason, 'forbidden_address');
  });

  it('never connects to a forbidden address, whatever the URL, the names and the redirects are', async () => {
    const address = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.constantFrom('127.0.0.1', '10.1.2.3', '::1', PUBLIC_ADDRESS, '64:ff9b::7f00:1'),
    );
    const host = fc.oneof(
      fc.constantFrom('media.test', 'one.test', 'two.test'),
      fc.constantFrom('localhost', '0x7f.1', '[::1]', '2130706433'),
      fc.ipV4(),
      fc.ipV4Extended(),
      fc.ipV6().map((six) => `[${six}]`),
    );
    const url = fc.oneof(
      fc
        .tuple(
          fc.constantFrom('https', 'https', 'https', 'http', 'ftp'),
          host,
          fc.constantFrom('', '', ':443', ':8443', ':22'),
        )
        .map(([scheme, name, port]) => `${scheme}://${name}${port}/`),
      fc.webUrl(),
      fc.string(),
    );
    let redirect = '';
    await trial.internet.serve((_, response) => response.writeHead(307, { location: redirect }).end());
    await fc.assert(
      fc.asyncProperty(
        url,
        url.filter((one) => /^[\x20-\x7e]*$/.test(one)),
        fc.array(address, { maxLength: 3 }),
        fc.array(address, { maxLength: 3 }),
        async (first, second, a, b) => {
          redirect = second;
          trial.internet.name('one.test', a, b);
          trial.internet.name('two.test', b, a);
          const fetched = await trial.fetch(first);
          assert.equal(fetched.kind, 'failed');
        },
      ),
      { numRuns: 300, examples: [['https://media.test/', 'https://169.254.169.254/', [], []]] },
    );
    assert.ok(trial.internet.dialled.length > 0, 'the run should have connected somewhere');
    for (const { address: dialled } of trial.internet.dialled) {
      assert.ok(!isInside(dialled), dialled);
    }
  });
});
