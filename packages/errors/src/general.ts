/** The general rules: what an answer means when nothing is known of the provider. */
import type { TaskCode } from './codes.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { type Meaning, readingOf } from './meaning.ts';
import { meaningOf } from './network.ts';
import type { Match, Strength } from './phrases.ts';
import { GENERAL_BOOK } from './rules/general/book.ts';
import { GRPC_NAMES, grpcName, type NameRow } from './rules/grpc.ts';
import { ANYTHING, type StatusRow, statusRow } from './rules/http.ts';
import type { Signals } from './signals.ts';
import { flagFinding } from './subtype.ts';

const TRUST: Readonly<Record<Strength, number>> = { sure: 0.9, fair: 0.7, vague: 0.5 };
const RANK: Readonly<Record<Strength, number>> = { sure: 3, fair: 2, vague: 1 };
/** Where `alternatives` are about as defensible, the confidence says so. */
const CONTESTED = 0.58;

const WITHOUT_ANSWER: ReadonlySet<TaskCode> = new Set(
  [...ANYTHING].filter((code) => code !== 'image_processing_error'),
);

const STATE_MEANINGS: Readonly<Record<string, Meaning>> = {
  cancelled: 'request_cancelled',
  canceled: 'request_cancelled',
  aborted: 'request_cancelled',
  interrupted: 'request_cancelled',
  terminated: 'request_cancelled',
  expired: 'resource_not_found',
  not_found: 'resource_not_found',
  deleted: 'resource_not_found',
  timeout: 'generation_timeout',
  timed_out: 'generation_timeout',
  rejected: 'content_policy_violation/general',
};
const FINISHED_STATES = new Set([
  'succeeded',
  'success',
  'succeed',
  'completed',
  'complete',
  'done',
  'ready',
  'finished',
  'ok',
]);
const FAILED_STATES = new Set(['failed', 'failure', 'fail', 'error', 'errored', 'incomplete']);

export function generalFinding(evidence: Evidence, signals: Signals, hint: Finding | null): Finding {
  const status = effectiveStatus(signals);
  const row = statusRow(status);
  const allowed = allowedBy(row, status, signals.status);
  const leastRank = Math.max(row === null ? 1 : RANK[row.from], hint === null ? 1 : 2);

  const byCode = allowed.size === 0 ? null : GENERAL_BOOK.best(signals.codeWords, allowed);
  const bySentence =
    allowed.size === 0 || isSettled(byCode) ? null : GENERAL_BOOK.best(signals.sentenceWords, allowed);
  const byName = nameOf(signals);
  const spoken = moreTelling(byCode, bySentence, status);
  const subtypeFlag = signals.flags.length > 0 && allowed.has('content_policy_violation');

  if (subtypeFlag && (spoken === null || spoken.match.strength !== 'sure')) return flagFinding(signals);
  if (byName !== null && byName.strength === 'sure') {
    if (spoken === null || spoken.match.strength !== 'sure') return named(byName);
  }
  if (spoken !== null && RANK[spoken.match.strength] >= leastRank) return said(spoken);
  if (hint !== null) return hint;
  if (row !== null && !(byName !== null && isOpen(row))) return byStatus(row, status);
  if (byName !== null) return named(byName);
  if (row !== null) return byStatus(row, status);
  const thrown = thrownSign(signals);
  if (thrown !== null) return thrown;
  return withoutWords(evidence, signals, spoken);
}

/** A status that only the body names is its sender's word, not the protocol's: it forbids nothing. */
function allowedBy(
  row: StatusRow | null,
  status: number | null,
  answered: number | null,
): ReadonlySet<TaskCode> {
  if (row !== null) return status === answered ? row.unless : ANYTHING;
  // Where no answer came at all, nothing was said about an input.
  return status === null ? WITHOUT_ANSWER : ANYTHING;
}

interface Spoken {
  readonly match: Match;
  readonly where: 'code' | 'text';
}

/** Of a code's match and a sentence's, the more telling; of equals the code. */
function moreTelling(code: Match | null, text: Match | null, status: number | null): Spoken | null {
  if (code === null) return text === null ? null : { match: text, where: 'text' };
  if (text === null) return { match: code, where: 'code' };
  if (RANK[text.strength] > RANK[code.strength]) return { match: text, where: 'text' };
  if (
    isCover(code, status) &&
    text.code === 'invalid_parameters' &&
    RANK[text.strength] >= RANK[code.strength]
  )
    return { match: text, where: 'text' };
  if (isNameOfInput(code) && text.strength === 'sure') return { match: text, where: 'text' };
  // Of two limits the narrower: every limit is called a rate limit by somebody.
  if (code.subtype === 'rate_limit' && text.subtype === 'concurrency_limit')
    return { match: text, where: 'text' };
  // The same cause: the sentence may be the one that says which sort.
  if (
    text.code === code.code &&
    (code.subtype === 'general' || code.subtype === null) &&
    text.order < code.order
  ) {
    return { match: text, where: 'text' };
  }
  return { match: code, where: 'code' };
}

/** A code so telling that no sentence can add to it: the sentences need not be read. */
function isSettled(code: Match | null): boolean {
  if (code === null || code.strength !== 'sure' || isNameOfInput(code)) return false;
  return code.subtype !== 'general' && code.subtype !== 'rate_limit';
}

/** "upstream_error" on a refusal: a relay's word for whatever came back. Under a 5xx it says what it means. */
function isCover(code: Match, status: number | null): boolean {
  return code.code === 'service_error' && code.strength !== 'sure' && (status === null || status < 500);
}

