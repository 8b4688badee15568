/** docs/retries.md: the one retry table as it decides, not as somebody remembers it. */
import { subtypesOf, TASK_CODES, type TaskCode } from './codes.ts';
import type { EvidencePhase } from './evidence.ts';
import { type Decision, decide, type NextStep } from './retry.ts';

export function renderRetryPage(): string {
  return `${HEAD}\n${TASK_CODES.flatMap(linesOf).join('\n')}\n${FOOT}`;
}

/** What the columns of the table stand for. */
const COLUMNS = ['submit', 'poll', 'download'] as const satisfies readonly EvidencePhase[];

function linesOf(code: TaskCode): string[] {
  const general = line(`\`${code}\``, decisions(code, null));
  const own = subtypesOf(code)
    .map((subtype) => ({ subtype, made: decisions(code, subtype) }))
    .filter(({ made }) => JSON.stringify(made) !== JSON.stringify(decisions(code, null)))
    .map(({ subtype, made }) => line(`\`${code}/${subtype}\``, made));
  const ofTheClient =
    code === 'quota_exceeded'
      ? [line("`quota_exceeded` of the client's own", decisions(code, null, { whose: 'client' }))]
      : [];
  const ofOurs =
    code === 'invalid_parameters'
      ? [line('`invalid_parameters` of our own adapter', decisions(code, null, { never_left: true }))]
      : [];
  return [general, ...own, ...ofOurs, ...ofTheClient];
}

function decisions(
  code: TaskCode,
  subtype: string | null,
  details: Readonly<Record<string, string | boolean>> = {},
): Decision[] {
  return COLUMNS.map((phase) => decide({ code, subtype, details }, phase));
}

function line(name: string, made: readonly Decision[]): string {
  const [first] = made;
  const steps = made.map(({ next }) => NEXT[next]);
  return `| ${[name, ...steps, first?.countsAgainstRoute ? 'yes' : '', first?.alarm ? 'yes' : ''].join(' | ')} |`;
}

const NEXT: Readonly<Record<NextStep, string>> = {
  same_route: 'same route',
  other_route: 'another route',
  elsewhere: 'elsewhere',
  never: 'ends',
};

const HEAD = `# The retry table

What follows a verdict: one table (\`packages/errors/src/retry.ts\`) that retry, failover and the routes' health all read. The code is that
of the verdict, from the viewpoint of whoever holds the provider's key; what a client is told is in [errors](errors.md).

| verdict | submit refused | job failed | download failed | counts against the route | alarm |
| --- | --- | --- | --- | --- | --- |`;

const FOOT = `
- **same route**: the same step again, after the wait the provider asks for (in a header or in words), else with growing pauses.
- **another route**: the next healthy one that this task has not tried; where there is none, the same one after a wait.
- **elsewhere**: what our adapter cannot say to its provider is no fault of the request, because the model takes it. Another route is
  given the task, and waited for where it is full; this one is not asked again. Where there is no other, the task fails with the refusal.
- **ends**: the task fails (for a download: the output is given up).
- Whatever the table says, there are at most \`engine.max_attempts\` attempts and none after the deadline.
- A submit without a whole answer is none of these columns. Only where the request provably never left this machine is it treated as
  refused; otherwise the job may exist, and [nothing is sent again](money-safety.md) before the provider has been asked.
- A poll that could not be made, or was answered by a proxy, says nothing about the job. It is made again, and judges nothing.
`;
