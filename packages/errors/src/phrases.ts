/**
 * The matcher behind every rule that reads words: patterns in, the most telling match out. One pass over the words of a text,
 * whatever the number of patterns, and no regular expressions: a few hundred patterns cost a few microseconds.
 *
 * A pattern is a row of words: `'not|insufficient credit'`. `a|b` is either word, `..` skips up to six words, `#` is a number.
 * Words stand for all their forms: `exceed` is also exceeds, exceeded, exceeding. Articles and forms of "be" are passed over. Case, punctuation and the way a code is
 * spelled do not matter: `RateLimitExceeded`, `rate_limit_exceeded` and "Rate limit exceeded" are the same words. A pattern with
 * a Chinese character is looked for as it stands.
 */
import type { TaskCode } from './codes.ts';
import { type Meaning, type Reading, readingOf } from './meaning.ts';

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

interface Step {
  readonly words: ReadonlySet<string>;
  readonly number: boolean;
  /** How many words may lie between the step before and this one. */
  readonly gap: number;
}

/** Words that say nothing: neither a pattern nor a text keeps them, so "the file is too long" is `file too long`. */
const FILLERS: ReadonlySet<string> = new Set(['the', 'a', 'an', 'is', 'are', 'was', 'were', 'be', 'been']);

function addWord(word: string, out: string[]): void {
  if (word.length > 4 || !FILLERS.has(word)) out.push(word);
}

/** Between two strings of one answer: no pattern reaches across. */
export const BARRIER = '\n';
const LONGEST_GAP = 6;
const RANKS: readonly Strength[] = ['sure', 'fair', 'vague'];
const CHINESE = /[\u3400-\u9fff]/;

export interface Words {
  readonly list: readonly string[];
  /** The text itself, for Chinese patterns; empty where it has no Chinese. */
  readonly chinese: string;
}

/** Patterns that begin with one word, each list in order of trust. */
interface Bucket {
  /** Of one step, or with a gap after the first. */
  readonly open: Pattern[];
  /** By the word that must follow at once. */
  readonly bySecondWord: Map<string, Pattern[]>;
}

export class PhraseBook {
  readonly #byFirstWord = new Map<string, Bucket>();
  readonly #chinese: Pattern[] = [];

  /** Until the first question: a program that never meets an error does not pay for the patterns. */
  #unread: readonly PhraseRow[];

  constructor(rows: readonly PhraseRow[]) {
    this.#unread = rows;
  }

  #read(): void {
    const rows = this.#unread;
    this.#unread = [];
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
    let best: Pattern | null = null;
    const { list } = words;
    for (let at = 0; at < list.length; at++) {
      const bucket = this.#byFirstWord.get(list[at] ?? '');
      if (bucket === undefined) continue;
      best = better(bucket.open, list, at, allowed, best);
      const next = list[at + 1];
      const pairs = next === undefined ? undefined : bucket.bySecondWord.get(next);
      if (pairs !== undefined) best = better(pairs, list, at, allowed, best);
    }
    if (words.chinese !== '') {
      for (const pattern of this.#chinese) {
        if (best !== null && pattern.order >= best.order) break;
        if ((allowed === null || allowed.has(pattern.code)) && words.chinese.includes(pattern.pattern))
          best = pattern;
      }
    }
    return best;
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
    if (CHINESE.test(source)) {
      this.#chinese.push({ ...base, pattern: source.toLowerCase(), steps: [] });
      return;
    }
    const pattern = { ...base, steps: stepsOf(source) };
    const [first, second] = pattern.steps;
    for (const word of first?.words ?? []) {
      const bucket = getOrMake(this.#byFirstWord, word, () => ({ open: [], bySecondWord: new Map() }));
      if (second === undefined || second.gap > 0 || second.number) bucket.open.push(pattern);
      else for (const next of second.words) getOrMake(bucket.bySecondWord, next, () => []).push(pattern);
    }
  }
}

function better(
  candidates: readonly Pattern[],
  list: readonly string[],
  at: number,
  allowed: ReadonlySet<TaskCode> | null,
  best: Pattern | null,
): Pattern | null {
  for (const pattern of candidates) {
    if (best !== null && pattern.order >= best.order) return best;
    if ((allowed === null || allowed.has(pattern.code)) && follows(pattern.steps, list, at)) return pattern;
  }
  return best;
}

