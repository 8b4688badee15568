/** What a cut, masked or run-together word is compared with: the terms that are one word, and longer ones without their spaces. */
export interface Lexicon {
  has(word: string): boolean;
  /** The phrase whose words were run together: "harry potter" for "harrypotter". */
  phrase(word: string): string | undefined;
  /** Words that the pattern can be, `*` standing for one letter each; its first character is a letter. */
  like(pattern: string): readonly string[];
}

export const NO_WORDS: Lexicon = { has: () => false, phrase: () => undefined, like: () => [] };

const SHORTEST = 3;
/** Of the letters, so that no ordinary word is a phrase by chance. */
export const SHORTEST_PHRASE = 8;

export function buildLexicon(terms: Iterable<string>): Lexicon {
  const words = new Set<string>();
  const phrases = new Map<string, string>();
  for (const term of terms) {
    if (/^[a-z]+$/.test(term)) {
      if (term.length >= SHORTEST) words.add(term);
    } else if (/^[a-z]+(?: [a-z]+){1,2}$/.test(term) && term.length > SHORTEST_PHRASE) {
      phrases.set(term.replaceAll(' ', ''), term);
    }
  }
  /** By length and first letter, made when the first masked word comes. */
  let shelves: Map<string, string[]> | null = null;
  const isKnown = (word: string) => words.has(word) || (word.endsWith('s') && words.has(word.slice(0, -1)));
  return {
    has: isKnown,
    phrase: (word) => phrases.get(word),
    like(pattern) {
      shelves ??= shelve(words);
      const shelf = shelves.get(`${pattern.length}${pattern.charAt(0)}`) ?? [];
      return shelf.filter((word) => fits(word, pattern)).slice(0, MOST);
    },
  };
}

/** A mask that fits many words says nothing. */
const MOST = 4;

function shelve(words: ReadonlySet<string>): Map<string, string[]> {
  const shelves = new Map<string, string[]>();
  for (const word of words) {
    for (const form of [word, `${word}s`]) {
      const key = `${form.length}${form.charAt(0)}`;
      const shelf = shelves.get(key);
      if (shelf) shelf.push(form);
      else shelves.set(key, [form]);
    }
  }
  return shelves;
}

function fits(word: string, pattern: string): boolean {
  for (let i = 0; i < pattern.length; i++) {
    const wanted = pattern.charAt(i);
    if (wanted !== '*' && wanted !== word.charAt(i)) return false;
  }
  return true;
}
