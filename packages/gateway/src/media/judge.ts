/** One inspected input against everything the model and the request ask of it. Pure. */

import type { InputLimits, MediaKind } from '../catalog/model.ts';
import type { SizeDemand } from './geometry.ts';
import type { Inspection, MediaFacts } from './inspection.ts';
import { brokenLimits, type Subject, usableAs } from './limits.ts';
import { sizeMismatch } from './match.ts';
import type { Problem } from './problem.ts';

export interface InputDemand extends SizeDemand {
  readonly limits: InputLimits;
}

export interface Verdict {
  /** Null where it cannot be used at all. */
  readonly facts: MediaFacts | null;
  /** Empty: it fits. */
  readonly problems: readonly Problem[];
}

export function judge(inspection: Inspection, subject: Subject, { limits, exact }: InputDemand): Verdict {
  const facts = usableAs(inspection, subject, limits);
  if (!('code' in facts)) return { facts, problems: problemsOf(facts, subject, { limits, exact }) };
  // What has the wrong format still has a size: a client should not learn of the one only after mending the other.
  const others = isA(subject.expects, inspection) ? problemsOf(inspection, subject, { limits, exact }) : [];
  return { facts: null, problems: [facts, ...others] };
}

function isA(kind: MediaKind, inspection: Inspection): inspection is MediaFacts {
  return inspection.kind === kind;
}

function problemsOf(facts: MediaFacts, subject: Subject, { limits, exact }: InputDemand): Problem[] {
  const { mustMatch } = limits;
  const mismatch =
    exact && mustMatch !== undefined && facts.kind !== 'audio'
      ? sizeMismatch(mustMatch, exact, { ...facts, param: subject.param, kind: facts.kind })
      : null;
  return [...brokenLimits(facts, subject, limits), ...(mismatch ? [mismatch] : [])];
}
