/** The kinds of values in a configuration, as schemas. */
import { Type } from 'typebox';
import { DURATION_EXAMPLE, parseDuration, SIZE_EXAMPLE } from './units.ts';

export const SIZE_FORMAT = 'size';
export const DURATION_FORMAT = 'duration';
/** A duration that something waits for: longer ones are mistakes, and beyond 24 days timers fire at once. */
export const TIMER_FORMAT = 'timer';
export const LONGEST_TIMER = '7d';
export const URL_FORMAT = 'http-url';

/** What a format means, for messages and for the reference. */
export const FORMATS: Readonly<Record<string, string>> = {
  [SIZE_FORMAT]: SIZE_EXAMPLE,
  [DURATION_FORMAT]: DURATION_EXAMPLE,
  [TIMER_FORMAT]: `${DURATION_EXAMPLE}, at most ${LONGEST_TIMER}`,
  [URL_FORMAT]: 'an http: or https: address without query, such as https://gen.example.com',
};

interface Described<T> {
  readonly description: string;
  readonly default?: T;
}

/** `additionalProperties: false` everywhere: a key nobody reads is a mistake somebody should hear of. */
export const closed = { additionalProperties: false };
const measured = (format: string, bounds: object) => (options: Described<string>) =>
  Type.Unsafe<string | number>({ type: ['string', 'integer'], format, minimum: 1, ...bounds, ...options });
export const size = measured(SIZE_FORMAT, {});
export const duration = measured(DURATION_FORMAT, {});
export const timer = measured(TIMER_FORMAT, { maximum: parseDuration(LONGEST_TIMER) });
export const count = (options: Described<number> & { minimum?: number; maximum?: number }) =>
  Type.Integer({ minimum: 1, maximum: 1_000_000, ...options });

export const NAME = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';
export const named = {
  description: 'Letters, digits, `.`, `_` and `-`, beginning with a letter or digit, at most 64.',
  pattern: NAME,
};
