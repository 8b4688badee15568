/** What would become of a request, for `sluice generate --check`. */
import type { PreflightView } from '@sluice/client';
import { describeError } from './show-error.ts';
import { entry, type Terminal } from './terminal.ts';

/** Gives the exit code: 0 where it would be accepted. */
export function showPreflight(
  terminal: Terminal,
  { ok, issues, fixes, repairs, estimate }: PreflightView,
): number {
  const { style, width, command } = terminal;
  const row = (label: string, text: string) => entry(style('dim', label), text, width);
  if (ok && estimate) {
    terminal.print(`${style('green', '✓')} It would be accepted.\n`);
    terminal.print(row('credits', String(estimate.credits)));
    terminal.print(row('seconds', `about ${estimate.seconds}`));
    for (const { op, param, from, to } of repairs)
      terminal.print(row('auto_fix', `${op} ${param} from ${from} to ${to}`));
    return 0;
  }
  terminal.note(issues.map((issue) => describeError(terminal, issue)).join('\n\n'));
  if (fixes.length > 0) {
    const ops = JSON.stringify([...new Set(fixes.map(({ op }) => op))]);
    terminal.note(`\nAll that can be repaired: ${command} generate ... --param 'auto_fix=${ops}'`);
  }
  return 1;
}
