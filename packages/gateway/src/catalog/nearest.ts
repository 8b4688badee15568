/**
 * The known name a mistyped one was probably meant to be, or null where none is near: "durtion" -> "duration".
 * Near means at most a third of the letters differ (Damerau-Levenshtein, case and `-`/`_`/`.` ignored), or one begins the other.
 */
export function nearest(name: string, known: Iterable<string>): string | null {
  const wanted = plain(name);
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  if (wanted.length === 0 || wanted.length > LONGEST_NAME) return null;
  for (const candidate of known) {
    const other = plain(candidate);
    const begins = wanted.length >= 3 && (other.startsWith(wanted) || wanted.startsWith(other));
    const distance = begins ? Math.min(1, editDistance(wanted, other)) : editDistance(wanted, other);
    const allowed = Math.floor(Math.max(wanted.length, other.length) / 3);
    if (distance <= allowed && distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Names longer than this are not typing mistakes, and comparing them costs. */
const LONGEST_NAME = 80;

const plain = (name: string) => name.toLowerCase().replace(/[-_. ]/g, '');

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replace);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
