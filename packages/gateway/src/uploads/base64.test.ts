import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Base64Reader } from './base64.ts';

function read(text: string, size = text.length || 1): Buffer {
  const reader = new Base64Reader();
  const parts: Buffer[] = [];
  for (let at = 0; at < text.length; at += size) parts.push(reader.take(text.slice(at, at + size)));
  return Buffer.concat([...parts, reader.finish()]);
}

describe('base64', () => {
  it('gives the bytes back, bare, as a data URL or in lines, however it is cut', () => {
    const dress = fc.constantFrom(
      (text: string) => text,
      (text: string) => `data:image/png;base64,${text}`,
      (text: string) => `DATA:;charset=x;BASE64,${text}`,
      (text: string) => text.replaceAll(/.{1,76}/g, '$&\r\n'),
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        dress,
        fc.integer({ min: 1, max: 50 }),
        (data, wear, size) => {
          assert.deepEqual(read(wear(Buffer.from(data).toString('base64')), size), Buffer.from(data));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('skips nothing that is not base64: what is taken is exactly what it encodes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'AZaz09+/=-_ .'), maxLength: 12 }), (text) => {
        let data: Buffer;
        try {
          data = read(text, 3);
        } catch (error) {
          assert.ok(error instanceof Error && error.name === 'NotBase64');
          return;
        }
        // Unused bits of the last character may be anything.
        assert.equal(data.toString('base64').slice(0, -3), text.slice(0, -3));
        assert.equal(data.toString('base64').length, text.length);
      }),
      { numRuns: 2000 },
    );
  });

  for (const text of [
    'data:image/png,abcd',
    'data:image/png;base64',
    `data:${'x'.repeat(300)}`,
    'abc',
    'ab=c',
    'QQ==QQ==',
  ]) {
    it(`refuses ${text.slice(0, 30)}`, () => {
      for (const size of [1, 4, 1000]) assert.throws(() => read(text, size), { name: 'NotBase64' });
    });
  }
});
