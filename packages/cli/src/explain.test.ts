import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dictionary, ERROR_CODES } from '@sluice/errors';
import { explain } from './explain.ts';
import type { Terminal } from './terminal.ts';
import { wrap } from './terminal.ts';

function explained(name?: string, width = 72): string {
  const written: string[] = [];
  const terminal: Terminal = {
    print: (text) => void written.push(text),
    note: () => assert.fail('nothing but the answer'),
    style: (_, text) => text,
    command: 'sluice',
    width,
    progress: process.stderr,
  };
  explain(terminal, name);
  return written.join('\n');
}

const words = (text: string) => text.split(/\s+/).filter(Boolean).join(' ');

test('every code and sub-type can be explained, with all that the dictionary holds, within the width', () => {
  for (const row of dictionary()) {
    const text = explained(row.code);
    for (const part of [row.title, row.description, ...row.causes, ...row.solutions]) {
      assert.ok(words(text).includes(words(part)), `${row.code} lacks: ${part}`);
    }
    for (const line of text.split('\n')) assert.ok(line.length <= 72 || !line.trim().includes(' '), line);
    for (const { subtype, description } of row.subtypes) {
      assert.ok(words(text).includes(words(description)));
      assert.ok(words(explained(`${row.code}/${subtype}`)).includes(words(description)));
    }
  }
});

test('without a code it lists every one of them', () => {
  const text = explained();
  for (const code of ERROR_CODES) assert.ok(text.includes(`  ${code}\n`));
});

test('a misspelt code gets the nearest ones; a wrong sub-type gets those there are', () => {
  assert.throws(() => explained('image_dimension_missmatch'), {
    name: 'UsageError',
    message: /Did you mean\n\n {2}image_dimension_mismatch/,
  });
  assert.throws(() => explained('Adult'), {
    name: 'UsageError',
    message: '"Adult" is a sub-type. Did you mean\n\n  content_policy_violation/adult',
  });
  assert.equal(explained('Image_Dimension_Mismatch'), explained('image_dimension_mismatch'));
  assert.throws(() => explained('zzz'), { name: 'UsageError', message: /There are\n/ });
  assert.throws(() => explained('quota_exceeded/x'), {
    name: 'UsageError',
    message: /quota_exceeded\/rate_limit/,
  });
  assert.throws(() => explained('quota_exceeded/rate_limit/x'), { name: 'UsageError' });
});

test('wrap keeps every word, and keeps long ones whole', () => {
  const text = 'one two https://example.com/a/very/long/address three\nfour';
  const wrapped = wrap(text, 20, '  ');
  assert.equal(wrapped, '  one two\n  https://example.com/a/very/long/address\n  three\n  four');
});
