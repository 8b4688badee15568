/**
 * How long a text may be, in the unit its limit is meant in: providers count code points, UTF-16 units or bytes. The first is JSON Schema's
 * own `maxLength`; the other two are keywords of ours for the schemas of parameters.
 */
export const TEXT_LIMITS = {
  maxLength: { unit: 'characters', key: 'chars', sizeOf: () => 1 },
  maxUtf16Units: { unit: 'UTF-16 units', key: 'utf16_units', sizeOf: (point: string) => point.length },
  maxUtf8Bytes: { unit: 'bytes of UTF-8', key: 'utf8_bytes', sizeOf: utf8Bytes },
} as const satisfies Readonly<Record<string, Omit<TextLimit, 'max'>>>;

export interface TextLimit {
  readonly max: number;
  /** As a reader is told. */
  readonly unit: string;
  /** In the names of numbers: `max_<key>`. */
  readonly key: string;
  /** Of one code point. */
  readonly sizeOf: (point: string) => number;
}

export type TextLimitKeyword = keyof typeof TEXT_LIMITS;

export const isTextLimit = (keyword: string): keyword is TextLimitKeyword =>
  Object.hasOwn(TEXT_LIMITS, keyword);

/** Every limit that a parameter's schema sets. */
export function textLimitsOf(schema: Readonly<Record<string, unknown>>): readonly TextLimit[] {
  return Object.entries(TEXT_LIMITS).flatMap(([keyword, limit]) => {
    const max = schema[keyword];
    return typeof max === 'number' ? [{ ...limit, max }] : [];
  });
}

export function lengthOf(text: string, sizeOf: TextLimit['sizeOf'] = TEXT_LIMITS.maxLength.sizeOf): number {
  let length = 0;
  for (const point of text) length += sizeOf(point);
  return length;
}

function utf8Bytes(point: string): number {
  const code = point.codePointAt(0) ?? 0;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}
