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
  const now = nowMs ?? dateOf(headers);
  // Azure sends both and may round the milliseconds down to nothing; the longer wait is the safe one.
  const waits = [ms === null ? null : ms / 1000, delayIn(headers['retry-after'], now)].filter(
    (wait) => wait !== null,
  );
  if (waits.length > 0) return saneWait(Math.max(...waits));
  return options.resets === true ? resetIn(headers, now) : null;
}

/** Unix milliseconds of the answer's own `date` header. */
export function dateOf(headers: Headers): number | null {
  return dateIn(headers.date);
}

/** Unix milliseconds of a date, or of unix seconds or milliseconds written as a number. */
export function clockTime(value: string): number | null {
  const number = numberIn(value);
  if (number !== null) return number > 1e11 ? number : number * 1000;
  return dateIn(value);
}

/** The reset of the limit that is used up, where the remaining headers tell which; else the longest. */
function resetIn(headers: Headers, now: number | null): number | null {
  let longest: number | null = null;
  for (const [name, value] of Object.entries(headers)) {
    // https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/: `limit=100, remaining=0, reset=50`, later `"default";r=0;t=50`
    if (name === 'ratelimit' && /\b(?:remaining|r)=0\b/.test(value)) {
      const reset = numberIn(/\b(?:reset|t)=(\d+)/.exec(value)?.[1]);
      if (reset !== null && (longest === null || reset > longest)) longest = reset;
      continue;
    }
    if (!/^(?:[a-z]+-)?rate-?limit-(?:[a-z-]*-)?reset(?:-[a-z]+)*$/.test(name)) continue;
    const remaining = numberIn(headers[name.replace('reset', 'remaining')]);
    if (remaining !== null && remaining > 0) continue;
    const wait = delayIn(value, now);
    if (wait !== null && (longest === null || wait > longest)) longest = wait;
  }
  return longest === null ? null : saneWait(longest);
}

/** Seconds as a number or a duration, or the seconds until a date: an HTTP or ISO date, or unix seconds or milliseconds. */
function delayIn(value: string | undefined, now: number | null): number | null {
  if (value === undefined) return null;
  const number = numberIn(value);
  if (number !== null && number < 1e9) return number;
  if (number === null) {
    const duration = durationIn(value);
    if (duration !== null) return duration;
  }
  const at = now === null ? null : clockTime(value);
  return at === null || now === null ? null : (at - now) / 1000;
}

/** "6m0s", "1h2m3.5s", "467ms": how Go writes durations, and OpenAI and Google with it; and ISO's "PT1M30S". */
export function durationIn(value: string): number | null {
  const text = value
    .trim()
    .replace(/^PT(?=\d)/, '')
    .toLowerCase();
  const parts = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/.exec(text);
  if (parts === null || text === '') return null;
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

/** Seconds as a wait: never negative, rounded up; null where nobody can have meant it. */
export function saneWait(seconds: number): number | null {
  if (!Number.isFinite(seconds) || seconds > LONGEST_WAIT) return null;
  return Math.max(0, Math.ceil(seconds));
}
