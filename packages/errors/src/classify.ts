/**
 * Evidence -> verdict. Pure: the same evidence always gives the same verdict, and nothing else is looked at.
 *
 * Asked in this order, the first that knows decides: a thrown network error, the provider's own fields (rules/<provider>.ts), the
 * provider's own wording, then the general rules (general.ts): machine codes, sentences, HTTP status, job state, flags beside
 * a success, and at last the absence of any output.
 */
import { retryAdvice, type TaskCode } from './codes.ts';
import { readDetails } from './details.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { generalFinding } from './general.ts';
import { isFault, neverLeft, readFault } from './network.ts';
import { retryAfterSeconds } from './retry-after.ts';
import { providerFinding } from './rules/apply.ts';
import { readSignals, type Signals } from './signals.ts';
import { refineSubtype } from './subtype.ts';
import type { Verdict } from './verdict.ts';

export interface ClassifyOptions {
  /** True leaves the provider's own rules out: what an unknown provider would get. */
  readonly generalOnly?: boolean;
  /** When the evidence came, unix milliseconds: for headers that hold a date. Without it the answer's own `date` is the clock. */
  readonly nowMs?: number;
}

export function classify(evidence: Evidence, options: ClassifyOptions = {}): Verdict {
  if (isFault(evidence.body)) return networkVerdict(evidence, options);
  const signals = readSignals(evidence);
  const found = options.generalOnly === true ? null : providerFinding(evidence, signals);
  const finding = found === null || !found.final ? generalFinding(evidence, signals, found) : found;
  return verdictOf(evidence, signals, refineSubtype(finding, signals), options);
}

function networkVerdict(evidence: Evidence, options: ClassifyOptions): Verdict {
  const fault = readFault(evidence.body);
  const signals = readSignals(evidence);
  if (fault === null) return verdictOf(evidence, signals, generalFinding(evidence, signals, null), options);
  const code = fault.means as TaskCode;
  const finding: Finding = {
    code,
    subtype: null,
    rule: `network/${fault.sign}`,
    confidence: code === 'request_cancelled' || code === 'service_error' ? 0.6 : 0.9,
    alternatives: code === 'request_cancelled' ? ['generation_timeout'] : [],
    final: true,
  };
  return verdictOf(evidence, signals, finding, options);
}

function verdictOf(
  evidence: Evidence,
  signals: Signals,
  finding: Finding,
  { nowMs = null }: { readonly nowMs?: number | null },
): Verdict {
  const { code, subtype } = finding;
  const { param, stage, details, afterSeconds } = readDetails(evidence, signals, finding, nowMs);
  const asked =
    afterSeconds ?? retryAfterSeconds(evidence.headers, nowMs, { resets: code === 'quota_exceeded' });
  return {
    code,
    subtype,
    retry: retryAdvice(code, subtype, asked),
    asked_seconds: asked,
    param,
    stage,
    details: withCircumstances(details, evidence, finding),
    matched_rule: finding.rule,
    confidence: finding.confidence,
    alternatives: finding.alternatives,
  };
}

function withCircumstances(
  details: Verdict['details'],
  evidence: Evidence,
  { whose }: Finding,
): Verdict['details'] {
  const left = !neverLeft(evidence);
  if (left && whose === undefined) return details;
  return { ...details, ...(whose === undefined ? {} : { whose }), ...(left ? {} : { never_left: true }) };
}
