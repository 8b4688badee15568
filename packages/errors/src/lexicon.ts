/**
 * The words of a book of patterns as numbers, so that matching compares small integers. A pattern's word stands for all its forms
 * (`exceed` is also exceeds, exceeded, exceeding); forms that belong to the same words of patterns share a number, since no pattern
 * can tell them apart. That keeps a book of a thousand patterns small.
 */

/** A word that no pattern has. */
export const UNKNOWN = 0;

export class Lexicon {
  readonly #byForm = new Map<string, number>();
  readonly #byWord = new Map<string, number[]>();

  constructor(words: Iterable<string>) {
    const owners = new Map<string, string[]>();
    for (const word of new Set(words)) {
      this.#byWord.set(word, []);
      for (const form of new Set(formsOf(word))) {
        const known = owners.get(form);
        if (known === undefined) owners.set(form, [word]);
        else known.push(word);
      }
    }
    const byOwners = new Map<string, number>();
    for (const [form, words] of owners) {
      const key = words.join(' ');
      let number = byOwners.get(key);
      if (number === undefined) {
        number = byOwners.size + 1;
        byOwners.set(key, number);
        for (const word of words) this.#byWord.get(word)?.push(number);
      }
      this.#byForm.set(form, number);
    }
  }

  /** The number of a word of a text. */
  numberOf(word: string): number {
    return this.#byForm.get(word) ?? UNKNOWN;
  }

  /** The numbers of all forms of a pattern's word. */
  numbersOf(word: string): readonly number[] {
    return this.#byWord.get(word) ?? [];
  }
}

/** The forms of an English word that upstreams use; some that do not exist do no harm. */
export function formsOf(word: string): string[] {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return [word];
  const forms = [word, `${word}s`];
  if (word.endsWith('e')) forms.push(`${word}d`, `${word.slice(0, -1)}ing`);
  else if (/[^aeiou]y$/.test(word))
    forms.push(`${word.slice(0, -1)}ies`, `${word.slice(0, -1)}ied`, `${word}ing`);
  else forms.push(`${word}ed`, `${word}es`, `${word}ing`);
  if (/[aeiou][bdglmnprt]$/.test(word)) {
    const last = word.slice(-1);
    forms.push(`${word}${last}ed`, `${word}${last}ing`);
  }
  return forms;
}
