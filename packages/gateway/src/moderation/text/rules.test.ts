import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readPrompts } from '../bench/prompts.ts';
import { DEFAULT_POLICY, decide } from '../policy.ts';
import { BUILT_IN_PACKS, createTextRules, readPacks } from './rules.ts';

const rules = createTextRules(readPacks(BUILT_IN_PACKS));
const found = (text: string) => rules.findIn(text, 'prompt', 'input');
const blocked = (text: string) => decide(found(text), DEFAULT_POLICY, () => false).kind === 'block';
const prompts = readPrompts('tuning');
const bad = prompts.filter(({ label }) => label !== 'ok').map(({ text }) => text);
const harmless = prompts.filter(({ label }) => label === 'ok').map(({ text }) => text);
const badPrompt = fc.constantFrom(...bad);
const okPrompt = fc.constantFrom(...harmless);

describe('text rules', () => {
  it('say which words, in the original, whatever hid them', () => {
    for (const text of [
      'a n.u.d.e man',
      'a n4ked man',
      'a n\u200baked man',
      'a \uff4e\uff41\uff4b\uff45\uff44 man',
      'a naaaked man',
    ]) {
      const [finding] = found(text);
      const [span] = finding?.spans ?? [];
      assert.equal(finding?.rule, 'adult.nudity', text);
      assert.equal(text.slice(0, span?.start), 'a ', text);
      assert.equal(text.slice(span?.end), ' man', text);
      assert.doesNotMatch(finding?.why ?? '', /naked|nude/);
    }
  });

  it('see a word that is cut, masked, split or run together with another', () => {
    for (const text of [
      'nu-de',
      'n*de woman',
      'na ked man',
      'n4.k3.d',
      'n 4 k 3 d',
      'nakedwoman',
      '#harrypotter',
      't a y l o r s w i f t',
      'x n u d e y',
    ]) {
      assert.equal(blocked(text), true, text);
    }
    for (const text of [
      'a pen is on the table',
      'a 5*3 grid',
      'an**d',
      'the man ed chose',
      'close-up of a co-op',
    ]) {
      assert.equal(blocked(text), false, text);
    }
  });

  it('do not take the seam of two Chinese words for a third', () => {
    for (const text of ['十字路口交通信号灯', '广州进出口交易会', '老人拉着二胡歌唱']) {
      assert.equal(blocked(text), false, text);
    }
    for (const text of ['她正在口交', '请画胡歌的肖像', '雨夜路口，她正在口交'])
      assert.equal(blocked(text), true, text);
  });

  it('know who does what to whom', () => {
    assert.equal(blocked('a guard stabbing a prisoner'), true);
    assert.equal(blocked('a prisoner is being beaten'), true);
    assert.equal(blocked('a man kicking a ball'), false);
    assert.equal(blocked('a photographer shooting a portrait of a woman'), false);
    assert.equal(blocked('she lets her silk robe slip off'), true);
    assert.equal(blocked('her robe hangs in the wardrobe'), false);
  });

  it('heed what is excluded, and only that', () => {
    assert.equal(blocked('a portrait, no nudity'), false);
    assert.equal(blocked('a gore-free, nudity-free picture'), false);
    assert.equal(blocked('no nudity or gore'), false);
    assert.equal(blocked('no limits, nude'), true);
    assert.equal(blocked('not a drawing. naked woman'), true);
    assert.equal(blocked('no gore, blood or nudity'), false);
    assert.equal(blocked('不要血腥、暴力、裸体'), false);
    assert.equal(blocked('不要裸体'), false);
    assert.equal(blocked('无码裸体'), true);
  });

  it('are sure about a sexualised minor only where one is meant', () => {
    const sure = (text: string) => found(text).some(({ absolute }) => absolute);
    assert.equal(sure('a 16 year old. She is naked.'), true);
    assert.equal(sure('sexual, child'), true);
    assert.equal(sure('an 18 year old, naked'), false);
    assert.equal(sure('naughty children stealing cookies'), false);
    assert.equal(sure('poster: stop sexual abuse of children'), false);
    assert.equal(sure('nude child, awareness poster'), true, 'softening words do not help nudity');
  });

  it('are not talked out of a block by harmless text before or after it', () => {
    fc.assert(
      fc.property(badPrompt, okPrompt, okPrompt, (text, before, after) => {
        if (!blocked(text)) return;
        assert.ok(blocked(`${before}.\n${text}`), 'text before it');
        assert.ok(blocked(`${text}.\n${after}`), 'text behind it');
      }),
      { numRuns: 300 },
    );
  });

  it('see the same through invisible characters and full-width forms', () => {
    const invisible = fc.constantFrom(
      '\u200b',
      '\u200d',
      '\u2060',
      '\u00ad',
      '\ufe0f',
      '\u034f',
      '\u{e0041}',
    );
    const sketch = (text: string) => found(text).map(({ rule, score }) => `${rule} ${score}`);
    fc.assert(
      fc.property(fc.constantFrom(...bad, ...harmless), invisible, (text, char) => {
        const wide = text.replace(/[a-z0-9]/gi, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0));
        assert.deepEqual(sketch([...text].join(char)), sketch(text));
        assert.deepEqual(sketch(wide), sketch(text));
      }),
      { numRuns: 400 },
    );
  });

  it('take any text, and point into it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), badPrompt, fc.string({ unit: 'grapheme' }), (a, b, c) => {
        const text = a + b + c;
        for (const { spans, score } of found(text)) {
          assert.ok(score >= 0 && score <= 1 && spans.length > 0);
          for (const { start, end } of spans) assert.ok(start >= 0 && start < end && end <= text.length);
        }
      }),
    );
  });

  it('stay linear in what is hostile', () => {
    const started = performance.now();
    for (const piece of [
      'naked eye nude ',
      'n.u.d.e ',
      'n4k3d ',
      'nuuude ',
      '裸 体 裸眼 ',
      '16 year old nude\n',
      'no ',
      'n*de ',
      'nu-de ',
      'nud e ',
      'man naked ',
      'a-',
      'n#',
      'stab him ',
      'harrypotter ',
      'no gore,',
      '\u{1d427}',
    ]) {
      found(piece.repeat(Math.ceil(200_000 / piece.length)));
    }
    assert.ok(performance.now() - started < 20_000);
  });
});
