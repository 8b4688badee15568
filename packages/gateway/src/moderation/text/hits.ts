/** Where a text says what: every term of every view, less those in a phrase that means something else, or negated. */
import { agesIn } from './ages.ts';
import { type CompiledRules, HAN, type Matcher } from './compile.ts';
import { isNegated } from './negation.ts';
import { firstAfter, type Range, united } from './ranges.ts';
import { type View, type ViewName, viewsOf, withoutSpaces } from './views.ts';

export interface Hit {
  readonly concept: number;
  /** In the original. */
  readonly start: number;
  readonly end: number;
  /** In the plain view: distances between hits are the same however the original is padded with invisible characters. */
  readonly at: number;
  readonly to: number;
  readonly view: ViewName;
}

export interface Reading {
  /** By concept, in the order of the text. */
  readonly hits: ReadonlyMap<number, readonly Hit[]>;
  /** Of the plain view: which sentence an index is in. */
  sentenceOf(at: number): number;
}

interface Found {
  readonly hits: Hit[];
  readonly exceptions: Map<number, Range[]>;
}

export function read(text: string, rules: CompiledRules): Reading {
  const views = viewsOf(text);
  const [plain] = views;
  const found: Found = { hits: [], exceptions: new Map() };
  const hasHan = HAN.test(plain.text);
  for (const view of views) {
    scan(view, plain, rules.words, found, (start, end, prefix) => isWord(view, start, end, prefix));
    if (hasHan) scan(withoutSpaces(view), plain, rules.han, found, () => true);
  }
  addAges(plain, rules, found);

  const hits = new Map<number, Hit[]>();
  const exceptions = new Map([...found.exceptions].map(([concept, ranges]) => [concept, united(ranges)]));
  for (const hit of found.hits) {
    if (overlapsAny(hit, exceptions.get(hit.concept)) || isNegated(plain.text, hit.at, hit.to)) continue;
    const list = hits.get(hit.concept);
    if (list) list.push(hit);
    else hits.set(hit.concept, [hit]);
  }
  for (const list of hits.values()) list.sort((a, b) => a.at - b.at);
  return { hits, sentenceOf: sentences(plain.text) };
}

function scan(
  view: View,
  plain: View,
  { automaton, uses }: Matcher,
  found: Found,
  fits: (start: number, end: number, prefix: boolean) => boolean,
): void {
  automaton.scan(view.text, (term, start, end) => {
    for (const { concept, except, prefix } of uses[term] ?? []) {
      if (!fits(start, end, prefix)) continue;
      const range = { start: view.starts[start] ?? 0, end: view.ends[end - 1] ?? 0 };
      if (except) {
        const list = found.exceptions.get(concept);
        if (list) list.push(range);
        else found.exceptions.set(concept, [range]);
      } else {
        const at = indexOf(plain, range.start);
        found.hits.push({ concept, ...range, at, to: indexOf(plain, range.end), view: view.name });
      }
    }
  });
}

function addAges(plain: View, { ages }: CompiledRules, { hits }: Found): void {
  for (const age of agesIn(plain)) {
    for (const { concept, below } of ages) {
      if (age.years >= below) continue;
      const [start, end] = [plain.starts[age.start] ?? 0, plain.ends[age.end - 1] ?? 0];
      hits.push({ concept, start, end, at: age.start, to: age.end, view: 'plain' });
    }
  }
}

/** A whole word, its plural or possessive, or with `*` its beginning. Inside glued letters longer terms need no boundary. */
function isWord(view: View, start: number, end: number, prefix: boolean): boolean {
  const run = firstAfter(view.glued, start);
  if (end - start >= MIN_GLUED && run && start >= run.start && end <= run.end) return true;
  if (isLetter(view.text, start - 1)) return false;
  if (prefix || !isLetter(view.text, end)) return true;
  const tail = view.text.startsWith('es', end) ? 2 : view.text.startsWith('s', end) ? 1 : 0;
  if (tail === 0) return false;
  return !isLetter(view.text, end + tail) || (tail === 2 && !isLetter(view.text, end + 1));
}

const MIN_GLUED = 4;

function isLetter(text: string, at: number): boolean {
  if (at < 0 || at >= text.length) return false;
  const unit = text.charCodeAt(at);
  if (unit < 0x7f) return (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57);
  return !HAN.test(text.charAt(at));
}

/** The first index of the view that came from `offset` of the original or from behind it. */
function indexOf({ starts, text }: View, offset: number): number {
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function overlapsAny(hit: Range, ranges: readonly Range[] | undefined): boolean {
  const next = ranges && firstAfter(ranges, hit.start);
  return next !== undefined && next.start < hit.end;
}

function sentences(text: string): (at: number) => number {
  const breaks: number[] = [];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) breaks.push(at);
  return (at) => {
    let [low, high] = [0, breaks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((breaks[middle] ?? 0) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
