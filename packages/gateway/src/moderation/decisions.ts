/**
 * What was decided and why, so that an operator can look a decision id up, and say that it shall be otherwise. A record holds
 * categories, scores, rules and places: never a word or a pixel of what was looked at.
 */
import type { Millis } from '../store/records.ts';
import type { Finding, Stage } from './detector.ts';
import type { Verdict } from './policy.ts';

export interface DecisionRecord {
  /** `mod_` and what nobody can guess. */
  readonly id: string;
  /** Null where nothing was submitted yet: a preflight. */
  readonly taskId: string | null;
  readonly accountId: string;
  readonly keyId: string;
  readonly model: string;
  readonly stage: Stage;
  readonly findings: readonly Finding[];
  /** Detectors that could not look, with their reasons. */
  readonly failures: readonly {
    readonly detector: string;
    readonly input: string;
    readonly reason: string;
  }[];
  readonly verdict: Verdict | { readonly kind: 'block'; readonly by: 'detector_failed' };
  readonly at: Millis;
}

/** Findings of this detector, category and rule may pass for the key. */
export interface Overrule {
  readonly keyId: string;
  readonly detector: string;
  readonly category: Finding['category'];
  readonly rule: string | null;
  /** The decision that gave the reason. */
  readonly decisionId: string;
  readonly at: Millis;
}

/** Where records and overrules are kept: in memory here, in a table of the store where they must outlive the process. */
export interface Decisions {
  /** A lost record must not lose a task: the caller goes on where this rejects. */
  record(decision: DecisionRecord): Promise<void>;
  find(id: string): Promise<DecisionRecord | null>;
  /** Newest first. */
  recent(limit: number): Promise<readonly DecisionRecord[]>;
  addOverrule(overrule: Overrule): Promise<void>;
  removeOverrules(decisionId: string): Promise<void>;
  overrules(keyId: string): Promise<readonly Overrule[]>;
}

export type OverruleOutcome =
  | { readonly kind: 'overruled'; readonly overrule: Overrule }
  | { readonly kind: 'unknown_decision' }
  /** Nothing was blocked or reported, or a detector had failed: there is no finding to overrule. */
  | { readonly kind: 'nothing_to_overrule' }
  /** Sexualised minors, and faces with adult content: no operator can let them pass. */
  | { readonly kind: 'not_allowed' };

/**
 * Lets the finding that decided pass from now on, for the key it was made for or another one. The task that was blocked stays
 * failed: its client sends it again.
 */
export async function overrule(
  decisions: Decisions,
  id: string,
  options: { readonly keyId?: string; readonly now: Millis },
): Promise<OverruleOutcome> {
  const decision = await decisions.find(id);
  if (!decision) return { kind: 'unknown_decision' };
  const { verdict } = decision;
  if (verdict.kind === 'allow' || verdict.by === 'detector_failed') return { kind: 'nothing_to_overrule' };
  if (verdict.by !== 'threshold') return { kind: 'not_allowed' };
  const { detector, category, rule } = verdict.deciding;
  const added = {
    keyId: options.keyId ?? decision.keyId,
    detector,
    category,
    rule,
    decisionId: id,
    at: options.now,
  };
  await decisions.addOverrule(added);
  return { kind: 'overruled', overrule: added };
}

export function isOverruledBy(overrules: readonly Overrule[]): (finding: Finding) => boolean {
  return ({ detector, category, rule }) =>
    overrules.some((one) => one.detector === detector && one.category === category && one.rule === rule);
}

/** The last `capacity` decisions; a restart forgets them and the overrules. */
export function memoryDecisions(capacity = 1_000): Decisions {
  const records = new Map<string, DecisionRecord>();
  const overrules: Overrule[] = [];
  return {
    async record(decision) {
      records.set(decision.id, decision);
      const [oldest] = records.keys();
      if (records.size > capacity && oldest !== undefined) records.delete(oldest);
    },
    find: async (id) => records.get(id) ?? null,
    recent: async (limit) => [...records.values()].reverse().slice(0, limit),
    async addOverrule(added) {
      overrules.push(added);
    },
    async removeOverrules(decisionId) {
      const kept = overrules.filter((one) => one.decisionId !== decisionId);
      overrules.splice(0, overrules.length, ...kept);
    },
    overrules: async (keyId) => overrules.filter((one) => one.keyId === keyId),
  };
}
