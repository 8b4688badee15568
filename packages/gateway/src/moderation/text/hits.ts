/** Where a text says what: every term of every view, less those in a phrase that means something else, or negated. */
import { agesIn } from './ages.ts';
import { type CompiledRules, HAN, type Matcher } from './compile.ts';
import { liesAcrossWords } from './han-words.ts';
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
  /** Whether a concept is there at all, before exceptions and negations: cheap. */
  mentions(concept: number): boolean;
  /** In the order of the text. */
  hitsOf(concept: number): readonly Hit[];
  /** Of the plain view: which sentence an index is in. */
  sentenceOf(at: number): number;
  /** Whether a Chinese term is there only by chance, across two words. Dear: to be asked of what would make a finding. */
  isByChance(hit: Hit): boolean;
}

/** By concept. */
interface Found {
  readonly hits: Map<number, Hit[]>;
  readonly exceptions: Map<number, Range[]>;
}

export function read(text: string, rules: CompiledRules): Reading {
  const views = viewsOf(text, rules.lexicon);
  const [plain] = views;
  const found: Found = { hits: new Map(), exceptions: new Map() };
  const hasHan = HAN.test(plain.text);
  for (const view of views) {
    scan(view, plain, rules.words, found, {
      begins: (at) => !isLetter(view.text, at - 1) || isGlued(view, at),
      fits: (start, end, prefix) => isWord(view, start, end, prefix),
    });
    if (hasHan) scan(withoutSpaces(view), plain, rules.han, found, { begins: () => true, fits: () => true });
  }
  addAges(plain, rules, found);

  // Most concepts of a text make no rule, so what they mean in their place is worked out only when one is asked for.
  const meant = new Map<number, readonly Hit[]>();
  return {
    mentions: (concept) => found.hits.has(concept),
    hitsOf(concept) {
      let hits = meant.get(concept);
      if (hits === undefined) {
        hits = meantHits(concept, found, plain);
        meant.set(concept, hits);
      }
      return hits;
    },
    sentenceOf: sentences(plain.text),
    isByChance: ({ at, to }) => hasHan && liesAcrossWords(plain.text, at, to),
  };
}

function meantHits(concept: number, found: Found, plain: View): readonly Hit[] {
  const exceptions = united(found.exceptions.get(concept) ?? []);
  return (found.hits.get(concept) ?? [])
    .filter((hit) => !overlapsAny(hit, exceptions) && !isNegated(plain.text, hit.at, hit.to))
    .sort((a, b) => a.at - b.at);
}

function add<T>(lists: Map<number, T[]>, concept: number, item: T): void {
  const list = lists.get(concept);
  if (list) list.push(item);
  else lists.set(concept, [item]);
}

interface Boundaries {
  begins(at: number): boolean;
  fits(start: number, end: number, prefix: boolean): boolean;
}

function scan(
  view: View,
  plain: View,
  { trie, uses }: Matcher,
  found: Found,
  { begins, fits }: Boundaries,
): void {
  trie.scan(view.text, begins, (term, start, end) => {
    for (const { concept, except, prefix } of uses[term] ?? []) {
      if (!fits(start, end, prefix)) continue;
      const range = { start: view.starts[start] ?? 0, end: view.ends[end - 1] ?? 0 };
      if (except) {
        add(found.exceptions, concept, range);
      } else {
        const [at, to] =
          view === plain ? [start, end] : [indexOf(plain, range.start), indexOf(plain, range.end)];
        add(found.hits, concept, { concept, ...range, at, to, view: view.name });
      }
    }
  });
}

function addAges(plain: View, { ages }: CompiledRules, { hits }: Found): void {
  for (const age of agesIn(plain)) {
    for (const { concept, below } of ages) {
      if (age.years >= below) continue;
      const [start, end] = [plain.starts[age.start] ?? 0, plain.ends[age.end - 1] ?? 0];
      add(hits, concept, { concept, start, end, at: age.start, to: age.end, view: 'plain' });
    }
  }
}

/** A whole word, its plural or possessive, or with `*` its beginning. Inside glued letters longer terms need no boundary. */
function isWord(view: View, start: number, end: number, prefix: boolean): boolean {
  const run = view.glued.length > 0 ? firstAfter(view.glued, start) : undefined;
  if (end - start >= MIN_GLUED && run && start >= run.start && end <= run.end) return true;
  if (isLetter(view.text, start - 1)) return false;
  if (prefix || !isLetter(view.text, end)) return true;
  if (end - start >= MIN_GLUED && COMPANY.test(view.text.slice(end, end + LONGEST_COMPANY))) return true;
  const tail = view.text.startsWith('es', end) ? 2 : view.text.startsWith('s', end) ? 1 : 0;
  if (tail === 0) return false;
  return !isLetter(view.text, end + tail) || (tail === 2 && !isLetter(view.text, end + 1));
}

function isGlued(view: View, at: number): boolean {
  if (view.glued.length === 0) return false;
  const run = firstAfter(view.glued, at);
  return run !== undefined && at >= run.start;
}

const MIN_GLUED = 4;
/** What is run together with a term: "nakedwoman". */
const COMPANY =
  /^(?:woman|women|girl|lady|ladies|man|men|boy|guy|body|model|photo|pic|picture|image|video|selfie|art|scene|logo)s?(?![a-z0-9])/;
const LONGEST_COMPANY = 9;

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

function overlapsAny(hit: Range, ranges: readonly Range[]): boolean {
  const next = firstAfter(ranges, hit.start);
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
