import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MAX_DEPTH, MAX_VALUES, shapeOf } from './body-shape.ts';

const list = (count: number) => `[${Array.from({ length: count }, () => '1').join()}]`;

describe('bodies that are too intricate to parse', () => {
  it('are those with very many values, or nested very deep', () => {
    assert.equal(shapeOf(list(MAX_VALUES)), 'fine');
    assert.equal(shapeOf(list(MAX_VALUES + 1)), 'too_many_values');
    assert.equal(shapeOf(`[${'{},'.repeat(MAX_VALUES)}1]`), 'too_many_values');
    assert.equal(shapeOf('['.repeat(MAX_DEPTH) + ']'.repeat(MAX_DEPTH)), 'fine');
    assert.equal(shapeOf('['.repeat(MAX_DEPTH + 1)), 'too_deep');
    assert.equal(shapeOf('{"a":'.repeat(MAX_DEPTH + 1)), 'too_deep');
  });

  it('are none with long texts, whatever stands in them', () => {
    const text = JSON.stringify(`${'[{,'.repeat(50_000)}\\"\\\\`);
    assert.equal(shapeOf(`{"prompt":${text},"list":[${text}]}`), 'fine');
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (json) => {
        assert.equal(shapeOf(json), 'fine');
      }),
    );
  });

  it('are found after any text, which ends where the parser would end it', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', '\\', '[', 'a', '\n') }), (text) => {
        const json = `[${JSON.stringify(text)},${'['.repeat(MAX_DEPTH)}${']'.repeat(MAX_DEPTH)}]`;
        assert.equal(shapeOf(json), 'too_deep');
      }),
    );
  });

  it('cost no more than reading: a text of 60 MB, and one of quotes alone', () => {
    const began = performance.now();
    shapeOf(`{"image_urls":["${'A'.repeat(60_000_000)}"]}`);
    shapeOf(`["${'\\"'.repeat(2_000_000)}"]`);
    shapeOf(`["${'\\\\'.repeat(5_000_000)}"]`);
    assert.ok(performance.now() - began < 2_000);
  });

  it('are left to the parser where they are no JSON', () => {
    for (const text of ['', '"', '"\\', '}}}}', 'a,b']) assert.equal(shapeOf(text), 'fine', text);
  });
});
