/** `sluice classify`: what the rules make of evidence from a file, offline. The rules are those of this command's version. */
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { classify, decide, toClient } from '@sluice/errors';
import { printable } from './printable.ts';
import { type Given, readEvidence } from './read-evidence.ts';
import { describeDecision, describeSource, describeTold, describeVerdict, nameOf } from './show-verdict.ts';
import { entry, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

export interface ClassifyFlags {
  readonly general: boolean;
  readonly json: boolean;
}

/** Resolves with the exit code: 1 where an entry has a label and the verdict is not among the codes it accepts. */
export async function classifyFile(terminal: Terminal, file: string, flags: ClassifyFlags): Promise<number> {
  const given = readEvidence(await read(file));
  const shown = given.map((one) => show(terminal, one, flags));
  terminal.print(shown.map(({ output }) => output).join(flags.json ? '\n' : '\n\n'));
  const wrong = shown.filter(({ right }) => right === false).length;
  if (wrong > 0) terminal.note(`\n${wrong} of ${given.length} not as labelled.`);
  return wrong > 0 ? 1 : 0;
}

function show(
  terminal: Terminal,
  { name, evidence, accept }: Given,
  { general, json }: ClassifyFlags,
): { readonly output: string; readonly right: boolean | null } {
  const verdict = classify(evidence, { generalOnly: general });
  const decision = decide(verdict, evidence.phase);
  const told = toClient(verdict);
  const right = accept === null ? null : accept.includes(verdict.code);
  if (json) return { right, output: JSON.stringify({ name, verdict, decision, client: told.toJSON() }) };
  const { style, width } = terminal;
  const lines = [
    style('bold', `${name === null ? '' : `${printable(name)}: `}${describeSource(evidence)}`),
    '',
    ...describeVerdict(terminal, verdict),
    describeDecision(terminal, decision),
    ...describeTold(terminal, told),
  ];
  if (accept !== null) {
    const text =
      right === true ? 'as labelled' : `labelled ${accept.join(' or ')}, judged ${nameOf(verdict)}`;
    lines.push(entry(style('dim', 'label'), text, width));
  }
  return { output: lines.join('\n'), right };
}

async function read(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new UsageError(`${file} cannot be read${missing ? ': there is no such file' : ''}.`);
  }
}
