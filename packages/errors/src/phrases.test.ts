import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formsOf } from './lexicon.ts';
import { PhraseBook, type PhraseRow } from './phrases.ts';
import { CHINESE } from './rules/general/chinese.ts';
import { CONTENT } from './rules/general/content.ts';
import { EAST_ASIAN } from './rules/general/east-asian.ts';
import { HOMONYMS } from './rules/general/homonyms.ts';
import { LIMITS } from './rules/general/limits.ts';
import { MEDIA } from './rules/general/media.ts';
import { PARAMETERS } from './rules/general/parameters.ts';
import { SERVICE } from './rules/general/service.ts';
import { TOPICS } from './rules/general/topics.ts';
import { PROVIDERS } from './rules/index.ts';
import { addCode, addSentence, hasScript, scriptOf } from './words.ts';

function wordsOf(add: (text: string, out: string[]) => void, text: string): string[] {
  const out: string[] = [];
  add(text, out);
  return out;
}

const finds = (say: string, text: string): boolean =>
  new PhraseBook([{ means: 'service_error', say: [say] }]).best({
    list: wordsOf(addSentence, text),
    script: scriptOf(text),
  }) !== null;

test('codes fall into words however they are spelled', () => {
  assert.deepEqual(wordsOf(addCode, 'APIAccountRpmRateLimitExceeded'), [
    'api',
    'account',
    'rpm',
    'rate',
    'limit',
    'exceeded',
  ]);
  assert.deepEqual(wordsOf(addCode, 'IMAGE_SAFETY'), ['image', 'safety']);
  assert.deepEqual(wordsOf(addCode, 'imagine:content-moderated'), ['imagine', 'content', 'moderated']);
});

test('sentences lose punctuation, case, articles and apostrophes', () => {
  assert.deepEqual(wordsOf(addSentence, "The file ISN'T a \u201cvalid\u201d image."), [
    'file',
    'isnt',
    'valid',
    'image',
  ]);
});

test('a word stands for its forms', () => {
  assert.ok(finds('exceed limit', 'Exceeded the limit'));
  assert.ok(finds('cancel', 'was cancelled'));
  assert.ok(finds('retry', 'retries'));
  assert.ok(!finds('limit', 'limitless'));
  assert.deepEqual(formsOf('429'), ['429']);
});

test('alternatives, gaps and numbers', () => {
  assert.ok(finds('too many|much .. tasks', 'Too many of your tasks'));
  assert.ok(!finds('too many .. tasks', 'too many one two three four five six seven tasks'));
  assert.ok(finds('retry after #', 'retry after 16 seconds'));
  assert.ok(!finds('retry after #', 'retry after lunch'));
  assert.ok(finds('one .. two three', 'one two x two three'), 'a gap tries every place');
  assert.ok(finds('余额不足', '账户余额不足，请充值'));
  assert.ok(finds('余额不足', '帳戶餘額不足，請充值'), 'traditional characters are read as simplified ones');
  assert.ok(finds('下载..失败', '图片下载多次均失败'));
  assert.ok(!finds('下载..失败', '下载成功，其余的一切事情也都顺利完成，最后失败'), 'a gap has an end');
  assert.ok(!finds('失败..下载', '下载失败'), 'parts keep their order');
});

test('the more telling pattern wins, then the one written first', () => {
  const book = new PhraseBook([
    { means: 'invalid_parameters/general', strength: 'vague', say: ['invalid'] },
    { means: 'service_unavailable', say: ['api key'] },
    { means: 'service_error', say: ['key'] },
  ]);
  assert.equal(
    book.best({ list: wordsOf(addSentence, 'invalid api key'), script: '' })?.code,
    'service_unavailable',
  );
  assert.equal(
    book.best({ list: wordsOf(addSentence, 'invalid api key'), script: '' }, new Set(['service_error']))
      ?.code,
    'service_error',
  );
});

test('every pattern of every table is made of words that a text can hold', () => {
  const own = PROVIDERS.flatMap((rules) => [
    ...(rules.text ?? []),
    ...rules.fields.flatMap((field) =>
      Object.values(field.means).flatMap((value) =>
        typeof value === 'object' && 'hint' in value ? (value.text ?? []) : [],
      ),
    ),
  ]);
  const rows: readonly PhraseRow[] = [
    ...CONTENT,
    ...LIMITS,
    ...MEDIA,
    ...PARAMETERS,
    ...SERVICE,
    ...CHINESE,
    ...EAST_ASIAN,
    ...HOMONYMS,
    ...TOPICS,
    ...own,
  ];
  for (const pattern of rows.flatMap((row) => row.say)) {
    if (hasScript(pattern)) continue;
    for (const word of pattern.split(' ')) {
      assert.match(word, /^(?:\.\.|#|[a-z0-9]+(?:\|[a-z0-9]+)*)$/, `"${word}" in "${pattern}"`);
    }
  }
});
