/** Numbers of a limit, as messages say them. */

/** "between 1 and 30", "at most 30", "at least 1". */
export function rangeInWords(least: number | undefined, most: number | undefined): string {
  if (least !== undefined && most !== undefined) return `between ${least} and ${most}`;
  return least === undefined ? `at most ${most}` : `at least ${least}`;
}

/** To a thousandth. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
