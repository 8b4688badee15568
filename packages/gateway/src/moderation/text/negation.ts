/**
 * Whether a term is named to be kept out: "no nudity", "without any blood", "gore-free", "no gore, blood or nudity", "不要裸体".
 * Deliberately narrow: the negation must stand right before the term, in the same phrase, so that "no limits, nude" negates
 * nothing; a list is one only if it goes on to "or".
 */
const WORD_EN =
  '(?:no|not|non|without|never|avoid|avoiding|zero|dont show|do not show|free of|free from|devoid of|instead of|isnt|arent|nothing)';
const BEFORE_EN = new RegExp(
  `(?:^|[ ,\\n])${WORD_EN}(?: (?:a|an|any|the|explicit|visible|graphic|fully|actual|real))?(?: [a-z]{3,12}(?:,[a-z]{3,12}){0,3},? ?(?:or|nor))? $`,
);
/** "no gore," before "blood or nudity". */
const LIST_EN =
  /(?:^|[ ,\n])(?:no|without|avoid|free of|free from)(?: any)?(?: [a-z]{3,12}(?:,[a-z]{3,12}){0,2},| )$/;
const LIST_GOES_ON_EN = /^s?(?:,[a-z]{3,12}){0,3},? ?(?:or|nor) /;
const AFTER_EN = /^ free(?![a-z])/;
const BEFORE_ZH =
  /(?:不要|不含|没有|禁止|严禁|杜绝|避免|请勿|勿|无任何|拒绝|反对|抵制|远离|不出现|不涉及|不包含|并非|无)(?:有|任何|出现|显示|涉及)? ?$/;
const LIST_ZH =
  /(?:不要|不含|没有|禁止|杜绝|避免|请勿|拒绝|无)(?:任何)?(?:[\u4e00-\u9fff]{2,4}[,和或及与]){1,3}$/;

const LONGEST = 64;

/** `text` is the plain view; the term stands at `at` to `to`. */
export function isNegated(text: string, at: number, to: number): boolean {
  const before = text.slice(Math.max(0, at - LONGEST), at);
  if (BEFORE_EN.test(before) || BEFORE_ZH.test(before) || LIST_ZH.test(before)) return true;
  const after = text.slice(to, to + LONGEST);
  return AFTER_EN.test(after) || (LIST_EN.test(before) && LIST_GOES_ON_EN.test(after));
}
