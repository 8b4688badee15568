/** `sluice routes`: the health of every route; `drain` takes one out of use, `undrain` puts it back. */
import type { RouteReportView, SluiceOperator } from '@sluice/client';
import { connectOperator, type OperatorTarget } from './operator-target.ts';
import { printable } from './printable.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export interface RoutesOptions {
  readonly action: string | undefined;
  readonly route: string | undefined;
  readonly json: boolean;
}

export async function routes(
  terminal: Terminal,
  target: OperatorTarget,
  { action, route, json }: RoutesOptions,
): Promise<void> {
  if (action !== undefined && action !== 'drain' && action !== 'undrain') {
    throw new UsageError(`\`routes\` takes drain or undrain, not "${action}".`);
  }
  if (action !== undefined && route === undefined) {
    throw new UsageError(`Which route? \`${terminal.command} routes\` lists all of them.`);
  }
  const operator = await connectOperator(target);
  const rows = await asked(operator, action, route);
  if (json) terminal.print(JSON.stringify(rows, null, 2));
  else if (action === undefined) table(terminal, rows);
  else for (const row of rows) terminal.print(`${row.route}: ${describe(row)}`);
}

async function asked(
  operator: SluiceOperator,
  action: 'drain' | 'undrain' | undefined,
  route: string | undefined,
): Promise<readonly RouteReportView[]> {
  if (action === undefined || route === undefined) return operator.routes();
  return [await operator.setDrained(route, action === 'drain')];
}

function table(terminal: Terminal, rows: readonly RouteReportView[]): void {
  const cells = rows.map((row) => [
    printable(row.route),
    printable(`${row.provider}, ${row.upstream_model}`),
    `priority ${row.priority}, weight ${row.weight}`,
    `${row.in_use}${row.max_parallel === null ? '' : ` of ${row.max_parallel}`} in use`,
    describe(row),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  for (const row of cells) {
    terminal.print(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

function describe({ drained, health, open_until: until, in_use: inUse }: RouteReportView): string {
  if (drained) return inUse === 0 ? 'drained' : `drained; ${inUse} under way go on`;
  switch (health) {
    case 'closed':
      return 'healthy';
    case 'open':
      return `cooling down until ${until}`;
    case 'half_open':
      return 'on probation: one attempt at a time';
    default: {
      const never: never = health;
      return never;
    }
  }
}
