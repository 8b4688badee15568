/**
 * What Rekognition's moderation labels (its list of 2024, three levels) mean to us. A weight below 1 is for what may be looked at
 * in many houses and is no violation by the default threshold of 0.7: the operator lowers the threshold to have it blocked.
 */
import type { Category } from '../detector.ts';

export interface LabelMeaning {
  readonly category: Category;
  /** What the confidence is multiplied with. */
  readonly weight: number;
}

const MEANINGS: Readonly<Record<string, LabelMeaning>> = {
  Explicit: { category: 'adult', weight: 1 },
  'Non-Explicit Nudity of Intimate parts and Kissing': { category: 'adult', weight: 0.55 },
  'Kissing on the Lips': { category: 'adult', weight: 0.3 },
  'Swimwear or Underwear': { category: 'adult', weight: 0.4 },
  Violence: { category: 'violence', weight: 0.65 },
  Weapons: { category: 'violence', weight: 0.5 },
  'Graphic Violence': { category: 'violence', weight: 1 },
  'Visually Disturbing': { category: 'violence', weight: 0.9 },
  Crashes: { category: 'violence', weight: 0.5 },
  'Hate Symbols': { category: 'general', weight: 1 },
  'Drugs & Tobacco': { category: 'general', weight: 0.6 },
  Alcohol: { category: 'general', weight: 0.3 },
  Gambling: { category: 'general', weight: 0.3 },
  'Rude Gestures': { category: 'general', weight: 0.4 },
};

/** A label that nobody has put into the table yet: seen in full. */
const UNKNOWN: LabelMeaning = { category: 'general', weight: 1 };

/**
 * The meaning of the label itself or of its nearest known ancestor.
 *
 * @param parents by label, of all labels of the answer: a parent that is found is always listed too.
 */
export function weightOf(name: string, parent: string, parents: ReadonlyMap<string, string>): LabelMeaning {
  const seen = new Set<string>();
  let label = name;
  let above = parent;
  while (!seen.has(label)) {
    const meaning = MEANINGS[label];
    if (meaning) return meaning;
    seen.add(label);
    label = above;
    above = parents.get(label) ?? '';
  }
  return UNKNOWN;
}
