import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { ModelDefinition } from '../catalog/model.ts';
import { checkMedia, type MediaPolicy } from './media.ts';

const model: ModelDefinition = {
  id: 'm',
  type: 'video',
  description: '',
  parameters: { type: 'object', properties: {} },
  unknownParameters: 'refuse',
  inputs: {
    image_urls: { max: 2, formats: ['jpeg', 'png'], maxBytes: 10 },
    audio_urls: { max: 1, formats: ['mp3'] },
  },
  pricing: { rule: 'per_call', milliCredits: 0 },
  timeoutMs: 1000,
  estimateSeconds: 1,
  routes: [],
};
const strict: MediaPolicy = { allowHttpLoopback: false, maxBytes: 1000 };

const check = (value: string | string[], policy = strict) =>
  checkMedia(model, { image_urls: Array.isArray(value) ? value : [value] }, policy);
const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');

describe('a URL', () => {
  it('may be https:, and http: of this machine where that is allowed', () => {
    const local = { ...strict, allowHttpLoopback: true };
    for (const url of ['https://example.com/a.png?x=1', 'HTTPS://EXAMPLE.COM'])
      assert.deepEqual(check(url).issues, []);
    for (const url of ['http://localhost:1/a', 'http://127.0.0.1/a', 'http://[::1]:5/a']) {
      assert.deepEqual(check(url, local).issues, [], url);
      assert.equal(check(url).issues.length, 1, url);
    }
    for (const url of [
      'http://example.com/a',
      'http://127.0.0.1.example.com/',
      'http://localhost.example.com',
      'http://10.0.0.1/',
    ]) {
      assert.equal(check(url, local).issues.length, 1, url);
    }
  });

  it('of any other kind is refused with the reason, and says which entry it is', () => {
    const cases: [string, RegExp][] = [
      ['sluice-file:inputs/abc', /scheme sluice-file:/],
      ['file:///etc/passwd', /scheme file:/],
      ['ftp://example.com/a', /scheme ftp:/],
      ['javascript:alert(1)', /scheme javascript:/],
      ['not a url', /is not a URL/],
      ['//example.com/a', /is not a URL/],
      ['https://user:pw@example.com/a', /user name or password/],
      [`https://example.com/${'a'.repeat(9000)}`, /longer than 8192/],
    ];
    for (const [url, why] of cases) {
      const { issues } = check(['https://example.com/ok', url]);
      assert.equal(issues[0]?.param, 'image_urls[1]');
      assert.match(issues[0]?.because ?? '', why);
      assert.ok(!(issues[0]?.because ?? '').includes('pw'));
    }
  });
});

describe('inline media', () => {
  it('are taken out and referred to by what they hold', () => {
    const digest = createHash('sha256').update('hello').digest('hex');
    for (const head of [
      'data:image/png;base64,',
      'data:;base64,',
      'DATA:image/PNG;name=a.png;base64,',
      'data:application/octet-stream;base64,',
    ]) {
      const { params, inline, issues } = check([`${head}${base64('hello')}`, `${head}${base64('hello')}`]);
      assert.deepEqual(issues, [], head);
      assert.deepEqual(params.image_urls, [`sluice-file:inputs/${digest}`, `sluice-file:inputs/${digest}`]);
      assert.deepEqual(
        inline.map(({ key, data }) => [key, Buffer.from(data).toString()]),
        [[`inputs/${digest}`, 'hello']],
      );
    }
  });

  it('must be strict base64 with its padding', () => {
    const bad = ['aGVsbG8', 'aGVs bG8=', 'aGVs\nbG8=', 'aGVsbG8=AAAA', 'a===', '====', '-_-_', 'aGVsb*8='];
    for (const text of bad) {
      assert.match(check(`data:image/png;base64,${text}`).issues[0]?.because ?? '', /not valid base64/, text);
    }
    assert.match(check('data:image/png;base64,').issues[0]?.because ?? '', /holds no data/);
    for (const url of [
      'data:image/png,abc',
      'data:',
      `data:${'x'.repeat(400)};base64,AAAA`,
      'data:image/png;base64',
    ]) {
      assert.match(check(url).issues[0]?.because ?? '', /without a media type/, url);
    }
  });

  it('must be of the parameter’s kind and within its bytes, those of the model or of the gateway', () => {
    const html = check(`data:text/html;base64,${base64('x')}`).issues[0];
    assert.deepEqual(
      [html?.subtype, html?.details],
      ['unsupported_format', { actual: 'text/html', allowed: ['jpeg', 'png'] }],
    );
    assert.deepEqual(check(`data:image/png;base64,${base64('x'.repeat(10))}`).issues, []);
    const large = check(`data:image/png;base64,${base64('x'.repeat(11))}`).issues[0];
    assert.deepEqual(
      [large?.subtype, large?.details],
      ['file_too_large', { max_bytes: 10, actual_bytes: 11 }],
    );
    assert.deepEqual(large?.fixes, [{ op: 'compress', param: large?.param, to: '10 bytes' }]);
    const audio = checkMedia(
      model,
      { audio_urls: [`data:audio/mpeg;base64,${base64('x'.repeat(1001))}`] },
      strict,
    );
    assert.deepEqual(audio.issues[0]?.details, { max_bytes: 1000, actual_bytes: 1001 });
  });

  it('beyond the allowed number are not even decoded', () => {
    const url = `data:image/png;base64,${base64('hello')}`;
    const { params, issues } = check([url, url, 'ftp://x']);
    assert.deepEqual(issues, []);
    assert.equal(Array.isArray(params.image_urls) && params.image_urls[2], 'ftp://x');
  });
});
