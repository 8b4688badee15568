/**
 * Chinese writes its words without a gap, so a term may lie across two of them by chance: 口交 in 十字路口|交通, a singer's name in
 * 二胡|歌唱. Such a hit begins inside one word and ends inside another; a dictionary (ICU's, part of the runtime) knows the words.
 */

const WORDS = new Intl.Segmenter('zh', { granularity: 'word' });

/** Longer terms do not lie across two words by chance. */
const LONGEST = 3;
/** Characters on each side that decide where the words are. */
const AROUND = 8;
const HAN_ONLY = /^\p{Script=Han}+$/u;

/** Whether the part of `text` from `at` to `to` begins inside one word and ends inside another. */
export function liesAcrossWords(text: string, at: number, to: number): boolean {
  if (to - at < 2 || to - at > LONGEST || !HAN_ONLY.test(text.slice(at - 1, to + 1))) return false;
  if (at === 0 || to === text.length) return false;
  const from = Math.max(0, at - AROUND);
  const segments = WORDS.segment(text.slice(from, to + AROUND));
  const [first, last] = [segments.containing(at - from), segments.containing(to - 1 - from)];
  if (!first || !last || first.index === last.index) return false;
  return first.index < at - from && last.index + last.segment.length > to - from;
}
