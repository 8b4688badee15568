import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exampleOf, REHEARSALS } from '../../upstream/studio/rehearsal-table.ts';
import { readPrompts } from '../bench/prompts.ts';
import { judgeAll, overall } from '../bench/score.ts';
import { DEFAULT_POLICY, decide } from '../policy.ts';
import { PackError, parsePack } from './pack.ts';
import { BUILT_IN_PACKS, createTextRules, readPacks } from './rules.ts';
import { TRADITIONAL } from './tables/traditional.ts';

const packs = readPacks(BUILT_IN_PACKS);
const rules = createTextRules(packs);
const found = (text: string) => rules.findIn(text, 'prompt', 'input');
const COUNTS = 0.7;

describe('the built-in packs', () => {
  for (const pack of packs) {
    it(`${pack.pack}: keeps what its own tests promise`, () => {
      const own = new Set(pack.rules.map(({ id }) => id));
      for (const text of pack.tests.block) {
        const hit = found(text).some(({ score, rule }) => score >= COUNTS && rule !== null && own.has(rule));
        assert.ok(hit, `no rule of ${pack.pack} finds "${text}"`);
      }
      for (const text of pack.tests.pass) {
        const wrong = found(text).filter(({ score }) => score >= COUNTS);
        assert.deepEqual(wrong, [], `"${text}" must pass`);
      }
    });
  }

  it('are written in simplified Chinese, to which texts are folded', () => {
    const written = JSON.stringify(packs.map(({ concepts }) => concepts));
    assert.deepEqual(
      [...written].filter((char) => TRADITIONAL.has(char)),
      [],
    );
  });

  it('never block a rehearsal of the studio', () => {
    for (const row of REHEARSALS) {
      const verdict = decide(found(`a boat ${exampleOf(row)}@running@after=3s`), DEFAULT_POLICY, () => false);
      assert.equal(verdict.kind, 'allow', exampleOf(row));
    }
  });

  it('hold on the labelled prompts what the last measurement found', () => {
    for (const [set, recall, falseAlarms] of [
      ['tuning', 1, 0],
      ['holdout', 0.99, 0],
      ['fresh', 0.97, 0],
      ['blind-1', 0.97, 0],
      ['blind-2', 0.97, 0],
      ['blind-3', 0.96, 0],
    ] as const) {
      const measured = overall(judgeAll(readPrompts(set), found));
      assert.ok(measured.recall >= recall, `${set}: recall ${measured.recall}`);
      assert.ok(measured.falseAlarms <= falseAlarms, `${set}: false alarms ${measured.falseAlarms}`);
    }
  });
});

describe('a rule pack', () => {
  const pack = (rule: string) => `
pack: mine
about: Mine.
concepts:
  word: { terms: { en: [blorb] }, except: { en: [blorb cake] } }
rules: [${rule}]
tests: { block: [], pass: [] }`;

  it('adds concepts and rules to the built-in ones', () => {
    const mine = parsePack(
      pack('{ id: mine.word, category: general, score: 0.8, all: [[word]] }'),
      'mine.yaml',
    );
    const extended = createTextRules([...packs, mine]);
    assert.deepEqual(
      extended
        .findIn('two blorbs, please', 'prompt', 'input')
        .map(({ rule, why, spans }) => ({ rule, why, spans })),
      [{ rule: 'mine.word', why: 'word', spans: [{ start: 4, end: 9 }] }],
    );
    assert.deepEqual(extended.findIn('a blorb cake', 'prompt', 'input'), []);
  });

  it('names a verb and a choice of words once, and says in which order', () => {
    const mine = parsePack(
      `
pack: mine
about: Mine.
concepts:
  blorbing:
    terms:
      en: |
        # a remark
        blorb~, (big|small) zorb,
        quonk
  friend: { terms: { en: friend } }
rules: [{ id: mine.order, category: general, score: 0.8, window: 10, ordered: true, all: [[blorbing], [friend]] }]
tests: { block: [], pass: [] }`,
      'mine.yaml',
    );
    const rules = createTextRules([mine]);
    const finds = (text: string) => rules.findIn(text, 'prompt', 'input').length > 0;
    for (const text of ['blorbing a friend', 'blorbed my friends', 'a small zorb, friend', 'quonk friend']) {
      assert.ok(finds(text), text);
    }
    for (const text of [
      'a friend blorbs',
      'blorb. A friend',
      'blorb, a far away friend',
      'zorb friend',
      'remark friend',
    ]) {
      assert.ok(!finds(text), text);
    }
  });

  it('is refused with its problems named', () => {
    const refused = (yaml: string, message: RegExp) =>
      assert.throws(
        () => createTextRules([parsePack(yaml, 'mine.yaml')]),
        (error) => {
          assert.ok(error instanceof PackError);
          assert.match(error.message, message);
          return true;
        },
      );
    refused('a: [', /mine\.yaml/);
    refused('[]', /mine\.yaml/);
    refused(pack('{ id: mine.word, category: rude, score: 0.8, all: [[word]] }'), /\/rules\/0\/category/);
    refused(pack('{ id: mine.word, category: general, score: 2, all: [[word]] }'), /\/rules\/0\/score/);
    refused(
      pack('{ id: mine.word, category: general, score: 1, all: [[wrod]] }'),
      /no pack has a concept "wrod"/,
    );
    refused(
      pack('{ id: mine.word, category: adult, score: 1, absolute: true, all: [[word]] }'),
      /minor_protection/,
    );
    const twice = '{ id: mine.word, category: general, score: 1, all: [[word]] }';
    refused(pack(`${twice}, ${twice}`), /two rules have the id mine\.word/);
  });
});
