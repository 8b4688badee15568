import { randomInt } from 'node:crypto';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Letters and digits that nobody can guess: about 5 bits each. */
export function randomId(length = 16): string {
  return Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}
