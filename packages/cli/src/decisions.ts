/** `sluice decisions`: what moderation blocked, why, and letting it pass for a key. */
import type { OperatorDecisionView } from '@sluice/client';
import { connectOperator, type OperatorTarget } from './operator-target.ts';
import { printable } from './printable.ts';
import { entry, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export interface DecisionsOptions {
  /** Without one, the latest are listed. */
  readonly id: string | undefined;
  readonly overrule: boolean;
  /** Takes an overrule back. */
  readonly undo: boolean;
  /** Id of a key. */
  readonly forKey: string | undefined;
  readonly limit: number;
  readonly json: boolean;
}

export async function decisions(
  terminal: Terminal,
  target: OperatorTarget,
  options: DecisionsOptions,
): Promise<void> {
  const { id, overrule, undo, forKey, limit, json } = options;
  if (overrule && undo) throw new UsageError('Give --overrule or --undo, not both.');
  if (forKey !== undefined && !overrule && !undo) {
    throw new UsageError('--for names the key of --overrule or --undo.');
  }
  if (id === undefined && (overrule || undo)) {
    throw new UsageError(`Which decision? \`${terminal.command} decisions\` lists the latest.`);
  }
  const operator = await connectOperator(target);
  if (id === undefined) {
    const latest = await operator.decisions(limit);
    if (json) terminal.print(JSON.stringify(latest, null, 2));
    else if (latest.length === 0) terminal.note('Moderation has blocked nothing.');
    for (const one of json ? [] : latest) terminal.print(line(one));
    return;
  }
  const decision = overrule
    ? await operator.overrule(id, forKey)
    : undo
      ? await operator.undoOverrule(id, forKey)
      : await operator.decision(id);
  terminal.print(json ? JSON.stringify(decision, null, 2) : describe(terminal, decision));
}

function line(decision: OperatorDecisionView): string {
  const { id, at, verdict, key_id: key, overruled_for: overruled } = decision;
  const what =
    decision.deciding?.rule ?? decision.deciding?.category ?? decision.decided_by ?? 'nothing found';
  const after = overruled.length > 0 ? '  (overruled)' : '';
  return printable(`${at}  ${id}  ${verdict}  ${what}  ${key}${after}`);
}

function describe({ style, width }: Terminal, decision: OperatorDecisionView): string {
  const { deciding, threshold, overruled_for: overruled } = decision;
  const row = (label: string, text: string) => entry(style('dim', label), printable(text), width);
  return [
    `${style('bold', printable(decision.id))}  ${decision.verdict}, ${reason(decision)}`,
    '',
    ...(deciding
      ? [
          row('found', `${deciding.why} (${deciding.category}) in ${placeOf(deciding)}`),
          row('score', `${deciding.score}${threshold === null ? '' : `, threshold ${threshold}`}`),
          row('rule', `${deciding.rule ?? 'its only one'}, detector ${deciding.detector}`),
          ...deciding.spans.map(({ start, end }) => row('at', `characters ${start} to ${end}`)),
        ]
      : []),
    ...decision.findings
      .filter(
        (other) =>
          other.rule !== deciding?.rule ||
          other.input !== deciding?.input ||
          other.at_seconds !== deciding?.at_seconds,
      )
      .map((other) =>
        row('also', `${other.why} (${other.category}, score ${other.score}) in ${placeOf(other)}`),
      ),
    ...decision.failures.map((failure) =>
      row('failed', `${failure.detector} on ${failure.input}: ${failure.reason}`),
    ),
    row('task', decision.task_id ?? 'none: it was a preflight'),
    row('stage', `${decision.stage}, model ${decision.model}`),
    row('key', `${decision.key_id} of account ${decision.account_id}`),
    row('when', decision.at),
    row(
      'passes',
      passes(
        decision.can_overrule,
        overruled.map((one) => one.key_id),
      ),
    ),
    ...overruled.map(({ key_id: key, by, at }) => row('by', `${by ?? 'an operator'} at ${at}, for ${key}`)),
  ].join('\n');
}

/** `results[0] at 3.2 s`. */
function placeOf({ input, at_seconds: at }: OperatorDecisionView['findings'][number]): string {
  return at === undefined ? input : `${input} at ${Math.round(at * 10) / 10} s`;
}

function reason({ decided_by: by }: OperatorDecisionView): string {
  switch (by) {
    case 'threshold':
      return 'at or above the threshold';
    case 'sexualised_minor':
      return 'a sexualised minor';
    case 'face_and_adult':
      return 'a face together with adult content';
    case 'detector_failed':
      return 'a detector could not look';
    case null:
      return 'nothing counted';
    default: {
      const never: never = by;
      return never;
    }
  }
}

function passes(can: boolean, keys: readonly string[]): string {
  if (keys.length > 0) return `what this rule finds, for ${keys.join(', ')}`;
  return can ? 'for nobody; --overrule changes that' : 'for nobody, and no overrule can change that';
}