function getOrMake<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** Whether the steps from `index` on follow the word at `at`; a gap tries every place it allows. */
function follows(steps: readonly Step[], list: readonly string[], at: number, index = 1): boolean {
  const step = steps[index];
  if (step === undefined) return true;
  for (let next = at + 1; next <= at + 1 + step.gap; next++) {
    const word = list[next];
    if (word === undefined || word === BARRIER) return false;
    const fits = step.number ? startsWithDigit(word) : step.words.has(word);
    if (fits && follows(steps, list, next, index + 1)) return true;
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

function stepsOf(source: string): Step[] {
  const steps: Step[] = [];
  let gap = 0;
  for (const part of source.split(' ')) {
    if (part === '..') {
      gap = LONGEST_GAP;
      continue;
    }
    const words = part.split('|').filter((word) => !FILLERS.has(word));
    if (words.length === 0) continue;
    steps.push({ words: new Set(words.flatMap(formsOf)), number: part === '#', gap });
    gap = 0;
  }
  return steps;
}

/** The forms of an English word that upstreams use; some that do not exist do no harm. */
export function formsOf(word: string): string[] {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return [word];
  const forms = [word, `${word}s`];
  if (word.endsWith('e')) forms.push(`${word}d`, `${word.slice(0, -1)}ing`);
  else if (/[^aeiou]y$/.test(word))
    forms.push(`${word.slice(0, -1)}ies`, `${word.slice(0, -1)}ied`, `${word}ing`);
  else forms.push(`${word}ed`, `${word}es`, `${word}ing`);
  if (/[aeiou][bdglmnprt]$/.test(word)) {
    const last = word.slice(-1);
    forms.push(`${word}${last}ed`, `${word}${last}ing`);
  }
  return forms;
}

/** The words of a sentence, lower case. Apostrophes vanish: "isn't" is `isnt`. */
export function addSentence(text: string, out: string[]): void {
  const lower = text.toLowerCase();
  let start = -1;
  for (let at = 0; at <= lower.length; at++) {
    const unit = at < lower.length ? lower.charCodeAt(at) : 32;
    // a-z, 0-9 and everything beyond ASCII but the typographic marks make a word
    if ((unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || (unit > 127 && !isMark(unit))) {
      if (start < 0) start = at;
    } else if (start >= 0) {
      if (unit === 39 && lower.charCodeAt(at + 1) >= 97) {
        const end = wordEnd(lower, at + 1);
        out.push(lower.slice(start, at) + lower.slice(at + 1, end));
        at = end - 1;
      } else {
        addWord(lower.slice(start, at), out);
      }
      start = -1;
    }
  }
}

/** Typographic quotes and dashes, and the punctuation of Chinese. */
function isMark(unit: number): boolean {
  return (
    (unit >= 0x2000 && unit <= 0x206f) ||
    (unit >= 0x3000 && unit <= 0x303f) ||
    (unit >= 0xff00 && unit <= 0xff65)
  );
}

function wordEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) >= 97 && text.charCodeAt(at) <= 122) at++;
  return at;
}

/** The words of a machine code, however it is spelled: `RateLimitExceeded`, `RATE_LIMIT`, `rate-limit`, `imagine:blocked`. */
export function addCode(code: string, out: string[]): void {
  let start = 0;
  for (let at = 0; at <= code.length; at++) {
    const kind = at < code.length ? kindOf(code.charCodeAt(at)) : 0;
    if (kind !== 0) {
      if (kind === 1 && at > start && startsWord(code, at)) {
        addWord(code.slice(start, at).toLowerCase(), out);
        start = at;
      }
      continue;
    }
    if (at > start) addWord(code.slice(start, at).toLowerCase(), out);
    start = at + 1;
  }
}

/** 0 separator, 1 upper case, 2 everything else. */
function kindOf(unit: number): number {
  if (unit >= 65 && unit <= 90) return 1;
  return (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || unit > 127 ? 2 : 0;
}

/** A capital after a small letter, or the last of several capitals: `Rate|Limit`, `RPM|Exceeded`. */
function startsWord(code: string, at: number): boolean {
  if (kindOf(code.charCodeAt(at - 1)) === 2) return true;
  return at + 1 < code.length && kindOf(code.charCodeAt(at + 1)) === 2 && code.charCodeAt(at + 1) > 90;
}

export function hasChinese(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x3400 && unit <= 0x9fff) return true;
  }
  return false;
}
