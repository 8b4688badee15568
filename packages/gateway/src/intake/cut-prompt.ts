/** Texts that are too long, in whatever unit. */
import { TEXT_LIMITS, type TextLimit } from '../catalog/text-limits.ts';

/** A sentence ends at its mark and the closing quotes behind it, before a blank; a CJK mark needs none. */
const SENTENCE_END = /[.!?…]+["'”’)\]]*(?=\s|$)|[。！？]+["'”’」』）]*|\n/gu;

/**
 * The beginning of `text` with at most `max` code points, or what `sizeOf` counts: up to its last whole sentence, or where that would cost
 * more than half of it, up to its last whole word, and never through the middle of what is seen as one character.
 */
export function cutAtSentence(
  text: string,
  max: number,
  sizeOf: TextLimit['sizeOf'] = TEXT_LIMITS.maxLength.sizeOf,
): string {
  const head = firstOf(text, max, sizeOf);
  if (head.length === text.length) return text;
  const half = head.length / 2;
  let end = 0;
  for (const { index, 0: mark } of head.matchAll(SENTENCE_END)) {
    // At the very end of the cut text only the whole text knows whether the sentence goes on: "1.5" is none.
    const after = index + mark.length;
    const goesOn = after === head.length && /[.!?…]/.test(mark) && !/^\s/.test(text.slice(after, after + 1));
    if (!goesOn) end = after;
  }
  if (end < half) end = /\s/.test(text.charAt(head.length)) ? head.length : lastBlank(head);
  return (end < half ? wholeCharacters(head, text) : head.slice(0, end)).trimEnd();
}

function firstOf(text: string, max: number, sizeOf: TextLimit['sizeOf']): string {
  let end = 0;
  let size = 0;
  for (const point of text) {
    size += sizeOf(point);
    if (size > max) break;
    end += point.length;
  }
  return text.slice(0, end);
}

function lastBlank(head: string): number {
  return Math.max(head.lastIndexOf(' '), head.lastIndexOf('\n'), head.lastIndexOf('\t'));
}

/** Longer than any emoji sequence in use. */
const LONGEST_CHARACTER = 64;

/** A family emoji is seven code points and more; half a one is another picture. */
function wholeCharacters(head: string, text: string): string {
  const from = Math.max(0, head.length - LONGEST_CHARACTER);
  const near = text.slice(from, head.length + LONGEST_CHARACTER);
  const segments = new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(near);
  const start = segments.containing(head.length - from)?.index;
  return start === undefined || from + start === 0 ? head : head.slice(0, from + start);
}
