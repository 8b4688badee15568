import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bytesOfDataUrl } from './data-url.ts';

const text = (url: string) => {
  const bytes = bytesOfDataUrl(url);
  return bytes === null ? null : Buffer.from(bytes).toString('latin1');
};

describe('data URLs', () => {
  it('give back any bytes, in both encodings', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (data) => {
        const bytes = Buffer.from(data);
        for (const url of [
          `data:image/png;base64,${bytes.toString('base64')}`,
          `data:;base64,${bytes.toString('base64url')}`,
          `data:image/png;base64,${encodeURIComponent(bytes.toString('base64'))}`,
          `data:,${[...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')}`,
        ]) {
          assert.deepEqual(Buffer.from(bytesOfDataUrl(url) ?? 'none'), bytes, url);
        }
      }),
    );
  });

  it('may have parameters, wrapped lines and capitals', () => {
    assert.equal(text('DATA:text/plain;charset=utf-8;BASE64,aGV\r\n sbG8='), 'hello');
    assert.equal(text('data:text/plain,a%20b%zz'), 'a b%zz');
  });

  it('are refused when they are none, or not base64', () => {
    for (const url of [
      'data:image/png;base64',
      'https://example.com/,x',
      'data:;base64,a',
      'data:;base64,ab!d',
      'data:;base64,ab=c',
    ]) {
      assert.equal(text(url), null, url);
    }
  });

  it('never throw, whatever they are', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (rest) => void bytesOfDataUrl(`data:${rest}`)));
  });
});
