/**
 * The ways a text is read. Each view is a string the terms are looked for in, with the place in the original of every character.
 *
 *   plain      folded letters and digits; between words one separator: ' ' within a phrase, ',' between phrases, '\n' between sentences
 *   leet       digits and symbols inside words as the letters they stand for ("n4ked"); "4k", "35mm", "f8" stay
 *   joined     single letters with something between them as one word ("n.u.d.e", "n u d e")
 *   collapsed  three or more of the same letter as one, and as two ("nuuude")
 *
 * All but the first exist only where they differ from it, so an ordinary prompt is read once.
 */
import { foldCodePoint } from './fold.ts';
import type { Range } from './ranges.ts';

export type ViewName = 'plain' | 'leet' | 'joined' | 'collapsed';

export interface View {
  readonly name: ViewName;
  readonly text: string;
  /** For each character of `text`: the UTF-16 range of the original it came from. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Ranges of `text` that were glued from single letters: word boundaries inside them are anybody's guess. */
  readonly glued: readonly Range[];
}

export function viewsOf(source: string): readonly [View, ...View[]] {
  const base = foldAll(source);
  const plain = separated('plain', base);
  return [plain, ...leetViews(base), ...joinedView(plain), ...collapsedViews(plain)];
}

/** Folded, symbols not yet turned into separators. */
interface Stream {
  readonly text: string;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Collects characters with their places; grows as needed, since one character can unfold into eighteen. */
class StreamBuilder {
  #text = '';
  #starts: Int32Array;
  #ends: Int32Array;

  constructor(expected: number) {
    this.#starts = new Int32Array(expected + 16);
    this.#ends = new Int32Array(expected + 16);
  }

  push(units: string, start: number, end: number): void {
    const from = this.#text.length;
    this.#text += units;
    if (this.#text.length > this.#starts.length) {
      this.#starts = grown(this.#starts, this.#text.length);
      this.#ends = grown(this.#ends, this.#text.length);
    }
    for (let i = from; i < this.#text.length; i++) {
      this.#starts[i] = start;
      this.#ends[i] = end;
    }
  }

  get length(): number {
    return this.#text.length;
  }

  done(): Stream {
    return { text: this.#text, starts: this.#starts, ends: this.#ends };
  }
}

function grown(old: Int32Array, atLeast: number): Int32Array {
  const larger = new Int32Array(atLeast * 2);
  larger.set(old);
  return larger;
}

function foldAll(source: string): Stream {
  const out = new StreamBuilder(source.length);
  for (let i = 0; i < source.length; ) {
    const codePoint = source.codePointAt(i) ?? 0;
    const end = i + (codePoint > 0xffff ? 2 : 1);
    const folded = foldCodePoint(codePoint);
    if (folded !== '') out.push(folded, i, end);
    i = end;
  }
  return out.done();
}

const isWordUnit = (unit: number) =>
  (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || unit >= 0x7f;

function separated(name: ViewName, { text, starts, ends }: Stream): View {
  const out = new StreamBuilder(text.length);
  let pending = '';
  let [from, to] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    if (isWordUnit(text.charCodeAt(i))) {
      if (pending !== '') out.push(pending, from, to);
      pending = '';
      out.push(text.charAt(i), starts[i] ?? 0, ends[i] ?? 0);
      continue;
    }
    const kind = separatorOf(text, i);
    if (pending === '') from = starts[i] ?? 0;
    to = ends[i] ?? 0;
    if (pending === '' || kind === '\n' || (kind === ',' && pending === ' ')) pending = kind;
  }
  return { name, ...out.done(), glued: [] };
}

/** A full stop ends a sentence only before a space: "n.u.d.e" and "3.5" are one phrase. */
function separatorOf(text: string, at: number): ' ' | ',' | '\n' {
  switch (text.charAt(at)) {
    case '\n':
    case '!':
    case '?':
    case ';':
      return '\n';
    case '.': {
      const next = text.charAt(at + 1);
      return next === '' || next === ' ' || next === '\n' ? '\n' : ' ';
    }
    case ',':
    case ':':
    case '(':
    case ')':
      return ',';
    default:
      return ' ';
  }
}

const LEET_TOKEN = /[a-z0-9@$!|+]+/g;
const MEASURE = /^(?:\d+[a-z]{1,3}|[a-z]{1,2}\d+|\d+x\d+[a-z]?)$/;
const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '+': 't',
};

function leetViews(base: Stream): View[] {
  const [i, l] = [leetText(base.text, 'i'), leetText(base.text, 'l')];
  if (i === base.text) return [];
  const views = [separated('leet', { ...base, text: i })];
  if (l !== i) views.push(separated('leet', { ...base, text: l }));
  return views;
}

/** Of the same length as the text. "1", "!" and "|" stand for one of two letters. */
function leetText(text: string, one: 'i' | 'l'): string {
  return text.replace(LEET_TOKEN, (token) => {
    const word = token.replace(/[!|+]+$/, '');
    if (!/[a-z]/.test(word) || !/[^a-z]/.test(word) || MEASURE.test(word)) return token;
    const read = word.replace(/[^a-z]/g, (symbol) => LEET[symbol] ?? ('1!|'.includes(symbol) ? one : symbol));
    return read + token.slice(word.length);
  });
}

/** At least three single letters in a row, one separator between each two. */
const SPELLED = /(?<![a-z0-9])[a-z0-9](?:[ ,\n][a-z0-9](?![a-z0-9])){2,}/g;

function joinedView(plain: View): View[] {
  const runs = [...plain.text.matchAll(SPELLED)];
  if (runs.length === 0) return [];
  const out = new StreamBuilder(plain.text.length);
  const glued: Range[] = [];
  let at = 0;
  for (const run of runs) {
    copy(plain, at, run.index, out);
    const start = out.length;
    for (let i = run.index; i < run.index + run[0].length; i += 2) copy(plain, i, i + 1, out);
    glued.push({ start, end: out.length });
    at = run.index + run[0].length;
  }
  copy(plain, at, plain.text.length, out);
  return [{ name: 'joined', ...out.done(), glued }];
}

const LONG_RUN = /([a-z])\1{2,}/g;

function collapsedViews(plain: View): View[] {
  const runs = [...plain.text.matchAll(LONG_RUN)];
  if (runs.length === 0) return [];
  return [1, 2].map((kept) => {
    const out = new StreamBuilder(plain.text.length);
    let at = 0;
    for (const run of runs) {
      copy(plain, at, run.index + kept, out);
      at = run.index + run[0].length;
    }
    copy(plain, at, plain.text.length, out);
    return { name: 'collapsed', ...out.done(), glued: [] };
  });
}

function copy(from: View, start: number, end: number, to: StreamBuilder): void {
  for (let i = start; i < end; i++) to.push(from.text.charAt(i), from.starts[i] ?? 0, from.ends[i] ?? 0);
}

/** The view for Chinese terms: spaces between characters mean nothing, a comma or a new sentence does. */
export function withoutSpaces(view: View): View {
  if (!view.text.includes(' ')) return view;
  const out = new StreamBuilder(view.text.length);
  for (let i = 0; i < view.text.length; i++) if (view.text.charAt(i) !== ' ') copy(view, i, i + 1, out);
  return { ...view, ...out.done() };
}
