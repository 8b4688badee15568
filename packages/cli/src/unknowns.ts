/** `sluice unknowns`: what no rule matched, the most frequent first. */
import type { UnknownGroupView } from '@sluice/client';
import { connectOperator, type OperatorTarget } from './operator-target.ts';
import { indent, printable, printableJson } from './printable.ts';
import { describeSource, nameOf } from './show-verdict.ts';
import { entry, type Terminal } from './terminal.ts';

export async function unknowns(
  terminal: Terminal,
  target: OperatorTarget,
  { limit, json }: { readonly limit: number; readonly json: boolean },
): Promise<void> {
  const answer = await (await connectOperator(target)).unknowns(limit);
  if (json) {
    terminal.print(JSON.stringify(answer, null, 2));
    return;
  }
  if (answer.data.length === 0) {
    terminal.note('Every answer of an upstream was matched by a rule.');
    return;
  }
  terminal.print(answer.data.map((group) => describeGroup(terminal, group)).join('\n\n'));
  terminal.note(
    `\nTry a rule on them: ${terminal.command} unknowns --json | ${terminal.command} classify -\nHow to write one: docs/classification.md`,
  );
}

function describeGroup({ style, width }: Terminal, group: UnknownGroupView): string {
  const { sample, verdict_now: now } = group;
  const line = (label: string, text: string) => entry(style('dim', label), printable(text), width);
  return [
    `${style('bold', `${group.count} x`)}  ${describeSource({ ...sample, status: group.http_status })}`,
    '',
    line('shape', group.shape),
    line('last', `${group.last_at} on ${group.routes.join(', ')}`),
    line('sample', 'as it came:'),
    indent(printableJson(sample.body), ' '.repeat(11)),
    line('tasks', group.task_ids.join(' ')),
    line(
      'now',
      now.code === 'unknown_error'
        ? 'no rule matches it yet'
        : `${nameOf(now)} by ${now.matched_rule}: a rule has been written since`,
    ),
  ].join('\n');
}
