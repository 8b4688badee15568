/**
 * Finds every term of a list that begins at one of the places asked for, however many terms there are: a trie that is walked
 * from each such place, so a text costs its length times, at worst, the length of the longest term.
 *
 * The states are numbered breadth first, so that the children of one stand side by side, in the order of their characters: two
 * small arrays are the whole trie, and tens of thousands of terms are planted in milliseconds.
 */

/** Called for each occurrence, `end` exclusive, both as indices of the scanned text. */
export type OnMatch = (term: number, start: number, end: number) => void;

export interface Trie {
  /** `begins` says whether a term may begin at an index. */
  scan(text: string, begins: (at: number) => boolean, onMatch: OnMatch): void;
}

const NONE = -1;

/** `terms` are distinct and not empty; they are known to `onMatch` by their index. */
export function buildTrie(terms: readonly string[]): Trie {
  const { unitOf, childrenOf, termOf } = plant(terms);
  /** Of the root, which has too many children to be searched. */
  const first = new Int32Array(65_536);
  for (let child = childrenOf[0] ?? 0; child < (childrenOf[1] ?? 0); child++)
    first[unitOf[child] ?? 0] = child;

  /** The child that the character leads to, 0 if none: by halving. */
  const follow = (state: number, unit: number): number => {
    let [low, high] = [childrenOf[state] ?? 0, childrenOf[state + 1] ?? 0];
    while (low < high) {
      const middle = (low + high) >> 1;
      const found = unitOf[middle] ?? 0;
      if (found === unit) return middle;
      if (found < unit) low = middle + 1;
      else high = middle;
    }
    return 0;
  };

  return {
    scan(text, begins, onMatch) {
      for (let start = 0; start < text.length; start++) {
        let state = first[text.charCodeAt(start)] ?? 0;
        if (state === 0 || !begins(start)) continue;
        for (let end = start + 1; state !== 0; end++) {
          const term = termOf[state] ?? NONE;
          if (term !== NONE) onMatch(term, start, end);
          state = end < text.length ? follow(state, text.charCodeAt(end)) : 0;
        }
      }
    },
  };
}

/** State 0 is the root. The children of a state are the states from `childrenOf[state]` to before `childrenOf[state + 1]`. */
interface Planted {
  readonly unitOf: Uint16Array;
  readonly childrenOf: Int32Array;
  readonly termOf: Int32Array;
}

/** In sorted order the terms below a state are neighbours: each state stands for a range of them. */
function plant(terms: readonly string[]): Planted {
  // Without a comparison of our own the order is that of the code units, and many times faster.
  const sorted = terms.toSorted();
  const idOf = new Map(terms.map((term, id) => [term, id]));
  const most = terms.reduce((sum, { length }) => sum + length, 2);
  const unitOf = new Uint16Array(most);
  const childrenOf = new Int32Array(most + 1);
  const termOf = new Int32Array(most).fill(NONE);
  const depth = new Uint16Array(most);
  const from = new Int32Array(most);
  const to = new Int32Array(most);
  to[0] = sorted.length;
  let states = 1;
  for (let state = 0; state < states; state++) {
    childrenOf[state] = states;
    const at = depth[state] ?? 0;
    let last = NONE;
    for (let i = from[state] ?? 0; i < (to[state] ?? 0); i++) {
      const term = sorted[i] ?? '';
      if (term.length === at) {
        termOf[state] = idOf.get(term) ?? NONE;
        continue;
      }
      const unit = term.charCodeAt(at);
      if (unit !== last) {
        last = unit;
        unitOf[states] = unit;
        depth[states] = at + 1;
        from[states] = i;
        states++;
      }
      to[states - 1] = i + 1;
    }
  }
  childrenOf[states] = states;
  return {
    unitOf: unitOf.slice(0, states),
    childrenOf: childrenOf.slice(0, states + 1),
    termOf: termOf.slice(0, states),
  };
}
