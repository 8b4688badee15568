/** Counts verdicts against labels, and prints them. */
import { type ClassifyOptions, classify } from '../classify.ts';
import type { TaskCode } from '../codes.ts';
import type { Verdict } from '../verdict.ts';
import type { CorpusEntry } from './entry.ts';

export interface Judged {
  readonly entry: CorpusEntry;
  readonly verdict: Verdict;
  readonly codeRight: boolean;
  /** Null where the label has no sub-type. Counted whether or not the code was right. */
  readonly subtypeRight: boolean | null;
}

export interface Share {
  readonly right: number;
  readonly of: number;
}

export interface Score {
  readonly judged: readonly Judged[];
  readonly code: Share;
  readonly subtype: Share;
}

export function scoreAll(entries: readonly CorpusEntry[], options: ClassifyOptions = {}): Score {
  const judged = entries.map((entry): Judged => {
    const verdict = classify(entry.evidence, options);
    const codeRight = entry.accept.includes(verdict.code);
    const subtypeRight =
      entry.subtype === null ? null : verdict.code === entry.code && verdict.subtype === entry.subtype;
    return { entry, verdict, codeRight, subtypeRight };
  });
  return { judged, code: codeShare(judged), subtype: subtypeShare(judged) };
}

export function codeShare(judged: readonly Judged[]): Share {
  return { right: judged.filter((one) => one.codeRight).length, of: judged.length };
}

export function subtypeShare(judged: readonly Judged[]): Share {
  const labelled = judged.filter((one) => one.subtypeRight !== null);
  return { right: labelled.filter((one) => one.subtypeRight === true).length, of: labelled.length };
}

export function percent({ right, of }: Share): string {
  return of === 0 ? '-' : `${((100 * right) / of).toFixed(1)} %`;
}

export function groupBy(judged: readonly Judged[], key: (one: Judged) => string): Map<string, Judged[]> {
  const groups = new Map<string, Judged[]>();
  for (const one of judged) {
    const name = key(one);
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function renderReport(score: Score): string {
  const { judged } = score;
  const lines = [
    'A code is right when it is in `accept`. A sub-type is right when code and sub-type are both the labelled ones;',
    'counted over all entries whose label has a sub-type, whether their code was right or not.',
    '',
    ...table(
      'provider',
      groupBy(judged, (one) => one.entry.evidence.provider),
    ),
    '',
    ...table(
      'code / sub-type',
      groupBy(judged, (one) => labelOf(one.entry.code, one.entry.subtype)),
    ),
    '',
    'Confusion: labelled -> given (outside `accept` only)',
    ...confusion(judged),
    '',
    'Misses',
    ...judged.filter((one) => !one.codeRight || one.subtypeRight === false).map(missLine),
    '',
    `code ${percent(score.code)} sub-type ${percent(score.subtype)} of ${judged.length}`,
  ];
  return lines.join('\n');
}

function table(title: string, groups: Map<string, Judged[]>): string[] {
  const width = Math.max(title.length, ...[...groups.keys()].map((name) => name.length));
  const head = `${title.padEnd(width)}  ${'entries'.padStart(7)}  ${'code'.padStart(8)}  ${'sub-type'.padStart(8)}`;
  const rows = [...groups].map(
    ([name, group]) =>
      `${name.padEnd(width)}  ${String(group.length).padStart(7)}  ${percent(codeShare(group)).padStart(8)}  ${percent(subtypeShare(group)).padStart(8)}`,
  );
  return [head, ...rows];
}

function confusion(judged: readonly Judged[]): string[] {
  const wrong = judged.filter((one) => !one.codeRight);
  if (wrong.length === 0) return ['  none'];
  return [...groupBy(wrong, (one) => `${one.entry.code} -> ${one.verdict.code}`)].map(
    ([pair, group]) => `  ${String(group.length).padStart(3)}  ${pair}`,
  );
}

function missLine({ entry, verdict }: Judged): string {
  return `  ${entry.id}: labelled ${labelOf(entry.code, entry.subtype)}, given ${labelOf(verdict.code, verdict.subtype)} by ${verdict.matched_rule}`;
}

function labelOf(code: TaskCode, subtype: string | null): string {
  return subtype === null ? code : `${code}/${subtype}`;
}
