/**
 * One character as the rules see it: NFKD, lower case, marks and invisible characters gone, look-alikes as the letter they look
 * like, traditional Chinese as simplified. Letters and digits stay; ASCII symbols stay (leetspeak needs them); some emoji are words; all else is a space.
 */
import { CAPITALS, SMALL } from './tables/confusables.ts';
import { EMOJI } from './tables/emoji.ts';
import { TRADITIONAL } from './tables/traditional.ts';

/** Beyond are ideographs too rare for a rule, worked out each time they are met. */
const REMEMBERED = 0x20000;
const cache = new Array<string | undefined>(REMEMBERED);

/** '' where the character is dropped; several characters where it unfolds ("ﬁ", "ß"). */
export function foldCodePoint(codePoint: number): string {
  if (codePoint >= REMEMBERED) return work(codePoint);
  let folded = cache[codePoint];
  if (folded === undefined) {
    folded = work(codePoint);
    cache[codePoint] = folded;
  }
  return folded;
}

/** Letters in boxes and flags, which NFKD leaves alone: first code point of each alphabet of 26. */
const ALPHABETS = [0x1f1e6, 0x1f150, 0x1f170];

const INVISIBLE = /^[\p{M}\p{Cf}\p{DI}\u2800]$/u;
const LETTER_OR_DIGIT = /^[\p{L}\p{N}]$/u;

function work(codePoint: number): string {
  for (const first of ALPHABETS) {
    if (codePoint >= first && codePoint < first + 26) return String.fromCharCode(97 + codePoint - first);
  }
  const char = String.fromCodePoint(codePoint);
  const word = EMOJI.get(char);
  if (word !== undefined) return ` ${word} `;
  const capital = CAPITALS.get(char);
  if (capital !== undefined) return capital;
  // Hangul would fall apart into its strokes.
  const parts = codePoint >= 0xac00 && codePoint <= 0xd7a3 ? char : char.normalize('NFKD');
  return [...parts].map(foldPart).join('');
}

function foldPart(part: string): string {
  const unit = part.charCodeAt(0);
  if (unit < 0x20)
    return unit === 9 || unit === 11 || unit === 12 ? ' ' : unit === 10 || unit === 13 ? '\n' : '';
  if (unit < 0x7f) return part === "'" || part === '`' ? '' : part.toLowerCase();
  if (INVISIBLE.test(part) || part === '\u2019' || part === '\u2018') return '';
  if (part === '。' || unit === 0x2028 || unit === 0x2029 || unit === 0x85) return '\n';
  if (part === '、') return ',';
  const small = [...part.toLowerCase().normalize('NFKD')].filter((one) => !INVISIBLE.test(one)).join('');
  return [...small]
    .map((one) => SMALL.get(one) ?? TRADITIONAL.get(one) ?? (isKept(one) ? one : ' '))
    .join('');
}

function isKept(char: string): boolean {
  return char.length === 1 && (char.charCodeAt(0) < 0x7f || LETTER_OR_DIGIT.test(char));
}
