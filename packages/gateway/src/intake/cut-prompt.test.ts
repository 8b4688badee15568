import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lengthOf } from '../catalog/text-limits.ts';
import { cutAtSentence } from './cut-prompt.ts';

describe('a prompt that is too long', () => {
  it('ends with its last whole sentence, in any of these scripts', () => {
    assert.equal(cutAtSentence('One pond. Two herons! Three more.', 24), 'One pond. Two herons!');
    assert.equal(cutAtSentence('"Stop!" he said. Then he ran away.', 20), '"Stop!" he said.');
    assert.equal(cutAtSentence('一只猫。两只狗。三只鸟在飞。', 10), '一只猫。两只狗。');
    assert.equal(cutAtSentence('First line\nsecond line', 15), 'First line');
    assert.equal(cutAtSentence('Two herons. 1.5 metres', 14), 'Two herons.', 'a number is no end');
  });

  it('ends with a word where a sentence would cost more than half', () => {
    assert.equal(cutAtSentence('Go. a very long sentence without an end', 20), 'Go. a very long');
    assert.equal(cutAtSentence('one two three', 7), 'one two');
  });

  it('never cuts through what is seen as one character', () => {
    assert.equal(cutAtSentence('ab👨‍👩‍👧‍👦cd', 5), 'ab');
    assert.equal(cutAtSentence('aaaaaae\u0301z', 7), 'aaaaaa');
  });

  it('is a beginning of the text that fits, and fits twice', () => {
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom(' ', '.', '。', '\n'), fc.string({ unit: 'grapheme' })),
    });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 30 }), (prompt, max) => {
        const cut = cutAtSentence(prompt, max);
        assert.ok(lengthOf(cut) <= max && prompt.startsWith(cut) && cut.isWellFormed());
        assert.equal(cutAtSentence(cut, max), cut);
      }),
    );
  });
});
