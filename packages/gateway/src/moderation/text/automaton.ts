/**
 * Aho-Corasick: finds every term of a list in a text in one pass, however many terms there are. The transitions are one dense
 * table of state x class, where a class is a character that occurs in a term; every other character leads back to the root.
 */

/** Called for each occurrence, `end` exclusive, both as indices of the scanned text. */
export type OnMatch = (term: number, start: number, end: number) => void;

export interface Automaton {
  scan(text: string, onMatch: OnMatch): void;
}

interface Trie {
  /** Children by class, for each state. */
  readonly children: Map<number, number>[];
  /** Terms that end in a state. */
  readonly ends: number[][];
}

export function buildAutomaton(terms: readonly string[]): Automaton {
  const classOf = new Uint16Array(65_536);
  let classes = 1;
  for (const char of terms.join('')) {
    for (let i = 0; i < char.length; i++) {
      const unit = char.charCodeAt(i);
      if (classOf[unit] === 0) classOf[unit] = classes++;
    }
  }
  const trie = plant(terms, classOf);
  const { next, dictionary } = link(trie, classes);
  const lengths = terms.map((term) => term.length);

  return {
    scan(text, onMatch) {
      let state = 0;
      for (let i = 0; i < text.length; i++) {
        state = next[state * classes + (classOf[text.charCodeAt(i)] ?? 0)] ?? 0;
        for (let at = state; at !== 0; at = dictionary[at] ?? 0) {
          for (const term of trie.ends[at] ?? []) onMatch(term, i + 1 - (lengths[term] ?? 0), i + 1);
        }
      }
    },
  };
}

function plant(terms: readonly string[], classOf: Uint16Array): Trie {
  const children: Map<number, number>[] = [new Map()];
  const ends: number[][] = [[]];
  for (const [id, term] of terms.entries()) {
    let state = 0;
    for (let i = 0; i < term.length; i++) {
      const key = classOf[term.charCodeAt(i)] ?? 0;
      let child = children[state]?.get(key);
      if (child === undefined) {
        child = children.length;
        children.push(new Map());
        ends.push([]);
        children[state]?.set(key, child);
      }
      state = child;
    }
    if (state !== 0) ends[state]?.push(id);
  }
  return { children, ends };
}

/**
 * Breadth first, so that the longest proper suffix of a state is complete before the state is. `next` is the trie with every
 * failure already followed; `dictionary` leads from a state to the nearest suffix where a term ends.
 */
function link({ children, ends }: Trie, classes: number): { next: Int32Array; dictionary: Int32Array } {
  const next = new Int32Array(children.length * classes);
  const suffix = new Int32Array(children.length);
  const dictionary = new Int32Array(children.length);
  const queue: number[] = [0];
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head] ?? 0;
    const fallback = suffix[state] ?? 0;
    dictionary[state] = (ends[fallback]?.length ?? 0) > 0 ? fallback : (dictionary[fallback] ?? 0);
    const row = state * classes;
    if (state !== 0) next.copyWithin(row, fallback * classes, (fallback + 1) * classes);
    for (const [key, child] of children[state] ?? []) {
      suffix[child] = state === 0 ? 0 : (next[row + key] ?? 0);
      next[row + key] = child;
      queue.push(child);
    }
  }
  return { next, dictionary };
}
