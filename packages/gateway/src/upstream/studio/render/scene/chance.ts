/** Randomness that follows from words and numbers alone. */

export interface Chance {
  /** 0 up to, not including, 1. */
  next(): number;
  between(low: number, high: number): number;
  /** Whole, both ends included. */
  whole(low: number, high: number): number;
  pick<T>(choices: readonly [T, ...T[]]): T;
  /** A stream of its own: what is drawn from it changes nothing here. */
  fork(name: string): Chance;
}

/** Streams of the same words are equal; of others, unrelated. */
export function createChance(...words: readonly (string | number)[]): Chance {
  const origin = words.join('\u0000');
  const next = sfc32(origin);
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    whole: (low, high) => low + Math.floor((high - low + 1) * next()),
    pick: (choices) => choices[Math.floor(choices.length * next())] ?? choices[0],
    fork: (name) => createChance(origin, name),
  };
}

/** FNV-1a over UTF-16 units, finished by an avalanche, so that close words are far apart. */
function hash(text: string, basis: number): number {
  let h = basis;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Chris Doty-Humphrey's "small fast counting" generator, 32 bit. */
function sfc32(text: string): () => number {
  let a = hash(text, 0x811c9dc5);
  let b = hash(text, 0x9e3779b9);
  let c = hash(text, 0x243f6a88);
  let counter = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}
