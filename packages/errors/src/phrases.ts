/**
 * The matcher behind every rule that reads words: patterns in, the most telling match out. One pass over the words of a text,
 * whatever the number of patterns, and no regular expressions: a few hundred patterns cost a few microseconds.
 *
 * A pattern is a row of words: `'not|insufficient credit'`. `a|b` is either word, `..` skips up to six words, `#` is a number.
 * Words stand for all their forms: `exceed` is also exceeds, exceeded, exceeding. Articles and forms of "be" are passed over. Case,
 * punctuation and the way a code is spelled do not matter: `RateLimitExceeded`, `rate_limit_exceeded` and "Rate limit exceeded" are the
 * same words. A pattern in Chinese, Japanese or Korean is looked for as it stands; `..` in it skips up to twelve characters.
 */
import type { TaskCode } from './codes.ts';
import { Lexicon, UNKNOWN } from './lexicon.ts';
import { type Meaning, type Reading, readingOf } from './meaning.ts';
import { BARRIER, FILLERS, hasScript, scriptOf, type Words } from './words.ts';

/**
 * How telling a sign is. `sure` names the cause itself; `fair` names its kind; `vague` is the kind of word that providers also
 * use for everything else ("invalid request", "failed"). Of two signs the more telling one decides, and a code beats a sentence.
 */
export type Strength = 'sure' | 'fair' | 'vague';

export interface PhraseRow {
  readonly means: Meaning;
  readonly strength?: Strength;
  /** Codes that are about as defensible for these words. */
  readonly or?: readonly TaskCode[];
  readonly say: readonly string[];
}

export interface Match extends Reading {
  readonly pattern: string;
  /** The pattern with the first of its alternatives only: short enough for a log line. */
  readonly label: string;
  readonly strength: Strength;
  readonly or: readonly TaskCode[];
  /** Place in the book: the lower, the more telling. */
  readonly order: number;
}

interface Pattern extends Match {
  readonly steps: readonly Step[];
}

/** In Chinese, Japanese or Korean: its parts, which stand in this order and near each other. */
interface ScriptPattern extends Match {
  readonly parts: readonly string[];
}

interface Step {
  /** Numbers of the lexicon: any of them fits. */
  readonly words: ReadonlySet<number>;
  /** Any word that begins with a digit fits. */
  readonly digits: boolean;
  /** How many words may lie between the step before and this one. */
  readonly gap: number;
}

const LONGEST_GAP = 6;
const LONGEST_SCRIPT_GAP = 12;
const RANKS: readonly Strength[] = ['sure', 'fair', 'vague'];

/** In the place of the barrier's number. */
const BREAK = -1;

/** Patterns that begin with one word, each list in order of trust. */
interface Bucket {
  /** Of one step, or with digits as the second. */
  readonly open: Pattern[];
  /** By the word that must follow at once. */
  readonly bySecondWord: Map<number, Pattern[]>;
  /** By the word that must follow within a gap. */
  readonly byLaterWord: Map<number, Pattern[]>;
}

/** A text while one book looks at it: its words, and their numbers with a BREAK behind the last. Made once for each book, filled again. */
interface Page {
  list: readonly string[];
  readonly numbers: number[];
}

export class PhraseBook {
  #lexicon = new Lexicon([]);
  /** By the number of the first word. */
  readonly #buckets: (Bucket | undefined)[] = [];
  readonly #page: Page = { list: [], numbers: [] };
  readonly #script: ScriptPattern[] = [];

  /** Until the first question: a program that never meets an error does not pay for the patterns. */
  #unread: readonly PhraseRow[];

  constructor(rows: readonly PhraseRow[]) {
    this.#unread = rows;
  }

