/** Finds the rehearsal in a prompt: `rehearse:<word>[/<detail>][@submit|@running|@result][@after=<seconds>s]`. Pure. */
import { nearest } from '../../catalog/nearest.ts';
import {
  type Effect,
  exampleOf,
  REHEARSALS,
  type RehearsalRow,
  STAGES,
  type Stage,
} from './rehearsal-table.ts';

export interface Rehearsal {
  readonly effect: Effect;
  readonly stage: Stage;
  /** From `@after`: milliseconds; null where the prompt does not say. */
  readonly afterMs: number | null;
  /** Of `slow/20s` and `flaky/2`; 0 for the words without one. */
  readonly number: number;
}

export type Reading =
  | { readonly kind: 'none' }
  | { readonly kind: 'rehearsal'; readonly rehearsal: Rehearsal }
  /** A mistyped rehearsal must not pass for a success. */
  | { readonly kind: 'unreadable'; readonly message: string };

/** `@after` is bounded so that it cannot outlive the longest time-out of a model. */
const LONGEST_AFTER_SECONDS = 3_600;

const MAGIC = /\brehearse:(\S*)/gi;

export function readRehearsal(prompt: string): Reading {
  const found = [...prompt.matchAll(MAGIC)].map((match) =>
    (match[1] ?? '').replace(/[.,;!?)"']+$/, '').toLowerCase(),
  );
  const [first] = found;
  if (first === undefined) return { kind: 'none' };
  if (found.length > 1) return unreadable('A prompt can hold one rehearsal, not several.');
  const [word = '', ...modifiers] = first.split('@');
  const matched = match(word);
  if (!matched) return unreadable(unknownWord(word));
  return modified(matched, modifiers);
}

const unreadable = (message: string): Reading => ({ kind: 'unreadable', message });

/** A code without its sub-type means the general one. */
function match(word: string): { row: RehearsalRow; number: number } | null {
  for (const row of REHEARSALS) {
    if (!row.number && (row.word === word || row.word === `${word}/general`)) return { row, number: 0 };
    const digits = row.number && /^(\d{1,5})([a-z]*)$/.exec(word.slice(row.word.length + 1));
    if (!row.number || !digits || !word.startsWith(`${row.word}/`)) continue;
    const number = Number(digits[1]);
    if (digits[2] === row.number.unit && number >= row.number.min && number <= row.number.max)
      return { row, number };
  }
  return null;
}

function modified(
  { row, number }: { row: RehearsalRow; number: number },
  modifiers: readonly string[],
): Reading {
  let stage = row.stage;
  let afterMs: number | null = null;
  for (const modifier of modifiers) {
    const moved = STAGES.find((known) => known === modifier);
    const after = /^after=(\d{1,4})s$/.exec(modifier);
    if (moved && (row.effect.kind === 'error' || moved === row.stage)) stage = moved;
    else if (moved) return unreadable(`rehearse:${row.word} always strikes @${row.stage}.`);
    else if (after && Number(after[1]) <= LONGEST_AFTER_SECONDS) afterMs = Number(after[1]) * 1_000;
    else return unreadable(`@${modifier} is not a modifier: use @submit, @running, @result or @after=3s.`);
  }
  return { kind: 'rehearsal', rehearsal: { effect: row.effect, stage, afterMs, number } };
}

function unknownWord(word: string): string {
  const near = nearest(
    word,
    REHEARSALS.map((row) => exampleOf(row).replace('rehearse:', '')),
  );
  return `There is no rehearsal "${word.slice(0, 80)}"${near ? `; did you mean rehearse:${near}?` : '; GET /v1/errors lists them.'}`;
}
