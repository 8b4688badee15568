/**
 * `npm run moderation-bench`: precision and recall of the text rules on each set of labelled prompts, every miss and false alarm,
 * and what a prompt costs. The rules have seen every set: what they did at first sight is in docs/moderation.md.
 */
import { BUILT_IN_PACKS, createTextRules, readPacks, type TextRules } from '../text/rules.ts';
import { type LabelledPrompt, readPrompts, SETS, type SetName } from './prompts.ts';
import { judgeAll, overall, scoreByCategory, share } from './score.ts';

const percent = (value: number) => `${(value * 100).toFixed(1)} %`.padStart(8);

function report(name: SetName, rules: TextRules): void {
  const prompts = readPrompts(name);
  const judged = judgeAll(prompts, (text) => rules.findIn(text, 'prompt', 'input'));
  const harmless = prompts.filter(({ label }) => label === 'ok').length;
  const { precision, recall, falseAlarms } = overall(judged);
  console.log(`\n${name}: ${prompts.length} prompts, ${harmless} of them harmless`);
  console.log('  category              wanted  precision    recall');
  for (const { category, wanted, found, wrongly } of scoreByCategory(judged)) {
    const numbers = `${percent(share(found, found + wrongly))}  ${percent(share(found, wanted))}`;
    console.log(`  ${category.padEnd(22)}${String(wanted).padStart(6)}   ${numbers}`);
  }
  console.log(
    `  blocked or not                 ${percent(precision)}  ${percent(recall)}   false alarms ${percent(falseAlarms)}`,
  );
  for (const { label, got, rule, text, line } of judged) {
    if (label === got) continue;
    const kind = label === 'ok' ? 'false alarm' : got === 'ok' ? 'miss' : 'other category';
    console.log(`  ${kind.padEnd(15)} line ${line}: ${label} -> ${got}${rule ? ` (${rule})` : ''}: ${text}`);
  }
}

interface Times {
  readonly median: number;
  readonly slowest: number;
}

const BATCHES = 8;
const ROUNDS = 40;

/**
 * Microseconds; the slowest is the 99th percentile. Works take turns, and the quietest of some batches counts, since what else the
 * machine does meanwhile is no cost of a prompt.
 */
function timesOf(works: readonly ((text: string) => unknown)[], texts: readonly string[]): readonly Times[] {
  const quietest: Times[] = works.map(() => ({ median: Infinity, slowest: Infinity }));
  for (let batch = 0; batch <= BATCHES; batch++) {
    const times: number[][] = works.map(() => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (const text of texts) {
        for (const [which, work] of works.entries()) {
          const start = performance.now();
          work(text);
          times[which]?.push((performance.now() - start) * 1000);
        }
      }
    }
    // The first batch warms up.
    if (batch === 0) continue;
    for (const [which, list] of times.entries()) {
      list.sort((a, b) => a - b);
      const [median = 0, slowest = 0] = [list[list.length >> 1], list[Math.floor(list.length * 0.99)]];
      if (slowest < (quietest[which]?.slowest ?? 0)) quietest[which] = { median, slowest };
    }
  }
  return quietest;
}

/** Prompts of exactly 2,000 characters, made of the labelled ones. */
function long(prompts: readonly LabelledPrompt[]): readonly string[] {
  const all = prompts.map(({ text }) => text).join('. ');
  const enough = all.repeat(Math.ceil(6_000 / all.length));
  return Array.from({ length: 8 }, (_, index) => enough.slice(index * 500, index * 500 + 2_000));
}

function main(): void {
  const started = performance.now();
  const rules = createTextRules(readPacks(BUILT_IN_PACKS));
  console.log(`packs read and compiled in ${(performance.now() - started).toFixed(0)} ms`);
  for (const set of SETS) report(set, rules);

  const prompts = SETS.flatMap(readPrompts);
  const harmless = prompts.filter(({ label, text }) => label === 'ok' && /^[ -~]+$/.test(text));
  const chinese = prompts.filter(({ label, text }) => label === 'ok' && !/^[ -~]+$/.test(text));
  console.log('\nmicroseconds a prompt               rules: median, p99   only normalize(): median, p99');
  const rows: [string, readonly string[]][] = [
    ['as they are, about 35 characters', prompts.map(({ text }) => text)],
    ['2,000 characters, harmless', long(harmless)],
    ['2,000 characters, Chinese', long(chinese)],
    ['2,000 characters, all labels', long(prompts)],
  ];
  for (const [name, texts] of rows) {
    const row = timesOf(
      [(text) => rules.findIn(text, 'prompt', 'input'), (text) => text.normalize('NFKD').toLowerCase()],
      texts,
    ).flatMap(({ median, slowest }) => [median, slowest]);
    console.log(`  ${name.padEnd(34)}${row.map((value) => value.toFixed(0).padStart(11)).join('')}`);
  }
}

if (import.meta.main) main();