/** "invalid_image_url" names the input; the sentence beside it what is wrong with it. */
function isNameOfInput(code: Match): boolean {
  return code.code === 'image_processing_error' && code.label.startsWith('invalid ');
}

function said({ match, where }: Spoken): Finding {
  return {
    code: match.code,
    subtype: match.subtype,
    rule: `${where}/${match.label}`,
    confidence: match.or.length > 0 ? CONTESTED : TRUST[match.strength] - (where === 'text' ? 0.05 : 0),
    alternatives: match.or,
    final: true,
  };
}

function named(row: NameRow & { name: string }): Finding {
  return {
    ...readingOf(row.means),
    rule: `grpc/${row.name}`,
    confidence: row.or === undefined ? TRUST[row.strength] : CONTESTED,
    alternatives: row.or ?? [],
    final: true,
  };
}

function byStatus(row: StatusRow, status: number | null): Finding {
  return {
    ...readingOf(row.means),
    rule: `http/${status ?? 0}`,
    confidence:
      row.or === undefined || row.or.length === 0 ? row.confidence : Math.min(row.confidence, CONTESTED),
    alternatives: row.or ?? [],
    final: true,
  };
}

/** A status so common for everything that a gRPC name beside it says more. */
function isOpen(row: StatusRow): boolean {
  return row.unless === ANYTHING;
}

function nameOf(signals: Signals): (NameRow & { name: string }) | null {
  for (const code of signals.codes) {
    const known = Object.hasOwn(GRPC_NAMES, code) ? GRPC_NAMES[code] : undefined;
    if (known !== undefined) return { ...known, name: code };
  }
  if (signals.status !== null && signals.status >= 300) return null;
  for (const code of signals.codes) {
    const number = (signals.operation ? /^(?:grpc-)?(\d{1,2})$/ : /^grpc-(\d{1,2})$/).exec(code)?.[1];
    const name = number === undefined ? null : grpcName(Number(number));
    const known = name === null ? undefined : GRPC_NAMES[name];
    if (name !== null && known !== undefined) return { ...known, name };
  }
  return null;
}

/** Numbers that mean in a body what they mean as a status; others (501, 455, 531) are their sender's own. */
const NAMED_STATUS = /^(?:40[0-4]|40[89]|41[035]|42[29]|451|499|50[0234]|52[0-9]|530)$/;

/** The HTTP status; where the answer is a success that tells of a failure, the one its body names. */
function effectiveStatus(signals: Signals): number | null {
  const { status } = signals;
  if (status !== null && status >= 400) return status;
  for (const code of signals.codes) if (NAMED_STATUS.test(code)) return Number(code);
  for (const sentence of signals.sentences) {
    const named = /^(?:HTTP(?:\/[\d.]+)? ?|status(?: code)?:? ?)?([45]\d\d)(?:[:\s]|$)/i.exec(sentence)?.[1];
    if (named !== undefined) return Number(named);
  }
  return status;
}

/** "connect ECONNREFUSED 1.2.3.4:443" as plain text, or a Python or Go exception. */
function thrownSign(signals: Signals): Finding | null {
  for (const text of [...signals.sentences, ...signals.codes]) {
    for (const sign of text.match(/\b(?:E[A-Z]{4,}(?:_[A-Z]+)*|UND_ERR_\w+|ERR_\w+|HPE_\w+)\b/g) ?? []) {
      const fault = meaningOf(sign);
      if (fault !== null) {
        return {
          ...readingOf(fault.means),
          rule: `network/${fault.sign}`,
          confidence: 0.85,
          alternatives: [],
          final: true,
        };
      }
    }
  }
  return null;
}

/** Nothing telling was said: the state of the job, or the absence of an output, must do. */
function withoutWords(evidence: Evidence, signals: Signals, spoken: Spoken | null): Finding {
  for (const state of signals.states) {
    const means = Object.hasOwn(STATE_MEANINGS, state) ? STATE_MEANINGS[state] : undefined;
    if (means !== undefined)
      return { ...readingOf(means), rule: `state/${state}`, confidence: 0.75, alternatives: [], final: true };
  }
  if (spoken !== null) return said(spoken);
  if (signals.states.some((state) => FAILED_STATES.has(state))) {
    return {
      code: 'service_error',
      subtype: null,
      rule: 'state/failed',
      confidence: 0.45,
      alternatives: ['unknown_error'],
      final: true,
    };
  }
  if (signals.broken || signals.page) {
    return {
      code: 'service_error',
      subtype: null,
      rule: 'body/unreadable',
      confidence: 0.5,
      alternatives: ['unknown_error'],
      final: true,
    };
  }
  const success = signals.status !== null && signals.status >= 200 && signals.status < 300;
  const finished = signals.states.some((state) => FINISHED_STATES.has(state));
  const silent = signals.codes.length === 0 && signals.sentences.length === 0;
  if (success && silent && evidence.phase === 'poll' && signals.states.length === 0 && !signals.hasOutput) {
    return {
      code: 'resource_not_found',
      subtype: null,
      rule: 'body/no-job',
      confidence: 0.5,
      alternatives: ['generation_failed_no_content'],
      final: true,
    };
  }
  if (success && !signals.hasOutput && (silent || evidence.phase === 'result' || finished)) {
    return {
      code: 'generation_failed_no_content',
      subtype: 'empty_result',
      rule: 'body/no-output',
      confidence: 0.6,
      alternatives: [],
      final: true,
    };
  }
  return {
    code: 'unknown_error',
    subtype: null,
    rule: 'none',
    confidence: 0.3,
    alternatives: [],
    final: true,
  };
}
