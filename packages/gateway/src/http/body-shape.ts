/**
 * Bodies that are too intricate to parse. What a client has to say is a few dozen values, of which some are long texts (media as
 * `data:` URLs). Values are what costs: a body of 60 MB that is all brackets takes ten seconds of the only thread and gigabytes.
 */
export const MAX_VALUES = 20_000;
export const MAX_DEPTH = 64;

export type BodyShape = 'fine' | 'too_many_values' | 'too_deep';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** Reads texts at the speed of a search, and stops at the first value too many. What is no JSON is left for the parser to refuse. */
export function shapeOf(json: string): BodyShape {
  let values = 0;
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case QUOTE:
        at = endOfText(json, at);
        if (at < 0) return 'fine';
        break;
      // [ and {
      case 0x5b:
      case 0x7b:
        if (++depth > MAX_DEPTH) return 'too_deep';
        if (++values > MAX_VALUES) return 'too_many_values';
        break;
      // ] and }
      case 0x5d:
      case 0x7d:
        depth--;
        break;
      case COMMA:
        if (++values > MAX_VALUES) return 'too_many_values';
        break;
    }
  }
  return 'fine';
}

/** Of the closing quote; -1 where there is none. */
function endOfText(json: string, opening: number): number {
  for (let at = json.indexOf('"', opening + 1); at >= 0; at = json.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (json.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return -1;
}
