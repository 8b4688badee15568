/** Ages of persons in a text: "16 years old", "aged 13", "15yo", "sixteen-year-old", "16岁", "十四岁", "18 months old". */
import type { View } from './views.ts';

export interface Age {
  readonly years: number;
  /** Place in the view's text. */
  readonly start: number;
  readonly end: number;
}

const UNITS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

const NUMBER = `\\d{1,3}|(?:${TENS.join('|')})(?: (?:${UNITS.slice(1, 10).join('|')}))?|${UNITS.slice(1).join('|')}`;
const YEARS_OLD =
  '(?:years?|yrs?|yr|y) ?(?:old|olds|of age|o)|yo|y o|yrs|years? young|years? (?=girl|boy|kid|child|student|teen)';
const TEENS = UNITS.slice(9, 19).join('|');
/** What is not a person: "a 12 year old whisky", "a 16 year old single malt whisky". */
const THINGS =
  'whisk(?:e)?y|scotch|bourbon|wine|rum|port|brandy|cognac|cheese|vinegar|tree|oak|pine|olive|bonsai|house|building|castle|church|bridge|car|truck|ship|boat|company|brand|vine|tradition|temple|single malt|blend';
const QUALITIES = 'single malt|blended|rare|fine|vintage|ancient|historic|irish|scottish|japanese|oak';
const PERSONS =
  'girl|boy|she|he|shes|hes|im|daughter|son|student|pupil|teen|teenager|kid|child|female|male|person|girls|boys|sister|brother|niece|nephew|someone|character|model';

const ENGLISH = new RegExp(
  [
    `(?<![a-z0-9])(?<a>${NUMBER}) ?(?:${YEARS_OLD})(?![a-z0-9])(?! (?:(?:${QUALITIES}) )?(?:${THINGS})s?(?![a-z]))`,
    `(?<![a-z0-9])age[ds]?(?: of| is| only| just| about| around| approximately| like){0,2}[ ,](?<b>${NUMBER})(?![a-z0-9])`,
    `(?<![a-z0-9])(?:${PERSONS})(?: is| was| turned| turning| of| looks| appears| looking| who is)?[ ,](?:only |just |barely |about |around |like |maybe |not yet ){0,2}(?<c>\\d{1,2}|${TEENS})(?![a-z0-9])(?! (?:[a-z]))`,
    `(?<![a-z0-9])(?:looks?|appears?|looking|appearing|turn(?:s|ing|ed)?|barely|under|not yet) (?:only |just |barely |about |around |like |to be |no older than ){0,2}(?<f>\\d{1,2}|${TEENS})(?![a-z0-9])(?! (?:[a-z%]))`,
    `(?<![a-z0-9])(?<d>\\d{1,2}) ?(?:f|m)(?![a-z0-9])`,
    `(?<![a-z0-9])(?<e>${NUMBER}) ?months? old(?![a-z])`,
  ].join('|'),
  'g',
);

const CHINESE = /(?<digits>\d{1,3})(?:周)?岁|(?<words>[一二三四五六七八九十两]{1,3})(?:周)?岁/g;

/** "f16", "12 m": a letter beside a number says age only where a rule also finds something sexual, so being generous is right. */
export function agesIn({ text }: View): readonly Age[] {
  const ages: Age[] = [];
  if (/\d|age|year|yr|month|look|appear|turn|teen|twelve|eleven|barely|under|not yet/.test(text)) {
    for (const match of text.matchAll(ENGLISH)) {
      const { a, b, c, d, e, f } = match.groups ?? {};
      const number = readNumber(a ?? b ?? c ?? d ?? e ?? f ?? '');
      ages.push({
        years: e === undefined ? number : number / 12,
        start: match.index,
        end: match.index + match[0].length,
      });
    }
  }
  if (text.includes('岁')) {
    for (const match of text.matchAll(CHINESE)) {
      const { digits, words } = match.groups ?? {};
      const years = digits === undefined ? readChinese(words ?? '') : Number(digits);
      ages.push({ years, start: match.index, end: match.index + match[0].length });
    }
  }
  return ages;
}

function readNumber(words: string): number {
  if (/^\d/.test(words)) return Number(words);
  return words.split(' ').reduce((sum, word) => {
    const ten = TENS.indexOf(word);
    return sum + (ten >= 0 ? 20 + ten * 10 : Math.max(0, UNITS.indexOf(word)));
  }, 0);
}

/** 十四 is 14, 四十 is 40, 二十一 is 21, 两 is 2. */
function readChinese(words: string): number {
  const digit = (char: string | undefined) =>
    char === '两' ? 2 : '一二三四五六七八九'.indexOf(char ?? '') + 1;
  const ten = words.indexOf('十');
  if (ten < 0) return digit(words.at(-1));
  return (ten === 0 ? 1 : digit(words[ten - 1])) * 10 + digit(words[ten + 1]);
}
