/** What a rehearsal means at each point of a job's life: pure questions that service.ts and jobs.ts ask. */
import type { Rehearsal } from './rehearsal-prompt.ts';
import type { Stage } from './rehearsal-table.ts';
import type { Refusal } from './wire.ts';

/** What becomes of a request for a new job. `keep` says whether the job is there all the same. */
export type AtSubmit =
  | { readonly kind: 'accept' }
  | { readonly kind: 'refuse'; readonly refusal: Refusal }
  | { readonly kind: 'lose_answer'; readonly keep: boolean };

const ACCEPT: AtSubmit = { kind: 'accept' };

export function atSubmit(rehearsal: Rehearsal | null, attempt: number): AtSubmit {
  const effect = rehearsal?.effect;
  if (!effect || rehearsal.stage !== 'submit') return ACCEPT;
  if (effect.kind === 'error') return { kind: 'refuse', refusal: said(effect.refusal, 'submit') };
  if (effect.kind === 'flaky' && attempt <= rehearsal.number)
    return { kind: 'refuse', refusal: effect.refusal };
  if (effect.kind === 'lost_answer' && attempt === 1)
    return { kind: 'lose_answer', keep: effect.job !== 'never_arrived' };
  return ACCEPT;
}

/** What the job itself says when it is over, instead of what the rendering says; null where the rehearsal has nothing to say. */
export function failureAt(rehearsal: Rehearsal | null, stage: 'running' | 'result'): Refusal | null {
  if (rehearsal?.effect.kind !== 'error' || rehearsal.stage !== stage) return null;
  return said(rehearsal.effect.refusal, stage);
}

/** A poll that goes wrong: the `polls`-th of the job, counted from 1. */
export type OddPoll =
  | { readonly kind: 'refuse'; readonly refusal: Refusal }
  | { readonly kind: 'state'; readonly state: string };

export function oddPoll(rehearsal: Rehearsal | null, polls: number): OddPoll | null {
  const effect = rehearsal?.effect;
  if (effect?.kind === 'unreachable_polls' && polls <= effect.polls)
    return { kind: 'refuse', refusal: effect.refusal };
  if (effect?.kind === 'unknown_state' && polls <= effect.polls)
    return { kind: 'state', state: effect.state };
  return null;
}

/** How long the job takes at least, in milliseconds. */
export function leastMs(rehearsal: Rehearsal | null): number {
  if (!rehearsal || rehearsal.stage === 'submit') return 0;
  switch (rehearsal.effect.kind) {
    case 'slow':
      return rehearsal.number * 1_000;
    case 'never_finishes':
      return Number.POSITIVE_INFINITY;
    case 'cannot_cancel':
      return rehearsal.afterMs ?? 10_000;
    case 'error':
      return rehearsal.afterMs ?? (rehearsal.stage === 'running' ? 1_000 : 0);
    default:
      return rehearsal.afterMs ?? 0;
  }
}

/** Whether there is anything to render: not for a job that never comes to its end. */
export function renders(rehearsal: Rehearsal | null): boolean {
  if (rehearsal?.effect.kind === 'never_finishes' || isUndecided(rehearsal)) return false;
  return failureAt(rehearsal, 'running') === null;
}

/** Whether the studio pretends not to know what became of the job. */
export const isUndecided = (rehearsal: Rehearsal | null) =>
  rehearsal?.effect.kind === 'lost_answer' && rehearsal.effect.job === 'undecided';

/** A moderation says which of its two checks it was: the one of what came in or the one of what was made. */
function said(refusal: Refusal, at: Stage): Refusal {
  const { error } = refusal;
  if (error.code !== 'moderation_blocked') return refusal;
  const stage = at === 'result' ? 'output' : 'input';
  return { ...refusal, error: { ...error, stage, message: `${error.message} (${stage} check)` } };
}
