/** How long an upstream asks to wait, from its headers. */

const DAY = 86_400;
/** An upstream that names a wait beyond this has sent a date of another meaning, or nonsense. */
const LONGEST_WAIT = 40 * DAY;

type Headers = Readonly<Record<string, string>>;

/**
 * Seconds to wait, rounded up, or null where the headers do not say. Looks at `retry-after-ms`, `retry-after` (seconds or an
 * HTTP date) and then, with `resets: true`, at the reset headers of rate limits, which many providers send on every answer.
 *
 * @param nowMs unix milliseconds, for headers that hold a date. Null: the answer's own `date` header is the clock.
 */
export function retryAfterSeconds(
  headers: Headers,
  nowMs: number | null,
  options: { resets?: boolean } = {},
): number | null {
  const ms = numberIn(headers['retry-after-ms']);
  const now = nowMs ?? dateIn(headers.date);
  // Azure sends both and may round the milliseconds down to nothing; the longer wait is the safe one.
  const waits = [ms === null ? null : ms / 1000, delayIn(headers['retry-after'], now)].filter(
    (wait) => wait !== null,
  );
  if (waits.length > 0) return sane(Math.max(...waits));
  return options.resets === true ? resetIn(headers, now) : null;
}

/** The reset of the limit that is used up, where the remaining headers tell which; else the longest. */
function resetIn(headers: Headers, now: number | null): number | null {
  let longest: number | null = null;
  for (const [name, value] of Object.entries(headers)) {
    if (!/^(?:x-)?ratelimit-(?:[a-z-]*-)?reset(?:-[a-z]+)*$/.test(name)) continue;
    const remaining = numberIn(headers[name.replace('reset', 'remaining')]);
    if (remaining !== null && remaining > 0) continue;
    const wait = durationIn(value) ?? delayIn(value, now);
    if (wait !== null && (longest === null || wait > longest)) longest = wait;
  }
  return longest === null ? null : sane(longest);
}

/** Seconds as a number, or the seconds until a date: an HTTP or ISO date, or unix seconds or milliseconds. */
function delayIn(value: string | undefined, now: number | null): number | null {
  if (value === undefined) return null;
  const number = numberIn(value);
  if (number !== null && number < 1e9) return number;
  if (now === null) return null;
  if (number !== null) return (number > 1e11 ? number : number * 1000) / 1000 - now / 1000;
  const date = dateIn(value);
  return date === null ? null : (date - now) / 1000;
}

/** "6m0s", "1h2m3.5s", "467ms": how Go writes durations, and OpenAI with it. */
function durationIn(value: string): number | null {
  const parts = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/.exec(value.trim());
  if (parts === null || value.trim() === '') return null;
  const [, h = '0', m = '0', s = '0', ms = '0'] = parts;
  return Number(h) * 3600 + Number(m) * 60 + Number(s) + Number(ms) / 1000;
}

function numberIn(value: string | undefined): number | null {
  if (value === undefined || !/^\s*\d+(?:\.\d+)?\s*$/.test(value)) return null;
  return Number(value);
}

function dateIn(value: string | undefined): number | null {
  if (value === undefined || !/[a-z]{3}|^\d{4}-\d/i.test(value)) return null;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? null : ms;
}

function sane(seconds: number): number | null {
  if (!Number.isFinite(seconds) || seconds > LONGEST_WAIT) return null;
  return Math.max(0, Math.ceil(seconds));
}
