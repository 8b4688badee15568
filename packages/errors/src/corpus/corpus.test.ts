import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PROVIDERS } from '../rules/index.ts';
import { renderClassificationPage } from './page.ts';
import { renderReport, type Share, scoreAll } from './report.ts';
import { OWN_CORPUS, readCorpus } from './score.ts';

const { entries, problems } = readCorpus(OWN_CORPUS);
const floor = (share: Share, least: number): void =>
  assert.ok((100 * share.right) / share.of >= least, `${share.right} of ${share.of} is below ${least} %`);

test('the fixtures can be read, and no two have the same id', () => {
  assert.deepEqual(problems, []);
  assert.ok(entries.length > 400);
  assert.equal(new Set(entries.map((entry) => entry.id)).size, entries.length);
});

test('with the providers own rules: 98 % of the codes, 92 % of the sub-types', () => {
  const score = scoreAll(entries);
  floor(score.code, 98);
  floor(score.subtype, 92);
});

test('with the general rules alone: 80 % of the codes', () => {
  floor(scoreAll(entries, { generalOnly: true }).code, 80);
});

test('errors as providers might word them, written by hand: 95 % of the codes', () => {
  const invented = readCorpus(fileURLToPath(new URL('../../fixtures/invented', import.meta.url)));
  assert.deepEqual(invented.problems, []);
  floor(scoreAll(invented.entries).code, 95);
});

test('errors of strangers, gathered in public (fixtures/recorded): 98 % of the codes, 95 % of the sub-types', () => {
  const recorded = readCorpus(fileURLToPath(new URL('../../fixtures/recorded', import.meta.url)));
  assert.deepEqual(recorded.problems, []);
  assert.ok(recorded.entries.length > 300);
  const score = scoreAll(recorded.entries);
  floor(score.code, 98);
  floor(score.subtype, 95);
  floor(scoreAll(recorded.entries, { generalOnly: true }).code, 97);
});

test('a verdict that is sure of itself is right', () => {
  const sure = scoreAll(entries).judged.filter((one) => one.verdict.confidence >= 0.85);
  floor({ right: sure.filter((one) => one.codeRight).length, of: sure.length }, 99);
});

test('the report ends with the line that scripts read', () => {
  const last = renderReport(scoreAll(entries)).split('\n').at(-1) ?? '';
  assert.match(last, /^code \d+\.\d % sub-type \d+\.\d % of \d+$/);
});

test('the page has a row for every provider with fixtures', () => {
  const page = renderClassificationPage();
  for (const provider of new Set(entries.map((entry) => entry.evidence.provider))) {
    assert.ok(page.includes(`| ${provider} |`), provider);
  }
  for (const { provider } of PROVIDERS) assert.ok(page.includes(provider), provider);
});
