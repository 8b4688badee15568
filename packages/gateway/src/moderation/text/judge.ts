/** Which rules a reading meets, and for what score. Pure. */
import type { CompiledRule } from './compile.ts';
import type { Hit, Reading } from './hits.ts';

export interface Match {
  readonly rule: CompiledRule;
  readonly score: number;
  /** For the lower score of `soften`. */
  readonly softened: boolean;
  /** One of each group. */
  readonly hits: readonly Hit[];
}

export function judge(reading: Reading, rules: readonly CompiledRule[]): readonly Match[] {
  return rules.flatMap((rule) => judgeRule(reading, rule) ?? []);
}

/** First with the terms that count fully; then, where the rule softens, with all. */
function judgeRule(reading: Reading, rule: CompiledRule): Match | null {
  if (!rule.groups.every((concepts) => concepts.some((concept) => reading.mentions(concept)))) return null;
  const groups = rule.groups.map((concepts) =>
    concepts.flatMap((concept) => reading.hitsOf(concept)).sort((a, b) => a.at - b.at),
  );
  if (groups.some((hits) => hits.length === 0)) return null;
  const { soften } = rule;
  if (!soften) return matched(rule, groups, false, reading);
  const softened = new Set(
    soften.by.flatMap((concept) => reading.hitsOf(concept).map(({ at }) => reading.sentenceOf(at))),
  );
  const hard = groups.map((hits) => hits.filter(({ at }) => !softened.has(reading.sentenceOf(at))));
  return matched(rule, hard, false, reading) ?? matched(rule, groups, true, reading);
}

type Place = Pick<Reading, 'sentenceOf' | 'isByChance'>;

function matched(
  rule: CompiledRule,
  groups: readonly (readonly Hit[])[],
  softened: boolean,
  place: Place,
): Match | null {
  const score = softened ? (rule.soften?.to ?? rule.score) : rule.score;
  const [first = [], ...others] = groups;
  for (const hit of first) {
    if (rule.ordered) {
      const hits = following(hit, others, rule.window, place);
      if (hits && !hits.some(place.isByChance)) return { rule, score, softened, hits };
      continue;
    }
    const company = others.map((hits) => nearest(hits, hit));
    if (company.every((other) => other !== null && within(hit, other, rule.window))) {
      const hits = [hit, ...company.filter((other) => other !== null)];
      if (!hits.some(place.isByChance)) return { rule, score, softened, hits };
    }
  }
  return null;
}

/** The first hit and, of each other group, the next behind the one before, in the sentence; null where one is missing or too far. */
function following(
  first: Hit,
  others: readonly (readonly Hit[])[],
  window: number | null,
  { sentenceOf }: Place,
): readonly Hit[] | null {
  const chain = [first];
  let last = first;
  for (const hits of others) {
    const next = hits[firstFrom(hits, last.to)];
    if (!next || !within(last, next, window) || sentenceOf(next.at) !== sentenceOf(first.at)) return null;
    chain.push(next);
    last = next;
  }
  return chain;
}

/** Index of the first of the hits, which are in order, that begins at `at` or behind it. */
function firstFrom(hits: readonly Hit[], at: number): number {
  let [low, high] = [0, hits.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((hits[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The neighbour in the text that is not the same words; `hits` are in its order. */
function nearest(hits: readonly Hit[], to: Hit): Hit | null {
  const low = firstFrom(hits, to.at);
  let [before, after] = [low - 1, low];
  while (overlap(hits[before], to)) before--;
  while (overlap(hits[after], to)) after++;
  const [left, right] = [hits[before], hits[after]];
  if (!left || !right) return left ?? right ?? null;
  return to.at - left.to <= right.at - to.to ? left : right;
}

function overlap(a: Hit | undefined, b: Hit): boolean {
  return a !== undefined && a.at < b.to && b.at < a.to;
}

function within(a: Hit, b: Hit, window: number | null): boolean {
  return window === null || Math.max(a.at, b.at) - Math.min(a.to, b.to) <= window;
}
