// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how a configuration names a variable
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from './config.ts';

const ENV = { PASSWORD: 'p%40ss', PROXY: 'http://u:p@proxy.internal:8080', BROKEN: 'http://u:p%zz@h:1' };

function network(yaml: string) {
  const outcome = readConfig(`network: ${yaml}`, '/srv', ENV);
  assert.ok(outcome.kind === 'ok', JSON.stringify(outcome));
  return outcome.config.network;
}

function problem(yaml: string) {
  const outcome = readConfig(`network: ${yaml}`, '/srv', ENV);
  assert.ok(outcome.kind === 'invalid');
  const [first] = outcome.problems;
  assert.ok(first && outcome.problems.length === 1, JSON.stringify(outcome.problems));
  assert.notEqual(first.remedy, '');
  assert.doesNotMatch(JSON.stringify(first), /sesame|p%40ss|p%zz/);
  return `${first.path}: ${first.message}`;
}

describe('the section `network`', () => {
  it('is not needed', () => {
    assert.deepEqual(network('{}'), {
      egressProxy: null,
      allowHosts: null,
      denyHosts: [],
      ports: [443, 8443],
    });
  });

  it('takes hosts as people write them, and compares them as URLs have them', () => {
    const { allowHosts, denyHosts, ports } = network(
      '{ allow_hosts: [Example.COM., bücher.example], deny_hosts: ["2001:DB8::1", 0x7f.1], ports: [443] }',
    );
    assert.deepEqual(allowHosts, ['example.com', 'xn--bcher-kva.example']);
    assert.deepEqual(denyHosts, ['2001:db8::1', '127.0.0.1']);
    assert.deepEqual(ports, [443]);
  });

  it('refuses entries that would never match', () => {
    for (const entry of ['https://example.com', 'example.com/a', '*.example.com', 'example.com:443', 'a b'])
      assert.match(
        problem(`{ deny_hosts: ["${entry}"] }`),
        /network\.deny_hosts\[0\]: An entry must be a bare/,
      );
    assert.match(problem('{ allow_hosts: [] }'), /network\.allow_hosts/);
    assert.match(problem('{ ports: [70000] }'), /network\.ports/);
  });

  it('reads the proxy, its login from the environment', () => {
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    assert.deepEqual(network('{ egress_proxy: "http://10.0.0.3" }').egressProxy, {
      host: '10.0.0.3',
      port: 3128,
      authorization: null,
    });
    assert.deepEqual(network('{ egress_proxy: "http://me:${PASSWORD}@proxy:80" }').egressProxy, {
      host: 'proxy',
      port: 80,
      authorization: basic('me:p@ss'),
    });
    assert.deepEqual(network('{ egress_proxy: "${PROXY}" }').egressProxy, {
      host: 'proxy.internal',
      port: 8080,
      authorization: basic('u:p'),
    });
    assert.equal(network('{ egress_proxy: "http://[fd00::3]:3128" }').egressProxy?.host, 'fd00::3');
  });

  it('refuses a password in the file, and what is no address of a proxy, without repeating either', () => {
    assert.match(problem('{ egress_proxy: "http://me:sesame@proxy:3128" }'), /must not stand in the file/);
    for (const url of [
      'socks5://proxy:1080',
      'https://proxy:3128',
      'proxy:3128',
      'http://proxy/path',
      '${BROKEN}',
    ])
      assert.match(problem(`{ egress_proxy: "${url}" }`), /must be the http: address/);
  });
});
