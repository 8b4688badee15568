/** `sluice inspect`: the timeline of a task for its operator. */
import type { OperatorAttemptView, OperatorTaskView } from '@sluice/client';
import { connectOperator, type OperatorTarget } from './operator-target.ts';
import { indent, printable, printableJson } from './printable.ts';
import { describeDecision, describeSource, describeVerdict, nameOf } from './show-verdict.ts';
import { entry, type Terminal } from './terminal.ts';

export async function inspect(
  terminal: Terminal,
  target: OperatorTarget,
  id: string,
  json: boolean,
): Promise<void> {
  const task = await (await connectOperator(target)).task(id);
  terminal.print(json ? JSON.stringify(task, null, 2) : timeline(terminal, task));
}

export function timeline(terminal: Terminal, task: OperatorTaskView): string {
  return [
    head(terminal, task),
    ...task.attempts.map((attempt) => describeAttempt(terminal, task, attempt)),
    end(terminal, task),
  ].join('\n\n');
}

function head({ style, width }: Terminal, task: OperatorTaskView): string {
  const line = (label: string, text: string) => entry(style('dim', label), printable(text), width);
  return [
    style('bold', task.id),
    '',
    line('model', `${task.model} (${task.type})`),
    line('for', `account ${task.account_id}, key ${task.key_id}, request ${task.request_id}`),
    line('admitted', `${clock(task.created_at)}, time until ${clock(task.deadline_at)}`),
    line('params', JSON.stringify(task.params)),
    ...(task.cancel_requested_at === null
      ? []
      : [line('cancel', `asked for ${since(task, task.cancel_requested_at)}`)]),
  ].join('\n');
}

function describeAttempt(terminal: Terminal, task: OperatorTaskView, attempt: OperatorAttemptView): string {
  const { style, width } = terminal;
  const { evidence, verdict, decision, late } = attempt;
  const line = (label: string, text: string) => entry(style('dim', label), printable(text), width);
  const where =
    attempt.provider === null ? 'no longer configured' : `${attempt.provider}, ${attempt.upstream_model}`;
  const lines = [
    `${style('bold', `Attempt ${attempt.number}`)}  ${printable(attempt.route)}  ${style('dim', printable(`(${where})`))}`,
    '',
    line('began', since(task, attempt.started_at)),
    line('key', attempt.idempotency_key),
  ];
  if (attempt.handle !== null) lines.push(line('job', JSON.stringify(attempt.handle)));
  if (attempt.ended_at !== null) lines.push(line(attempt.state, since(task, attempt.ended_at)));
  if (evidence) {
    const headers = Object.entries(evidence.headers).map(([name, value]) => `${name}: ${value}`);
    lines.push(line('said', describeSource(evidence)));
    lines.push(indent([...headers.map(printable), printableJson(evidence.body)].join('\n'), RAW));
  }
  if (verdict) lines.push(...describeVerdict(terminal, verdict));
  if (decision) {
    const { next, counts_against_route, alarm } = decision;
    lines.push(describeDecision(terminal, { next, countsAgainstRoute: counts_against_route, alarm }));
  }
  lines.push(line('then', describeThen(attempt)));
  if (late) {
    const files = late.files.length === 0 ? '' : `, kept as ${late.files.join(', ')}`;
    lines.push(line('late', `${since(task, late.at)}: the job ${late.outcome} after all${files}`));
  }
  return lines.join('\n');
}

/** As deep as `entry` puts its text. */
const RAW = ' '.repeat(11);

function describeThen({ followed_by: then, state }: OperatorAttemptView): string {
  switch (then.kind) {
    case 'attempt':
      return `attempt ${then.number} on ${then.route}`;
    case 'end':
      return then.status === 'completed' ? 'the task completed' : `the task failed: ${then.code}`;
    case 'under_way':
      return state === 'unknown' ? 'its answer was lost; the provider is being asked' : 'it is under way';
    default: {
      const never: never = then;
      return never;
    }
  }
}

function end({ style, width }: Terminal, task: OperatorTaskView): string {
  const lines = [`${style('bold', 'Now')}  ${task.status}, step ${task.step}, ${task.progress}%`, ''];
  const line = (label: string, text: string) =>
    lines.push(entry(style('dim', label), printable(text), width));
  if (task.finished_at !== null) line('ended', since(task, task.finished_at));
  line('credits', `${task.credits_reserved} reserved, ${task.credits_used} used`);
  for (const file of task.results) line('result', file);
  if (task.error !== null) {
    const { code, subtype, message } = task.error;
    line('told', `${nameOf({ code: String(code), subtype: typeof subtype === 'string' ? subtype : null })}`);
    line('', String(message));
  }
  return lines.join('\n');
}

function since(task: OperatorTaskView, at: string): string {
  const seconds = (Date.parse(at) - Date.parse(task.created_at)) / 1000;
  return `${clock(at)}, ${seconds.toFixed(1)} s after admission`;
}

/** `2026-03-04 10:00:00.250`, UTC. */
function clock(at: string): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '').replace('.000', '');
}
