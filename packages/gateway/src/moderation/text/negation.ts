/**
 * Whether a term is named to be kept out: "no nudity", "without any blood", "gore-free", "不要裸体". Deliberately narrow: the
 * negation must stand right before the term, in the same phrase, so that "no limits, nude" negates nothing.
 */
const BEFORE_EN =
  /(?:^|[ ,\n])(?:no|not|non|without|never|avoid|avoiding|zero|dont show)(?: (?:a|an|any|the|explicit|visible|graphic|fully|actual|real))?(?: [a-z]{3,12} (?:or|nor))? $/;
const AFTER_EN = /^ free(?![a-z])/;
const BEFORE_ZH =
  /(?:不要|不含|没有|禁止|避免|请勿|勿|无任何|拒绝|反对|不出现|不涉及|并非)(?:有|任何|出现|显示|涉及)? ?$/;

const LONGEST = 48;

/** `text` is the plain view; the term stands at `at` to `to`. */
export function isNegated(text: string, at: number, to: number): boolean {
  const before = text.slice(Math.max(0, at - LONGEST), at);
  return BEFORE_EN.test(before) || BEFORE_ZH.test(before) || AFTER_EN.test(text.slice(to, to + 6));
}
