/** Numbers of a broken limit, from fields where there are some and else from the sentence: `{ min_side: 240, max_side: 7680 }`. */
import type { TaskCode } from './codes.ts';
import type { Signals } from './signals.ts';

type Limits = Record<string, string | number | boolean>;

const NUMBER = '(\\d[\\d,]*(?:\\.\\d+)?)';
const UNIT = ' ?(bytes?|[kmg]i?b|px|pixels?|s|secs?|seconds?|秒|characters?|chars?|tokens?|字符?)?';
const RANGE = new RegExp(
  `(?:between|from|range(?: of)?|within|in|\\[|must be|介于|为)[^\\d]{0,20}${NUMBER}${UNIT}\\s*(?:and|to|-|–|~|,|到|至|—)\\s*${NUMBER}${UNIT}`,
  'i',
);
const AT_LEAST = new RegExp(
  `(?:at least|minimum(?: is| of)?|min(?:imum)?\\b:?|no (?:less|smaller|shorter) than|larger than|greater than or equal to|>=|不小于|至少|不低于)[^\\d]{0,20}${NUMBER}${UNIT}`,
  'i',
);
const AT_MOST = new RegExp(
  `(?:at most|up to|maximum(?: allowed| is| of| size)*|max(?:imum)?\\b:?|no (?:more|larger|longer) than|(?:less|smaller) than(?: or equal to)?|must not exceed|exceeds?(?: the)?(?: maximum)?(?: allowed)?(?: size)?(?: of)?|limit(?: is| of)?|larger than|which is|<=|不超过|最多|不大于|超过)[^\\d]{0,24}${NUMBER}${UNIT}`,
  'i',
);
const ACTUAL = new RegExp(
  `(?:got|provided(?: is)?|received|actual(?: is)?|found|is|was|duration|count)[^\\d]{0,10}${NUMBER}${UNIT}`,
  'i',
);
const SIZE = /\b(\d{2,5}) ?[x×*] ?(\d{2,5})\b/g;

/** The numbers that belong to the sub-type; nothing where the evidence is silent or does not add up. */
export function readLimits(signals: Signals, code: TaskCode, subtype: string | null): Readonly<Limits> {
  const given = givenLimits(signals);
  if (given !== null) return given;
  const text = signals.sentences.join('\n').slice(0, 1500);
  if (code === 'image_dimension_mismatch') return sizesIn(text);
  switch (subtype) {
    case 'image_dimension':
      return {
        ...constraint(signals, (value) => dimensionName(value, '', text)),
        ...bounds(text, (value, unit) => dimensionName(value, unit, text)),
        ...sideFields(signals),
      };
    case 'video_duration':
      return {
        ...constraint(signals, () => 'seconds'),
        ...bounds(text, () => 'seconds'),
        ...fields(signals, 'duration', 'seconds'),
      };
    case 'prompt_too_long':
      return {
        ...constraint(signals, () => 'chars'),
        ...bounds(text, (_, unit) => (/^tok/i.test(unit) || /token/i.test(text) ? 'tokens' : 'chars')),
      };
    case 'file_too_large':
      return { ...bytes(text), ...fields(signals, 'size', 'bytes') };
    case 'general':
      return code === 'invalid_parameters'
        ? constraint(signals, () =>
            /\b(?:items?|images?|elements?|list|array)\b/i.test(text) ? 'items' : 'value',
          )
        : {};
    default:
      return {};
  }
}

/** Names that validators have for a bound: Pydantic's `ctx.le`, zod's `maximum`, JSON Schema's `maxLength`. */
const CONSTRAINTS: readonly (readonly [names: RegExp, end: string])[] = [
  [/^(?:ge|gt|minimum|min_?(?:length|items|value)|min)$/i, 'min'],
  [/^(?:le|lt|maximum|max_?(?:length|items|value)|max|limit_value)$/i, 'max'],
  [/^actual_?(?:length|value|items)$/i, 'actual'],
];

function constraint({ numbers }: Signals, nameOf: (value: number) => string): Limits {
  const limits: Limits = {};
  for (const [name, value] of numbers) {
    const end = CONSTRAINTS.find(([names]) => names.test(name))?.[1];
    if (end !== undefined) limits[`${end}_${nameOf(value)}`] ??= value;
  }
  return limits;
}

const OWN_NAMES = /^(?:min|max|actual)_(?:side|pixels|ratio|chars|tokens|bytes|seconds)$/;

