/**
 * The ways a text is read. Each view is a string the terms are looked for in, with the place in the original of every character.
 *
 *   plain      folded letters and digits; between words one separator: ' ' within a phrase, ',' between phrases, '\n' between sentences
 *   leet       digits and symbols inside words as the letters they stand for ("n4ked"); "4k", "35mm", "f8" stay
 *   joined     single letters with something between them as one word ("n.u.d.e", "n u d e")
 *   collapsed  three or more of the same letter as one, and as two ("nuuude")
 *   mended     words that are terms once mended ("nu-de", "nud e", "n*de", "taylorswift"); only these words
 *
 * All but the first exist only where they differ from it, so an ordinary prompt is read once. `disguises.ts` makes them.
 */
import { changedPhrases, collapsedViews, joinedView, leetTexts, mendedViews } from './disguises.ts';
import { foldCodePoint } from './fold.ts';
import type { Lexicon } from './lexicon.ts';
import type { Range } from './ranges.ts';
import { type Stream, StreamBuilder } from './stream.ts';

export type ViewName = 'plain' | 'leet' | 'joined' | 'collapsed' | 'mended';

export interface View extends Stream {
  readonly name: ViewName;
  /** Ranges of `text` that were glued from single letters: word boundaries inside them are anybody's guess. */
  readonly glued: readonly Range[];
}

/** The lexicon says which words are worth mending. */
export function viewsOf(source: string, lexicon: Lexicon): readonly [View, ...View[]] {
  const base = foldAll(source);
  const plain = separated('plain', base);
  const leet = leetTexts(base.text).map((text) => separated('leet', changedPhrases(base, text)));
  const joined = [plain, ...leet].flatMap((view) => joinedView(view) ?? []);
  return [plain, ...leet, ...joined, ...collapsedViews(plain), ...mendedViews(base, plain, joined, lexicon)];
}

/** The plain view alone. */
export function plainView(source: string): View {
  return separated('plain', foldAll(source));
}

function foldAll(source: string): Stream {
  const out = new StreamBuilder(source.length);
  for (let i = 0; i < source.length; ) {
    const unit = source.charCodeAt(i);
    if ((unit >= 97 && unit <= 122) || unit === 32) {
      // Most of most texts folds to itself.
      out.pushUnit(unit, i, i + 1);
      i++;
      continue;
    }
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
    const unit = text.charCodeAt(i);
    if (isWordUnit(unit)) {
      if (pending !== '') out.push(pending, from, to);
      pending = '';
      out.pushUnit(unit, starts[i] ?? 0, ends[i] ?? 0);
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

/** The view for Chinese terms: spaces between characters mean nothing, a comma or a new sentence does. */
export function withoutSpaces(view: View): View {
  if (!view.text.includes(' ')) return view;
  const out = new StreamBuilder(view.text.length);
  for (let i = 0; i < view.text.length; i++) if (view.text.charAt(i) !== ' ') out.copy(view, i, i + 1);
  return { ...view, ...out.done() };
}
