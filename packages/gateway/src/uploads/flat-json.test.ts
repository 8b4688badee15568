import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NotFlatJson, readFlatJson } from './flat-json.ts';

/** Reads `text` in pieces of the given sizes, over and over. */
async function read(
  text: string | Uint8Array,
  sizes: readonly number[] = [7],
): Promise<Record<string, unknown>> {
  const data = Buffer.from(text);
  async function* chunks() {
    for (let at = 0, i = 0; at < data.length; i++) {
      const size = sizes[i % sizes.length] ?? 1;
      yield data.subarray(at, at + size);
      at += size;
    }
  }
  const found: Record<string, unknown> = Object.create(null);
  for await (const piece of readFlatJson(chunks())) {
    if (piece.kind === 'other') found[piece.name] = piece.isNull ? null : 'other';
    else found[piece.name] = `${found[piece.name] ?? ''}${piece.text}`;
  }
  return found;
}

const anyText = fc.string({ unit: 'grapheme', maxLength: 40 });
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

describe('flat JSON', () => {
  it('is what JSON.parse makes of it, however it is cut', async () => {
    const object = fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 20 }), anyText, { maxKeys: 5 });
    const write = fc.constantFrom(
      (value: object) => JSON.stringify(value),
      (value: object) => JSON.stringify(value, null, 2),
      (value: object) => JSON.stringify(value).replaceAll('/', '\\/'),
      (value: object) =>
        JSON.stringify(value).replaceAll(
          /[^\0-\x7f]/g,
          (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
        ),
    );
    await fc.assert(
      fc.asyncProperty(object, write, sizes, async (value, print, cut) => {
        assert.deepEqual({ ...(await read(print(value), cut)) }, { ...JSON.parse(print(value)) });
      }),
      { numRuns: 300 },
    );
  });

  it('never takes what JSON.parse refuses', async () => {
    const base = JSON.stringify({
      base64_data: 'aGFsbG8=',
      file_name: 'x \u00e9 "q".png',
      n: null,
      k: -1.5e3,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(base.length),
        fc.nat(3),
        fc.string({ unit: fc.constantFrom(...'{}[]",:\\/u0e-+.tn \n\u0001'), maxLength: 3 }),
        sizes,
        async (at, drop, put, cut) => {
          const text = base.slice(0, at) + put + base.slice(at + drop);
          const taken = await read(text, cut).then(
            () => true,
            (error: unknown) => {
              assert.ok(error instanceof NotFlatJson, String(error));
              return false;
            },
          );
          if (taken) JSON.parse(text);
        },
      ),
      { numRuns: 1000 },
    );
  });

  for (const [text, why] of [
    ['[1]', /not a JSON object/],
    ['{"a":{}}', /object or a list as "a"/],
    ['{"a":"1","a":"2"}', /"a" twice/],
    ['{"a":"1"', /in the middle/],
    ['{"a":"1"} x', /after the end/],
    ['{"a":nope}', /valid JSON/],
    ['', /in the middle/],
    [Uint8Array.of(0x7b, 0x22, 0xff), /UTF-8/],
    [`{"${'k'.repeat(101)}":"1"}`, /longer than 100/],
    [`{"a":${'1'.repeat(5000)}}`, /no text/],
  ] as const) {
    it(`refuses ${JSON.stringify(String(text).slice(0, 30))}`, async () => {
      await assert.rejects(read(text), { name: 'NotFlatJson', message: why });
    });
  }
});
