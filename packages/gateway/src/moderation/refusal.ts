/** A block as the client sees it: what kind, where, how sure, and the id to ask the operator about. Never the words or rules. */
import { TaskError } from '@sluice/errors';
import type { Category, Stage } from './detector.ts';
import type { Verdict } from './policy.ts';

const SHOWS: Readonly<Record<Category, string>> = {
  adult: 'nudity or sexual content',
  violence: 'graphic violence or self-harm',
  minor_protection: 'minors in a sensitive setting',
  celebrity_likeness: 'a public figure, or a person whose likeness is protected here',
  third_party_content: "somebody else's brand or character",
  photorealistic_people: 'a real person',
  general: 'content that this gateway does not allow',
};

export interface Blocked extends Omit<Exclude<Verdict, { kind: 'allow' }>, 'kind'> {
  readonly stage: Stage;
  readonly decisionId: string;
  readonly requestId: string;
}

/** The gravest on top; with `others`, what is wrong at other places, each is in `issues`. */
export function refusalOf(gravest: Blocked, others: readonly Blocked[] = []): TaskError {
  if (others.length === 0) return toError(gravest, '', []);
  const more =
    others.length === 1
      ? ' There is one more problem: see `issues`.'
      : ` There are ${others.length} more problems: see \`issues\`.`;
  return toError(
    gravest,
    more,
    [gravest, ...others].map((one) => toError(one, '', [])),
  );
}

function toError(blocked: Blocked, more: string, issues: readonly TaskError[]): TaskError {
  const { by, deciding, threshold, stage, decisionId, requestId } = blocked;
  const { category, input, atSeconds } = deciding;
  const second = atSeconds === undefined ? null : Math.round(atSeconds * 10) / 10;
  const place = stage === 'input' ? input : 'The result';
  const where = second === null ? place : `${place} at ${second} s`;
  const score = Math.round(deciding.score * 100) / 100;
  return new TaskError('content_policy_violation', {
    subtype: category,
    param: stage === 'input' ? input : null,
    because: `${because(by, where, SHOWS[category], score, threshold)}${more}`,
    issues,
    details: {
      stage,
      category,
      score,
      threshold,
      decision_id: decisionId,
      ...(second === null ? {} : { at_seconds: second }),
    },
    requestId,
  });
}

function because(
  by: Blocked['by'],
  where: string,
  shows: string,
  score: number,
  threshold: number | null,
): string {
  switch (by) {
    case 'sexualised_minor':
      return `${where}: sexual content that involves minors is always blocked.`;
    case 'face_and_adult':
      return `${where} asks for or shows ${shows} together with the face of a person.`;
    case 'threshold':
      return `${where} asks for or shows ${shows} (score ${score}, threshold ${threshold}).`;
    default: {
      const never: never = by;
      return never;
    }
  }
}

/** A detector could not look, and the policy lets nothing pass unseen. Not the client's fault. */
export function unlooked(decisionId: string, stage: Stage, requestId: string): TaskError {
  return new TaskError('service_unavailable', {
    because: `The content check of the ${stage === 'input' ? 'request' : 'result'} could not be made just now.`,
    details: { stage, decision_id: decisionId },
    requestId,
  });
}
