/** A verdict, what follows from it and what a client is told, as `inspect` and `classify` show them. */
import type { Decision, Evidence, TaskError, Verdict } from '@sluice/errors';
import { printable } from './printable.ts';
import { describeRetry } from './show-error.ts';
import { entry, type Terminal } from './terminal.ts';

export function nameOf({
  code,
  subtype,
}: {
  readonly code: string;
  readonly subtype: string | null;
}): string {
  return subtype === null ? code : `${code}/${subtype}`;
}

export function describeVerdict({ style, width }: Terminal, verdict: Verdict): string[] {
  const { confidence, alternatives, param, stage, details } = verdict;
  const or = alternatives.length === 0 ? '' : `; as defensible: ${alternatives.join(', ')}`;
  const found = Object.entries(details).map(([name, value]) => `${name} ${value}`);
  const lines = [
    entry(style('dim', 'verdict'), style('red', nameOf(verdict)), width),
    entry(style('dim', 'rule'), `${printable(verdict.matched_rule)}, confidence ${confidence}${or}`, width),
  ];
  if (stage !== 'unknown') lines.push(entry(style('dim', 'stage'), stage, width));
  if (param !== null) lines.push(entry(style('dim', 'field'), printable(param), width));
  if (found.length > 0) lines.push(entry(style('dim', 'details'), printable(found.join(', ')), width));
  return lines;
}

export function describeDecision({ style, width }: Terminal, decision: Decision): string {
  const also = [
    decision.countsAgainstRoute ? 'counts against the route' : 'does not count against the route',
    ...(decision.alarm ? ['the operator is alarmed'] : []),
  ];
  return entry(style('dim', 'next'), `${NEXT[decision.next]}; ${also.join('; ')}`, width);
}

const NEXT: Readonly<Record<Decision['next'], string>> = {
  same_route: 'the same route once more',
  other_route: 'another route',
  elsewhere: 'another route, and never again this one',
  never: 'none: it ends here',
};

export function describeTold({ style, width }: Terminal, error: TaskError): string[] {
  const [headline = ''] = error.message.split('\n');
  return [
    entry(style('dim', 'told'), `${nameOf(error)}: ${headline}`, width),
    entry(style('dim', 'retry'), describeRetry(error.retry), width),
  ];
}

/** `fal, result, 422` */
export function describeSource({
  provider,
  phase,
  status,
}: Pick<Evidence, 'provider' | 'phase' | 'status'>): string {
  return printable(`${provider}, ${phase}, ${status ?? 'no status'}`);
}
