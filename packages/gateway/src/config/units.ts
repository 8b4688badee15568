/** Sizes and durations as people write them. A plain whole number is bytes or milliseconds. */

/** Decimal, as the limits of providers and the error messages are; binary units by their own names. */
const BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};
const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

export const SIZE_EXAMPLE = 'a number above 0 with B, KB, MB, GB, KiB, MiB or GiB, such as 10MB';
export const DURATION_EXAMPLE = 'a number above 0 with ms, s, m, h or d, such as 30s or 10m';

/** Bytes, or null where `text` is no size. */
export const parseSize = (text: string | number): number | null =>
  parse(text, BYTES, /^(\d{1,12}(?:\.\d{1,3})?) ?(B|[KMG]i?B)$/i, (u) => u.toLowerCase());

/** Milliseconds, or null where `text` is no duration. */
export const parseDuration = (text: string | number): number | null =>
  parse(text, MILLISECONDS, /^(\d{1,12}(?:\.\d{1,3})?) ?(ms|s|m|h|d)$/, (u) => u);

function parse(
  text: string | number,
  units: Readonly<Record<string, number>>,
  form: RegExp,
  unitName: (written: string) => string,
): number | null {
  if (typeof text === 'number') return Number.isSafeInteger(text) && text >= 0 ? text : null;
  const match = form.exec(text.trim());
  const factor = match?.[2] === undefined ? undefined : units[unitName(match[2])];
  if (match?.[1] === undefined || factor === undefined) return null;
  const value = Math.round(Number(match[1]) * factor);
  return Number.isSafeInteger(value) ? value : null;
}
