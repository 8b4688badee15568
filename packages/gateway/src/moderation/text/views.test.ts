import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { agesIn } from './ages.ts';
import { buildLexicon, NO_WORDS } from './lexicon.ts';
import { buildTrie } from './trie.ts';
import { viewsOf } from './views.ts';

const views = (text: string) => viewsOf(text, NO_WORDS).map(({ name, text }) => `${name}: ${text}`);

describe('the views of a text', () => {
  it('fold letters, and keep phrases and sentences apart', () => {
    assert.deepEqual(views('Ａ ﬁne  Day, ÉTÉ! Nо‑one'), ['plain: a fine day,ete\nno one']);
    assert.deepEqual(views('na\u00adk\u200be\u0301d don\u2019t'), ['plain: naked dont']);
    assert.deepEqual(views('漢語，體！'), ['plain: 汉语,体']);
  });

  it('read leetspeak inside words only', () => {
    assert.deepEqual(views('n4k3d'), ['plain: n4k3d', 'leet: naked']);
    assert.deepEqual(views('4k 8k 35mm f8 1920x1080 $5'), ['plain: 4k 8k 35mm f8 1920x1080 5']);
    assert.deepEqual(views('g1rl'), ['plain: g1rl', 'leet: girl', 'leet: glrl']);
  });

  it('join spelled words and collapse runs', () => {
    assert.deepEqual(views('a b.o.a.t now'), ['plain: a b o a t now', 'joined: aboat now']);
    assert.deepEqual(views('a b c'), ['plain: a b c', 'joined: abc']);
    assert.deepEqual(views('boooat'), ['plain: boooat', 'collapsed: boat', 'collapsed: booat']);
  });

  it('mend the words of a lexicon', () => {
    const lexicon = buildLexicon(['boat', 'tom thumb']);
    const mended = (text: string) => [
      ...new Set(
        viewsOf(text, lexicon).flatMap(({ name, text }) => (name === 'mended' ? [text.trim()] : [])),
      ),
    ];
    for (const text of ['b-oat', 'bo.at', 'b*at', 'bo at', 'b0.at'])
      assert.deepEqual(mended(text), ['boat'], text);
    assert.deepEqual(mended('tomthumb'), ['tom thumb']);
    assert.deepEqual(mended('t o m t h u m b'), ['tom thumb']);
    for (const text of ['b oath', 'co-at', '*oat', 'boat', 'b*t']) assert.deepEqual(mended(text), [], text);
  });

  it('never throw, and every character knows where it came from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        const source = `${a} n.4.k n4ked\u200b ${b} loooong`;
        for (const { text, starts, ends } of viewsOf(source, NO_WORDS)) {
          for (let i = 0; i < text.length; i++) {
            const [start = -1, end = -1] = [starts[i], ends[i]];
            assert.ok(start >= 0 && start < end && end <= source.length);
            assert.ok(i === 0 || start >= (starts[i - 1] ?? 0), 'in the order of the original');
          }
        }
      }),
    );
  });
});

describe('ages', () => {
  const years = (text: string) =>
    agesIn(viewsOf(text, NO_WORDS)[0]).map((age) => Math.round(age.years * 10) / 10);

  it('are read in English and Chinese', () => {
    for (const [text, age] of [
      ['16 years old', 16],
      ['a 16-year-old', 16],
      ['sixteen year old', 16],
      ['twenty-one years old', 21],
      ['15yo', 15],
      ['15 y/o', 15],
      ['aged 13', 13],
      ['she is 14', 14],
      ['18 months old', 1.5],
      ['16岁', 16],
      ['十四岁', 14],
      ['二十一歲', 21],
      ['１６岁', 16],
      ['looks about fifteen', 15],
      ['a girl of thirteen', 13],
      ['barely 17', 17],
    ] as const) {
      assert.deepEqual(years(text), [age], text);
    }
  });

  it('are those of persons', () => {
    for (const text of [
      'a 12 year old whisky',
      'a 16 year old single malt',
      '16 years ago',
      'route 66',
      '4k',
      'a 10-year-old oak tree',
      '5 girls',
    ]) {
      assert.deepEqual(years(text), [], text);
    }
  });
});

describe('the trie', () => {
  it('finds what indexOf finds, for any terms and text', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.uniqueArray(word, { minLength: 1, maxLength: 8 }),
        fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd') }),
        (terms, text) => {
          const found: string[] = [];
          buildTrie(terms).scan(
            text,
            () => true,
            (term, start, end) => {
              assert.equal(text.slice(start, end), terms[term]);
              found.push(`${start}:${terms[term]}`);
            },
          );
          const expected = terms.flatMap((term) =>
            [...text].flatMap((_, at) => (text.startsWith(term, at) ? [`${at}:${term}`] : [])),
          );
          assert.deepEqual(found.sort(), expected.sort());
        },
      ),
    );
  });
});
