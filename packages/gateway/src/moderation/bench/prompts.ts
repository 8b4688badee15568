/** The labelled prompts of the measurement, one a line: `label | prompt`, `#` for remarks, `\uXXXX` for what an editor would not show. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CATEGORIES, type Category } from '../detector.ts';

export type Label = Category | 'ok';

export interface LabelledPrompt {
  readonly label: Label;
  readonly text: string;
  readonly line: number;
}

/**
 * `tuning`: the rules were made with it in sight. `holdout`: written before the rules, never used to change one, but by the
 * same author, whose words it shares. `fresh` and `blind-*`: written after a state of the rules and scored once before any was
 * changed; the rules have learned from all of them since, so that their numbers of today are no measure.
 */
export const SETS = [
  'tuning',
  'holdout',
  'fresh',
  'blind-1',
  'blind-2',
  'blind-3',
  'blind-4',
  'blind-5',
] as const;
export type SetName = (typeof SETS)[number];

export function readPrompts(set: SetName): readonly LabelledPrompt[] {
  const file = join(import.meta.dirname, 'prompts', `${set}.txt`);
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => {
      if (line.trim() === '' || line.startsWith('#')) return [];
      const [label = '', ...rest] = line.split('|');
      const known = labelOf(label.trim());
      if (!known || rest.length === 0) throw new Error(`${set}.txt:${index + 1}: is not "label | prompt"`);
      return [{ label: known, text: unescaped(rest.join('|').trim()), line: index + 1 }];
    });
}

function labelOf(name: string): Label | undefined {
  return name === 'ok' ? 'ok' : CATEGORIES.find((category) => category === name);
}

function unescaped(text: string): string {
  return text.replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
