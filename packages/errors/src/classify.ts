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
}

export function classify(evidence: Evidence, options: ClassifyOptions = {}): Verdict {
  if (isFault(evidence.body)) return networkVerdict(evidence);
  const signals = readSignals(evidence);
  const found = options.generalOnly === true ? null : providerFinding(evidence, signals);
  const finding = found === null || !found.final ? generalFinding(evidence, signals, found) : found;
  return verdictOf(evidence, signals, refineSubtype(finding, signals));
}

function networkVerdict(evidence: Evidence): Verdict {
  const fault = readFault(evidence.body);
  const signals = readSignals(evidence);
  if (fault === null) return verdictOf(evidence, signals, generalFinding(evidence, signals, null));
  const code = fault.means as TaskCode;
  const verdict = verdictOf(evidence, signals, {
    code,
    subtype: null,
    rule: `network/${fault.sign}`,
    confidence: code === 'request_cancelled' || code === 'service_error' ? 0.6 : 0.9,
    alternatives: code === 'request_cancelled' ? ['generation_timeout'] : [],
    final: true,
  });
  return neverLeft(evidence) ? { ...verdict, details: { ...verdict.details, never_left: true } } : verdict;
}

function verdictOf(evidence: Evidence, signals: Signals, finding: Finding): Verdict {
  const { code, subtype } = finding;
  const { param, stage, details, afterSeconds } = readDetails(evidence, signals, finding);
  const wait =
    afterSeconds ?? retryAfterSeconds(evidence.headers, null, { resets: code === 'quota_exceeded' });
  return {
    code,
    subtype,
    retry: retryAdvice(code, subtype, wait),
    param,
    stage,
    details: finding.whose === undefined ? details : { ...details, whose: finding.whose },
    matched_rule: finding.rule,
    confidence: finding.confidence,
    alternatives: finding.alternatives,
  };
}
