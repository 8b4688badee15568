/**
 * From findings to a verdict. Pure. Three steps, the first that applies decides:
 *
 *   1. a sexualised minor is blocked: no mode, threshold or overrule is asked
 *   2. a face and adult content that meet are blocked where anything is enforced: no detector here can tell an age
 *   3. findings at or above their category's threshold, less those overruled for the key, do what the mode says
 */
import type { Category, Finding } from './detector.ts';

/** `monitor` records what `enforce` would have blocked and lets it pass; `off` looks for sexualised minors only. */
export type Mode = 'enforce' | 'monitor' | 'off';

/** What happens where a detector cannot look. `queue`: looked at again later; the task waits. */
export type OnError = 'allow' | 'block' | 'queue';

/** A finding at or above the number counts; `off` lets the category pass. */
export type Threshold = number | 'off';

export interface PolicyRules {
  readonly mode: Mode;
  readonly thresholds: Readonly<Record<Category, Threshold>>;
  readonly onError: OnError;
  /** Whether results are looked at as well. */
  readonly results: boolean;
}

export interface PolicyOverride {
  readonly mode?: Mode;
  readonly thresholds?: Readonly<Partial<Record<Category, Threshold>>>;
  readonly onError?: OnError;
  readonly results?: boolean;
}

export interface Policy extends PolicyRules {
  /** By id. Of several that fit, the key's goes before the model's, the model's before the account's. */
  readonly accounts: ReadonlyMap<string, PolicyOverride>;
  readonly models: ReadonlyMap<string, PolicyOverride>;
  readonly keys: ReadonlyMap<string, PolicyOverride>;
}

export interface Who {
  readonly accountId: string;
  readonly keyId: string;
  readonly model: string;
}

/** A face alone is nobody's fault: it counts where it meets adult content, or where the operator sets a threshold. */
const DEFAULT_THRESHOLDS: Readonly<Record<Category, Threshold>> = {
  adult: 0.7,
  violence: 0.7,
  minor_protection: 0.7,
  celebrity_likeness: 0.7,
  third_party_content: 0.7,
  photorealistic_people: 'off',
  general: 0.7,
};

export const DEFAULT_POLICY: Policy = {
  mode: 'enforce',
  thresholds: DEFAULT_THRESHOLDS,
  onError: 'block',
  results: false,
  accounts: new Map(),
  models: new Map(),
  keys: new Map(),
};

/** From these scores on a face is one, a minor is one, and content is adult, where two findings are put together. */
const A_FACE = 0.5;
const A_MINOR = 0.5;
const ADULT = 0.6;

export type DecidedBy = 'sexualised_minor' | 'face_and_adult' | 'threshold';

export type Verdict =
  | { readonly kind: 'allow' }
  | {
      /** `report` is what `monitor` makes of a block. */
      readonly kind: 'block' | 'report';
      readonly by: DecidedBy;
      readonly deciding: Finding;
      /** That the score was compared with; null where none was asked. */
      readonly threshold: number | null;
    };

/** The rules for one task. */
export function rulesFor(policy: Policy, { accountId, keyId, model }: Who): PolicyRules {
  let rules: PolicyRules = policy;
  for (const override of [policy.accounts.get(accountId), policy.models.get(model), policy.keys.get(keyId)]) {
    if (override)
      rules = { ...rules, ...override, thresholds: { ...rules.thresholds, ...override.thresholds } };
  }
  return rules;
}

/** `isOverruled`: whether an operator has said that findings like this one may pass for the key. */
export function decide(
  findings: readonly Finding[],
  rules: PolicyRules,
  isOverruled: (finding: Finding) => boolean,
): Verdict {
  const absolute = findings.find(isSexualisedMinor) ?? acrossInputs(findings);
  if (absolute) return { kind: 'block', by: 'sexualised_minor', deciding: absolute, threshold: null };
  if (rules.mode === 'off') return { kind: 'allow' };
  const kind = rules.mode === 'enforce' ? 'block' : 'report';

  const beside = besideAFace(findings);
  if (beside) return { kind, by: 'face_and_adult', deciding: beside, threshold: null };

  const [worst] = findings
    .flatMap((finding) => {
      const threshold = rules.thresholds[finding.category];
      const counts = threshold !== 'off' && finding.score >= threshold && !isOverruled(finding);
      return counts ? [{ finding, threshold }] : [];
    })
    .sort((a, b) => rank(a.finding) - rank(b.finding) || b.finding.score - a.finding.score);
  if (!worst) return { kind: 'allow' };
  return { kind, by: 'threshold', deciding: worst.finding, threshold: worst.threshold };
}

function isSexualisedMinor({ absolute, category }: Finding): boolean {
  return absolute && category === 'minor_protection';
}

/** A picture of a minor under a sexual prompt, or in another frame: two places, each of which might pass alone. */
function acrossInputs(findings: readonly Finding[]): Finding | undefined {
  const adults = findings.filter(isAdult);
  return findings.find(
    (minor) =>
      minor.category === 'minor_protection' &&
      minor.score >= A_MINOR &&
      adults.some((adult) => adult.stage === minor.stage && !isSamePlace(adult, minor)),
  );
}

function isSamePlace(one: Finding, other: Finding): boolean {
  return one.input === other.input && one.atSeconds === other.atSeconds;
}

function besideAFace(findings: readonly Finding[]): Finding | undefined {
  const faces = findings.filter(
    ({ category, score }) => category === 'photorealistic_people' && score >= A_FACE,
  );
  return findings.filter(isAdult).find((adult) => faces.some((face) => face.stage === adult.stage));
}

function isAdult({ category, score }: Finding): boolean {
  return category === 'adult' && score >= ADULT;
}

/** What is told first where several things are wrong: the gravest. */
const GRAVITY: readonly Category[] = [
  'minor_protection',
  'violence',
  'adult',
  'celebrity_likeness',
  'third_party_content',
  'photorealistic_people',
  'general',
];

function rank({ category }: Finding): number {
  return GRAVITY.indexOf(category);
}
