import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readTarget, type TargetPolicy } from './target.ts';

const closed: TargetPolicy = { allowHttpLoopback: false, ports: [443], allowHosts: null, denyHosts: [] };
const development: TargetPolicy = { ...closed, allowHttpLoopback: true };

function reason(url: string, policy = closed): string {
  const target = readTarget(url, policy);
  return 'reason' in target ? target.reason : 'allowed';
}

describe('reading a hostile URL', () => {
  it('takes https on the allowed ports', () => {
    const target = readTarget('https://Media.Example.com./a%20b.jpg?x=1#part', closed);
    assert.ok(!('reason' in target));
    assert.deepEqual(
      [target.host, target.port, target.secure, target.loopback],
      ['media.example.com', 443, true, false],
    );
  });

  it('refuses every other scheme, plain http included', () => {
    for (const url of [
      'http://example.com/a',
      'ftp://example.com/a',
      'file:///etc/passwd',
      'gopher://x/',
      'javascript:1',
      'blob:x',
      'ws://x/',
    ]) {
      assert.equal(reason(url), 'forbidden_scheme', url);
    }
  });

  it('refuses ports that are not listed', () => {
    assert.equal(reason('https://example.com:22/'), 'forbidden_port');
    assert.equal(reason('https://example.com:443/'), 'allowed');
  });

  it('refuses what is no URL, has credentials, or is endless', () => {
    for (const url of [
      '',
      'image.jpg',
      '//example.com/a',
      'https://',
      'https://user@example.com/',
      'https://:pw@example.com/',
      `https://example.com/${'a'.repeat(9000)}`,
    ]) {
      assert.equal(reason(url), 'bad_url', url.slice(0, 40));
    }
  });

  it('lets loopback through over http only where development is allowed, in any notation', () => {
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '2130706433', '0x7f.1', '0177.0.0.1']) {
      assert.equal(reason(`http://${host}:8080/a`, development), 'allowed', host);
      assert.equal(reason(`http://${host}:8080/a`, closed), 'forbidden_scheme', host);
    }
    assert.equal(reason('http://10.0.0.1/a', development), 'forbidden_scheme');
    assert.equal(reason('http://localhost.example.com/a', development), 'forbidden_scheme');
  });

  it('never lets a public server send us to loopback', () => {
    const from = readTarget('https://example.com/', development);
    assert.ok(!('reason' in from));
    const next = readTarget('http://127.0.0.1/', development, from);
    assert.ok('reason' in next);
  });

  it('takes a relative location from the hop that gave it', () => {
    const from = readTarget('https://example.com/a/b', closed);
    assert.ok(!('reason' in from));
    const next = readTarget('../c.jpg', closed, from);
    assert.ok(!('reason' in next));
    assert.equal(next.url.href, 'https://example.com/c.jpg');
  });

  it("keeps to the operator's lists, subdomains included", () => {
    const listed = { ...closed, allowHosts: ['example.com'], denyHosts: ['private.example.com'] };
    assert.equal(reason('https://example.com/', listed), 'allowed');
    assert.equal(reason('https://cdn.example.com/', listed), 'allowed');
    assert.equal(reason('https://a.private.example.com/', listed), 'forbidden_host');
    assert.equal(reason('https://notexample.com/', listed), 'forbidden_host');
  });
});
