/** How long the body of an answer asks to wait: fields with telling names first, then sentences ("try again in 1m30s"). */
import { clockTime, durationIn, saneWait } from './retry-after.ts';
import type { Signals } from './signals.ts';

const PART =
  '\\d+(?:\\.\\d+)? ?(?:milliseconds?|ms|h(?:ou)?rs?|h|小时|min(?:ute)?s?|m(?!s)|分钟|sec(?:ond)?s?|s|秒钟?)(?![a-z])';
const SPAN = `(?:${PART}|\\d+(?:\\.\\d+)?[hm](?=\\d))(?:(?:,? and |, ?| )?${PART})*`;
const BEFORE = new RegExp(
  `(?:again|retry(?:ing)?|resets?|wait|try|available|重试|等待|等)[^.\\d]{0,24}?~?(${SPAN})`,
  'i',
);
const AFTER = new RegExp(`(${SPAN}) ?(?:之?后|以后|后再|before (?:re)?try)`, 'i');
const ONE = /\b(?:again|retry(?:ing)?|resets?|wait|try)\b[^.\d]{0,20}\b(?:an?|one) (second|minute|hour)\b/i;

/** "Try again in 0:45:12". */
const CLOCK = /\b(?:again|retry|resets?|wait) in (\d{1,2}):(\d{2}):(\d{2})\b/i;

/** Cheap, and true of every sentence that the patterns can match. */
function maySayWait(text: string): boolean {
  return (
    text.includes('ry') || // try, retry
    text.includes('ain') ||
    text.includes('ait') ||
    text.includes('eset') ||
    text.includes('vailable') ||
    text.includes('试') ||
    text.includes('等') ||
    text.includes('后')
  );
}

const UNIT_SECONDS: readonly (readonly [RegExp, number])[] = [
  [/^(?:ms|milli)/i, 0.001],
  [/^(?:s|秒)/i, 1],
  [/^(?:m|分)/i, 60],
  [/^(?:h|小)/i, 3600],
];

/**
 * Seconds, rounded up, or null where nothing is said.
 *
 * @param now unix milliseconds, for fields that hold a date; null where no clock is known.
 */
export function waitIn({ waits, sentences }: Signals, now: number | null): number | null {
  for (const [name, value] of waits) {
    const seconds = secondsOf(name, value, now);
    if (seconds !== null) return seconds;
  }
  for (const sentence of sentences) {
    if (!maySayWait(sentence)) continue;
    const span = /\d/.test(sentence) ? (BEFORE.exec(sentence)?.[1] ?? AFTER.exec(sentence)?.[1]) : undefined;
    if (span !== undefined) return saneWait(spanSeconds(span));
    const clock = CLOCK.exec(sentence);
    if (clock !== null) return saneWait(Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3]));
    const unit = ONE.exec(sentence)?.[1];
    if (unit !== undefined) return unitSeconds(unit);
  }
  return null;
}

/** `retry_after: 30`, `retry_after_ms: 1500`, `retryDelay: "7s"`, `resets_at: 1764060000`, `reset_time: "2026-11-25T12:00:00Z"`. */
function secondsOf(name: string, value: string | number, now: number | null): number | null {
  const number =
    typeof value === 'number' ? value : /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : null;
  if (number !== null && number >= 0 && number < 1e9)
    return saneWait(/m(?:illi)?s(?:econds)?$/i.test(name) ? number / 1000 : number);
  if (number === null && typeof value === 'string') {
    const duration = durationIn(value);
    if (duration !== null) return saneWait(duration);
  }
  const at = now === null ? null : clockTime(String(value));
  return at === null || now === null ? null : saneWait((at - now) / 1000);
}

function spanSeconds(span: string): number {
  let seconds = 0;
  for (const part of span.matchAll(/(\d+(?:\.\d+)?) ?([a-z]+|小时|分钟|秒)/gi)) {
    if (part[1] !== undefined && part[2] !== undefined) seconds += Number(part[1]) * unitSeconds(part[2]);
  }
  return seconds;
}

function unitSeconds(unit: string): number {
  return UNIT_SECONDS.find(([names]) => names.test(unit))?.[1] ?? 1;
}
