/** Evidence that no rule matched, put together by what a missing rule would look at: who said it, when, and in what form. */
import { classify, type Evidence, type EvidencePhase, type Verdict } from '@sluice/errors';
import type { AttemptRecord, Millis } from '../store/records.ts';

export interface UnknownEvidence {
  readonly provider: string;
  readonly phase: EvidencePhase;
  readonly status: number | null;
  /** `{error:{code="moon_in_the_way",message:text}}`: names and kinds, and the values of fields that hold codes. */
  readonly shape: string;
  readonly count: number;
  readonly lastAt: Millis;
  readonly routes: readonly string[];
  /** The newest first, at most {@link MOST_TASKS}. */
  readonly taskIds: readonly string[];
  /** Of the newest attempt. */
  readonly sample: Evidence;
  /** What the rules of this version say of the sample: no longer `unknown_error` where the rule has been written since. */
  readonly verdictNow: Verdict;
}

const MOST_TASKS = 20;

/** The largest group first; of equals the newest. @param attempts newest first. */
export function groupUnknowns(attempts: readonly AttemptRecord[]): readonly UnknownEvidence[] {
  const said = attempts.flatMap((attempt) =>
    attempt.evidence ? [{ attempt, evidence: attempt.evidence }] : [],
  );
  const groups = Map.groupBy(said, ({ evidence }) =>
    JSON.stringify([evidence.provider, evidence.phase, evidence.status, shapeOf(evidence.body)]),
  );
  return [...groups.values()]
    .flatMap((members) => {
      const [newest] = members;
      if (!newest) return [];
      const { provider, phase, status, body } = newest.evidence;
      const tasks = new Set(members.map(({ attempt }) => attempt.taskId));
      return {
        provider,
        phase,
        status,
        shape: shapeOf(body),
        count: members.length,
        lastAt: newest.attempt.endedAt ?? newest.attempt.startedAt,
        routes: [...new Set(members.map(({ attempt }) => attempt.route))].sort(),
        taskIds: [...tasks].slice(0, MOST_TASKS),
        sample: newest.evidence,
        verdictNow: classify(newest.evidence),
      };
    })
    .sort((a, b) => b.count - a.count || b.lastAt - a.lastAt);
}

const DEEPEST = 6;
/** Fields whose values tell one error from another; all other values differ from case to case. */
const CODE_FIELD =
  /^(?:code|type|status|state|reason|name|error|error_code|error_type|err_?code|subcode|kind)$/i;
/** A word of a vocabulary: no sentence, and not made of digits, as ids are. */
const CODE_VALUE = /^(?!(?:\D*\d){5})[\w.:/-]{1,64}$/;

/** The form of a JSON value. Equal for two answers that one rule would match; holds nothing but names and codes. */
export function shapeOf(value: unknown, depth = 0): string {
  if (depth > DEEPEST) return '..';
  if (value === null) return 'null';
  if (typeof value === 'string') return /^\s*<(?:!doctype|html)/i.test(value) ? 'html' : 'text';
  if (Array.isArray(value)) {
    const members = new Set(value.map((member) => shapeOf(member, depth + 1)));
    return `[${[...members].sort().join('|')}]`;
  }
  if (typeof value !== 'object') return typeof value;
  const fields = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]: [string, unknown]) =>
      isCode(name, field) ? `${name}=${JSON.stringify(field)}` : `${name}:${shapeOf(field, depth + 1)}`,
    );
  return `{${fields.join(',')}}`;
}

function isCode(name: string, value: unknown): boolean {
  if (!CODE_FIELD.test(name)) return false;
  return typeof value === 'number' || (typeof value === 'string' && CODE_VALUE.test(value));
}
