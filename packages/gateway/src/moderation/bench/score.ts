/** How well the rules tell the labelled prompts apart, under the default policy. Pure. */
import { CATEGORIES, type Category, type Finding } from '../detector.ts';
import { DEFAULT_POLICY, decide } from '../policy.ts';
import type { Label, LabelledPrompt } from './prompts.ts';

export interface Judged extends LabelledPrompt {
  readonly got: Label;
  /** Of the deciding finding. */
  readonly rule: string | null;
}

export interface CategoryScore {
  readonly category: Category;
  readonly wanted: number;
  readonly found: number;
  /** Prompts blocked for it that are labelled otherwise. */
  readonly wrongly: number;
}

export function judgeAll(
  prompts: readonly LabelledPrompt[],
  findIn: (text: string) => readonly Finding[],
): readonly Judged[] {
  return prompts.map((prompt) => {
    const verdict = decide(findIn(prompt.text), DEFAULT_POLICY, () => false);
    if (verdict.kind === 'allow') return { ...prompt, got: 'ok', rule: null };
    return { ...prompt, got: verdict.deciding.category, rule: verdict.deciding.rule };
  });
}

export function scoreByCategory(judged: readonly Judged[]): readonly CategoryScore[] {
  return CATEGORIES.map((category) => ({
    category,
    wanted: judged.filter(({ label }) => label === category).length,
    found: judged.filter(({ label, got }) => label === category && got === category).length,
    wrongly: judged.filter(({ label, got }) => label !== category && got === category).length,
  })).filter(({ wanted, wrongly }) => wanted + wrongly > 0);
}

export interface Overall {
  /** Blocked, of those that must be; for whatever category. */
  readonly recall: number;
  /** Of the blocked ones, those that must be. */
  readonly precision: number;
  /** Of the harmless ones, those blocked. */
  readonly falseAlarms: number;
}

export function overall(judged: readonly Judged[]): Overall {
  const bad = judged.filter(({ label }) => label !== 'ok');
  const good = judged.length - bad.length;
  const caught = bad.filter(({ got }) => got !== 'ok').length;
  const alarms = judged.filter(({ label, got }) => label === 'ok' && got !== 'ok').length;
  return {
    recall: share(caught, bad.length),
    precision: share(caught, caught + alarms),
    falseAlarms: share(alarms, good),
  };
}

export function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}