/** An upstream that names its limits as we do has said all there is to say. */
function givenLimits({ numbers, sizes }: Signals): Limits | null {
  const given = [...numbers].filter(([name, value]) => OWN_NAMES.test(name) && Number.isFinite(value));
  return given.length + sizes.size === 0 ? null : Object.fromEntries([...given, ...sizes]);
}

function dimensionName(value: number, unit: string, text: string): string {
  if (/ratio/i.test(text) && value < 30) return 'ratio';
  return value >= 20_000 || (/pixels?$/i.test(unit) && value > 16_384) ? 'pixels' : 'side';
}

function bounds(text: string, nameOf: (value: number, unit: string) => string): Limits {
  const limits: Limits = {};
  const set = (end: string, digits: string | undefined, unit: string): void => {
    if (digits === undefined) return;
    const value = numberOf(digits);
    limits[`${end}_${nameOf(value, unit)}`] ??= value;
  };
  const range = RANGE.exec(text);
  if (range !== null) {
    const [first, second] = [numberOf(range[1] ?? ''), numberOf(range[3] ?? '')];
    const unit = range[4] ?? range[2] ?? '';
    set('min', String(Math.min(first, second)), unit);
    set('max', String(Math.max(first, second)), unit);
    return limits;
  }
  const least = AT_LEAST.exec(text);
  if (least !== null) set('min', least[1], least[2] ?? '');
  const most = AT_MOST.exec(text.replace(least?.[0] ?? '\u0000', ''));
  if (most !== null) set('max', most[1], most[2] ?? '');
  const actual = ACTUAL.exec(text.replace(most?.[0] ?? '\u0000', ' ').replace(least?.[0] ?? '\u0000', ' '));
  if (actual !== null && (most !== null || least !== null)) set('actual', actual[1], actual[2] ?? '');
  return limits;
}

function bytes(text: string): Limits {
  const limits: Limits = {};
  const sized = new RegExp(`${NUMBER} ?(bytes?|[kmg]i?b)\\b`, 'i');
  const most = AT_MOST.exec(text)?.[0] ?? text;
  const found = sized.exec(most) ?? sized.exec(text);
  if (found?.[1] !== undefined && found[2] !== undefined)
    limits.max_bytes = inBytes(numberOf(found[1]), found[2]);
  return limits;
}

function inBytes(value: number, unit: string): number {
  const power = ['b', 'k', 'm', 'g'].indexOf(unit.charAt(0).toLowerCase());
  return Math.round(value * (/i/i.test(unit) ? 1024 : 1000) ** Math.max(0, power));
}

/** `ctx: { max_width: 1024, max_height: 1024 }` of FastAPI and its kin. */
function sideFields({ numbers }: Signals): Limits {
  const limits: Limits = {};
  const least = pick(numbers, 'min', ['width', 'height']);
  const most = pick(numbers, 'max', ['width', 'height']);
  if (least.length > 0) limits.min_side = Math.max(...least);
  if (most.length > 0) limits.max_side = Math.min(...most);
  return limits;
}

function pick(numbers: Signals['numbers'], end: string, names: readonly string[]): number[] {
  return names.flatMap((name) => {
    const value = numbers.get(`${end}_${name}`);
    return value === undefined ? [] : [value];
  });
}

function fields({ numbers }: Signals, theirs: string, ours: string): Limits {
  const limits: Limits = {};
  for (const [end, own] of [
    ['min', 'min'],
    ['max', 'max'],
    ['provided', 'actual'],
    ['actual', 'actual'],
  ] as const) {
    const value = numbers.get(`${end}_${theirs}`) ?? numbers.get(`${end}_${ours}`);
    if (value !== undefined) limits[`${own}_${ours}`] = value;
  }
  return limits;
}

/** Two sizes: "must match 1280x720, got 720x1280" names the expected one first. */
function sizesIn(text: string): Limits {
  const sizes = [...text.matchAll(SIZE)].map((found) => `${found[1]}x${found[2]}`);
  const [expected, actual] = sizes;
  if (expected === undefined || actual === undefined || sizes.length > 2) return {};
  return /(?:image|got|input|actual)[^\d]{0,30}$/i.test(text.slice(0, text.search(SIZE))) &&
    !/(?:must|require|expect)[^\d]*$/i.test(text.slice(0, text.search(SIZE)))
    ? { expected: actual, actual: expected }
    : { expected, actual };
}

function numberOf(digits: string): number {
  return Number(digits.replaceAll(',', ''));
}
