/**
 * What was decided and why, so that an operator can look a decision id up, and say that it shall be otherwise. A record holds
 * categories, scores, rules and places: never a word or a pixel of what was looked at.
 */
import type { DecisionStore, StoredDecision, StoredOverrule } from '../store/decisions.ts';
import type { Millis } from '../store/records.ts';
import { CATEGORIES, type Finding, type Stage } from './detector.ts';
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
  /** The id of the operator's key it was made with; null where that was not kept yet. */
  readonly by: string | null;
  readonly at: Millis;
}

/** Where records and overrules are kept. */
export interface Decisions {
  /** A lost record must not lose a task: the caller goes on where this rejects. */
  record(decision: DecisionRecord): Promise<void>;
  find(id: string): Promise<DecisionRecord | null>;
  /** Newest first. */
  recent(limit: number): Promise<readonly DecisionRecord[]>;
  /** False where there is no such key. The same again changes nothing. */
  addOverrule(overrule: Overrule): Promise<boolean>;
  /** For one key, or (null) for every key that this decision was overruled for. Resolves to how many there were. */
  removeOverrules(decisionId: string, keyId: string | null): Promise<number>;
  /** Of a key. Asked for each time something is about to be blocked. */
  overrules(keyId: string): Promise<readonly Overrule[]>;
  overrulesOf(decisionId: string): Promise<readonly Overrule[]>;
}

export type OverruleOutcome =
  | { readonly kind: 'overruled'; readonly overrule: Overrule }
  | { readonly kind: 'unknown_decision' }
  | { readonly kind: 'unknown_key' }
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
  options: { readonly keyId?: string; readonly by: string | null; readonly now: Millis },
): Promise<OverruleOutcome> {
  const decision = await decisions.find(id);
  if (!decision) return { kind: 'unknown_decision' };
  const asked = overrulable(decision.verdict);
  if (asked.kind !== 'yes') return asked;
  const { detector, category, rule } = asked.deciding;
  const added = {
    keyId: options.keyId ?? decision.keyId,
    detector,
    category,
    rule,
    decisionId: id,
    by: options.by,
    at: options.now,
  };
  return (await decisions.addOverrule(added))
    ? { kind: 'overruled', overrule: added }
    : { kind: 'unknown_key' };
}

/** The finding that an overrule would let pass, or why there is none. */
export function overrulable(
  verdict: DecisionRecord['verdict'],
):
  | { readonly kind: 'yes'; readonly deciding: Finding }
  | { readonly kind: 'nothing_to_overrule' | 'not_allowed' } {
  if (verdict.kind === 'allow' || verdict.by === 'detector_failed') return { kind: 'nothing_to_overrule' };
  return verdict.by === 'threshold' ? { kind: 'yes', deciding: verdict.deciding } : { kind: 'not_allowed' };
}

export function isOverruledBy(overrules: readonly Overrule[]): (finding: Finding) => boolean {
  return ({ detector, category, rule }) =>
    overrules.some((one) => one.detector === detector && one.category === category && one.rule === rule);
}

/** Decisions that outlive the process. The store forgets the old ones, never one on which an overrule rests. */
export function storeDecisions(store: DecisionStore): Decisions {
  return {
    record: ({ findings, failures, verdict, ...about }) =>
      store.recordDecision({
        ...about,
        findings: JSON.stringify(findings),
        failures: JSON.stringify(failures),
        verdict: JSON.stringify(verdict),
      }),
    async find(id) {
      const stored = await store.decision(id);
      return stored && read(stored);
    },
    recent: async (limit) => (await store.decisions(limit)).map(read),
    addOverrule: (overrule) => store.addOverrule(overrule),
    removeOverrules: (decisionId, keyId) => store.removeOverrules(decisionId, keyId),
    overrules: async (keyId) => (await store.overrules({ keyId })).flatMap(readOverrule),
    overrulesOf: async (decisionId) => (await store.overrules({ decisionId })).flatMap(readOverrule),
  };
}

function read({ findings, failures, verdict, stage, ...about }: StoredDecision): DecisionRecord {
  return {
    ...about,
    stage: stage === 'output' ? 'output' : 'input',
    findings: JSON.parse(findings),
    failures: JSON.parse(failures),
    verdict: JSON.parse(verdict),
  };
}

/** One of a category that this version does not know can match nothing, and is left out. */
function readOverrule({ category, ...overrule }: StoredOverrule): Overrule[] {
  const known = CATEGORIES.find((one) => one === category);
  return known === undefined ? [] : [{ ...overrule, category: known }];
}
