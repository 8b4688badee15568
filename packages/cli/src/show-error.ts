/** An error object as a person reads it: what happened, why, what to do, and whether trying again helps. */
import type { ErrorObject, RetryAdvice } from '@sluice/errors';
import { entry, type Terminal, wrap } from './terminal.ts';

export function showError(terminal: Terminal, error: ErrorObject): void {
  terminal.note(describeError(terminal, error));
}

export function describeError(terminal: Terminal, error: ErrorObject): string {
  const { style, width } = terminal;
  const label = (text: string) => style('dim', text);
  const [headline = error.message, because = '', ...remedy] = error.message.split('\n');
  const name = error.subtype === null ? error.code : `${error.code}/${error.subtype}`;

  const lines = [
    `${style(['bold', 'red'], `✗ ${name}`)}`,
    '',
    style('bold', wrap(headline, width, '  ')),
    '',
  ];
  if (because) lines.push(entry(label('why'), because, width));
  lines.push(entry(label('to do'), remedy.join(' ') || error.suggestion, width));
  lines.push(entry(label('retry'), describeRetry(error.retry), width));
  if (error.param !== null) lines.push(entry(label('field'), error.param, width));
  const details = describeDetails(error.details);
  if (details) lines.push(entry(label('details'), details, width));
  for (const fix of error.fixes ?? []) {
    lines.push(entry(label('auto_fix'), `${fix.op} ${fix.param} to ${fix.to}`, width));
  }
  const others = (error.issues ?? []).filter((issue) => issue.message !== error.message);
  for (const issue of others) {
    const where = issue.param === null ? '' : `${issue.param}: `;
    lines.push(entry(label('also'), where + issue.message.split('\n').slice(0, 2).join(' '), width));
  }
  if (error.request_id !== null) lines.push(entry(label('request'), error.request_id, width));
  lines.push(entry(label('more'), `${terminal.command} explain ${name}`, width));
  return lines.join('\n');
}

export function describeRetry({ retryable, action, after_seconds: after }: RetryAdvice): string {
  if (!retryable) return `No: the very same request cannot succeed (${action}).`;
  return after === null
    ? `Yes, the same request may succeed (${action}).`
    : `Yes, after ${after} s (${action}).`;
}

/** `expected 1280x720, actual 720x1280`; what is not a plain value is left to the JSON. */
function describeDetails(details: ErrorObject['details']): string {
  return Object.entries(details)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${value}`)
    .join(', ');
}
