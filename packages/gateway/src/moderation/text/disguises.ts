/** What people do to a word so that a machine does not see it, undone: the views of `views.ts` beside the plain one. */
import { type Lexicon, SHORTEST_PHRASE } from './lexicon.ts';
import type { Range } from './ranges.ts';
import { type Stream, StreamBuilder } from './stream.ts';
import type { View } from './views.ts';

/** A word with a digit or symbol in it; from its first character only, which keeps long words linear. */
const LEET_TOKEN = /(?<![a-z0-9@$!|+])[a-z0-9@$!|+]*[0-9@$!|+][a-z0-9@$!|+]*/g;
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

/** Of the same length as the text: none, one or two, since "1", "!" and "|" stand for one of two letters. */
export function leetTexts(text: string): readonly string[] {
  const i = leetText(text, 'i');
  if (i === text) return [];
  const l = leetText(text, 'l');
  return l === i ? [i] : [i, l];
}

const PHRASE = /(?:[^\n,;?.]|\.(?! ))*(?:[\n,;?]|\. |$)/g;

/** The phrases in which `text` differs from the base, of the same length; no term goes beyond its phrase. */
export function changedPhrases(base: Stream, text: string): Stream {
  const out = new StreamBuilder(text.length);
  for (const { 0: phrase, index } of base.text.matchAll(PHRASE)) {
    if (phrase === '' || text.startsWith(phrase, index)) continue;
    if (out.length > 0) out.pushUnit(NEW_SENTENCE, base.starts[index] ?? 0, base.ends[index] ?? 0);
    out.copy({ ...base, text }, index, index + phrase.length);
  }
  return out.done();
}

const NEW_SENTENCE = 10;

/** Characters that stand alone, at least three, with something between them: "n 4 k 3 d", "n.@.k.e.d". */
const SPELLED_LEET = /(?<![a-z0-9@$])[a-z0-9@$](?:[ .,\-_*~/]{1,2}[a-z0-9@$](?![a-z0-9@$])){2,}/g;

function leetText(text: string, one: 'i' | 'l'): string {
  const letter = (symbol: string) => LEET[symbol] ?? ('1!|'.includes(symbol) ? one : symbol);
  const words = text.replace(LEET_TOKEN, (token) => {
    const word = token.replace(/[!|+]+$/, '');
    if (!/[a-z]/.test(word) || !/[^a-z]/.test(word) || MEASURE.test(word)) return token;
    return word.replace(/[^a-z]/g, letter) + token.slice(word.length);
  });
  if (!/[0-9@$]/.test(text)) return words;
  return words.replace(SPELLED_LEET, (run) =>
    (run.match(/[a-z]/g)?.length ?? 0) < 2 ? run : run.replace(/[0-9@$]/g, letter),
  );
}

/** At least three single letters in a row, one separator between each two. */
const SPELLED = /(?<![a-z0-9])[a-z0-9](?:[ ,\n][a-z0-9](?![a-z0-9])){2,}/g;

export function joinedView(of: View): View | null {
  const runs = [...of.text.matchAll(SPELLED)];
  if (runs.length === 0) return null;
  const glued: Range[] = [];
  const stream = rewritten(of, runs, (run, out) => {
    const start = out.length;
    for (let i = run.start; i < run.end; i += 2) out.copy(of, i, i + 1);
    glued.push({ start, end: out.length });
  });
  return { name: 'joined', ...stream, glued };
}

const LONG_RUN = /([a-z])\1{2,}/g;

export function collapsedViews(plain: View): View[] {
  const runs = [...plain.text.matchAll(LONG_RUN)];
  if (runs.length === 0) return [];
  return [1, 2].map((kept) => ({
    name: 'collapsed',
    ...rewritten(plain, runs, ({ start }, out) => out.copy(plain, start, start + kept)),
    glued: [],
  }));
}

/** The phrases that have a run in them, the runs as `write` has them; no term goes beyond its phrase. */
function rewritten(
  of: View,
  runs: readonly RegExpExecArray[],
  write: (run: Range, out: StreamBuilder) => void,
): Stream {
  const out = new StreamBuilder(of.text.length);
  let at = 0;
  for (const { 0: run, index } of runs) {
    let start = index;
    while (start > at && !isBreak(of.text, start - 1)) start--;
    if (start > at && out.length > 0) {
      out.copy(of, at, phraseEnd(of.text, at));
      out.pushUnit(NEW_SENTENCE, of.starts[start] ?? 0, of.ends[start] ?? 0);
    }
    out.copy(of, start, index);
    at = index + run.length;
    write({ start: index, end: at }, out);
  }
  out.copy(of, at, phraseEnd(of.text, at));
  return out.done();
}

const isBreak = (text: string, at: number) => text.charAt(at) === ',' || text.charAt(at) === '\n';

function phraseEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isBreak(text, at)) at++;
  return at;
}

/** Pieces of a word with punctuation and no space between them: "nu-de", "n4.k3.d". */
const CUT = /(?<![a-z0-9@$])[a-z0-9@$]+(?:[.\-_*~/\\|^+#]{1,2}[a-z0-9@$]+)+/g;
/** A word in which some letters, but not the first, are asterisks and the like: "n*de", "f##k". */
const MASKED = /(?<![a-z0-9])[a-z]+(?:[*#%&]+[a-z]*)+/g;
const MASKS = /[*#%&]/g;
/** What comes before or behind a space for honest reasons though it is short. */
const SHORT_WORDS = new Set(
  'a i an am as at be by do go he hi if in is it me my no of oh ok on or ox pi re so to tv uk up us vs we ai pc dj uv xl xs cm mm km kg ft hd'.split(
    ' ',
  ),
);
const LONGEST_WORD = 16;

/** Only words that are terms when mended are kept, so these views are short. */
export function mendedViews(base: Stream, plain: View, joined: readonly View[], lexicon: Lexicon): View[] {
  const views = [
    uncut(base, lexicon),
    unmasked(base, lexicon),
    unsplit(plain, lexicon),
    ...[plain, ...joined].map((view) => parted(view, lexicon)),
  ];
  return views.flatMap((words) => (words.length === 0 ? [] : mended(words)));
}

/** A word, and where in the original it stands. */
interface Mended extends Range {
  readonly word: string;
}

function mended(words: readonly Mended[]): View {
  const out = new StreamBuilder(words.length * 8);
  for (const { word, start, end } of words) out.push(`${word}\n`, start, end);
  return { name: 'mended', ...out.done(), glued: [] };
}

function rangeIn({ starts, ends }: Stream, at: number, length: number): Range {
  return { start: starts[at] ?? 0, end: ends[at + length - 1] ?? 0 };
}

function uncut(base: Stream, lexicon: Lexicon): Mended[] {
  return [...base.text.matchAll(CUT)].flatMap((match) => {
    const word = match[0].replace(/[^a-z0-9@$]/g, '');
    if (word.length > LONGEST_WORD) return [];
    const known = [word, ...leetTexts(word)].find((one) => lexicon.has(one));
    return known === undefined ? [] : { word: known, ...rangeIn(base, match.index, match[0].length) };
  });
}

function unmasked(base: Stream, lexicon: Lexicon): Mended[] {
  return [...base.text.matchAll(MASKED)].flatMap((match) => {
    const pattern = match[0].replace(MASKS, '*');
    if (pattern.length > LONGEST_WORD || (pattern.match(/[a-z]/g)?.length ?? 0) < 2) return [];
    return lexicon.like(pattern).map((word) => ({ word, ...rangeIn(base, match.index, match[0].length) }));
  });
}

/** A word split once, where one of the pieces is too short to be a word: "nud e", "na ked". */
function unsplit(plain: View, lexicon: Lexicon): Mended[] {
  const found: Mended[] = [];
  const { text } = plain;
  const isFragment = (word: string) => word.length <= 2 && !SHORT_WORDS.has(word);
  for (let space = text.indexOf(' '); space >= 0; space = text.indexOf(' ', space + 1)) {
    const [start, end] = [wordStart(text, space), wordEnd(text, space + 1)];
    if (end - start > LONGEST_WORD) continue;
    // Most words are no fragments, which their lengths tell without a slice.
    if (space - start > 2 && end - space > 3) continue;
    const [left, right] = [text.slice(start, space), text.slice(space + 1, end)];
    if ((isFragment(left) || isFragment(right)) && left !== '' && right !== '' && lexicon.has(left + right))
      found.push({ word: left + right, ...rangeIn(plain, start, end - start) });
  }
  return found;
}

const LONG_WORD = new RegExp(`[a-z]{${SHORTEST_PHRASE},32}`, 'g');

/** Words run together, also by the joining of letters: "taylorswift". */
function parted(view: View, lexicon: Lexicon): Mended[] {
  return [...view.text.matchAll(LONG_WORD)].flatMap((match) => {
    const phrase = lexicon.phrase(match[0]) ?? lexicon.phrase(match[0].replace(/s$/, ''));
    return phrase === undefined ? [] : { word: phrase, ...rangeIn(view, match.index, match[0].length) };
  });
}

const isLetterAt = (text: string, at: number) => text.charCodeAt(at) >= 97 && text.charCodeAt(at) <= 122;

function wordStart(text: string, end: number): number {
  let at = end;
  while (at > 0 && end - at <= LONGEST_WORD && isLetterAt(text, at - 1)) at--;
  return at;
}

function wordEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && at - start <= LONGEST_WORD && isLetterAt(text, at)) at++;
  return at;
}