  #read(): void {
    const rows = this.#unread;
    this.#unread = [];
    this.#lexicon = new Lexicon(rows.flatMap((row) => row.say.flatMap(wordsOfPattern)));
    let order = 0;
    for (const strength of RANKS) {
      for (const row of rows) {
        if ((row.strength ?? 'sure') !== strength) continue;
        for (const pattern of row.say) this.#add(pattern, row, strength, order++);
      }
    }
  }

  /** The most telling pattern in the words, of those whose code passes `allowed`; null where none fits. */
  best(words: Words, allowed: ReadonlySet<TaskCode> | null = null): Match | null {
    if (this.#unread.length > 0) this.#read();
    let best: Match | null = null;
    const page = this.#open(words.list);
    const { list, numbers } = page;
    const buckets = this.#buckets;
    for (let at = 0; at < list.length; at++) {
      const number = numbers[at] ?? UNKNOWN;
      const bucket = number > UNKNOWN ? buckets[number] : undefined;
      if (bucket === undefined) continue;
      if (bucket.open.length > 0) best = better(bucket.open, page, at, 1, allowed, best);
      const pairs = bucket.bySecondWord.get(numbers[at + 1] ?? BREAK);
      if (pairs !== undefined) best = better(pairs, page, at + 1, 2, allowed, best);
      if (bucket.byLaterWord.size === 0) continue;
      for (let later = at + 1; later <= at + 1 + LONGEST_GAP; later++) {
        const following = numbers[later] ?? BREAK;
        if (following === BREAK) break;
        const candidates = following === UNKNOWN ? undefined : bucket.byLaterWord.get(following);
        if (candidates !== undefined) best = better(candidates, page, later, 2, allowed, best);
      }
    }
    if (words.script !== '') {
      for (const pattern of this.#script) {
        if (best !== null && pattern.order >= best.order) break;
        if ((allowed === null || allowed.has(pattern.code)) && holdsParts(words.script, pattern.parts))
          best = pattern;
      }
    }
    return best;
  }

  #open(list: readonly string[]): Page {
    const page = this.#page;
    const { numbers } = page;
    page.list = list;
    for (let at = 0; at < list.length; at++) {
      const word = list[at] ?? BARRIER;
      numbers[at] = word === BARRIER ? BREAK : this.#lexicon.numberOf(word);
    }
    numbers[list.length] = BREAK;
    return page;
  }

  #add(source: string, row: PhraseRow, strength: Strength, order: number): void {
    const base = {
      ...readingOf(row.means),
      pattern: source,
      label: labelOf(source),
      strength,
      or: row.or ?? [],
      order,
    };
    if (hasScript(source)) {
      this.#script.push({ ...base, parts: scriptOf(source).split('..') });
      return;
    }
    const pattern = { ...base, steps: stepsOf(source, this.#lexicon) };
    const [first, second] = pattern.steps;
    for (const word of first?.words ?? []) {
      const bucket = this.#bucketOf(word);
      if (second === undefined || second.digits) {
        bucket.open.push(pattern);
        continue;
      }
      const index = second.gap > 0 ? bucket.byLaterWord : bucket.bySecondWord;
      for (const next of second.words) {
        const known = index.get(next);
        if (known === undefined) index.set(next, [pattern]);
        else known.push(pattern);
      }
    }
  }

  #bucketOf(word: number): Bucket {
    const bucket = this.#buckets[word] ?? { open: [], bySecondWord: new Map(), byLaterWord: new Map() };
    this.#buckets[word] = bucket;
    return bucket;
  }
}

function better(
  candidates: readonly Pattern[],
  page: Page,
  at: number,
  index: number,
  allowed: ReadonlySet<TaskCode> | null,
  best: Match | null,
): Match | null {
  for (const pattern of candidates) {
    if (best !== null && pattern.order >= best.order) return best;
    if ((allowed === null || allowed.has(pattern.code)) && follows(pattern.steps, page, at, index))
      return pattern;
  }
  return best;
}

/** Whether the steps from `index` on follow the word at `at`; a gap tries every place it allows. */
function follows(steps: readonly Step[], page: Page, at: number, index: number): boolean {
  const step = steps[index];
  if (step === undefined) return true;
  for (let next = at + 1; next <= at + 1 + step.gap; next++) {
    const number = page.numbers[next] ?? BREAK;
    if (number === BREAK) return false;
    const fits = step.digits ? startsWithDigit(page.list[next] ?? '') : step.words.has(number);
    if (fits && follows(steps, page, next, index + 1)) return true;
  }
  return false;
}

/** Whether the parts stand in the text one after the other, few characters apart. */
function holdsParts(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  for (let at = text.indexOf(first); at >= 0; at = text.indexOf(first, at + 1)) {
    let end = at + first.length;
    const near = rest.every((part) => {
      const next = text.indexOf(part, end);
      const close = next >= 0 && next - end <= LONGEST_SCRIPT_GAP && !text.slice(end, next).includes(BARRIER);
      end = next + part.length;
      return close;
    });
    if (near) return true;
  }
  return false;
}

function startsWithDigit(word: string): boolean {
  const unit = word.charCodeAt(0);
  return unit >= 48 && unit <= 57;
}

function labelOf(source: string): string {
  return source
    .split(' ')
    .map((part) => part.split('|')[0])
    .join(' ');
}

/** The words of a pattern, fillers left out; none for one in a script that is looked for as it stands. */
function wordsOfPattern(source: string): string[] {
  return hasScript(source) ? [] : source.split(/[ |]/).filter(isWord);
}

function isWord(part: string): boolean {
  return part !== '..' && part !== '#' && !FILLERS.has(part);
}

function stepsOf(source: string, lexicon: Lexicon): Step[] {
  const steps: Step[] = [];
  let gap = 0;
  for (const part of source.split(' ')) {
    if (part === '..') {
      gap = LONGEST_GAP;
      continue;
    }
    const words = part.split('|').filter(isWord);
    if (words.length === 0 && part !== '#') continue;
    steps.push({
      words: new Set(words.flatMap((word) => lexicon.numbersOf(word))),
      digits: part === '#',
      gap,
    });
    gap = 0;
  }
  return steps;
}
