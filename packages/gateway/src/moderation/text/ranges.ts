/** Sets of ranges of a text, `end` exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** The same places as ranges that do not touch, in order. */
export function united(ranges: readonly Range[]): readonly Range[] {
  const result: { start: number; end: number }[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}

/** The first of the united ranges that ends behind `at`; by halving, since hostile texts have thousands. */
export function firstAfter(ranges: readonly Range[], at: number): Range | undefined {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.end ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return ranges[low];
}
