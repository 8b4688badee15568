/** The particulars of a case, taken from the evidence where it has them: the parameter at fault, limits, the stage, the wait. */
import type { TaskCode } from './codes.ts';
import type { Evidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { readLimits } from './limits.ts';
import { paramOf } from './param.ts';
import { dateOf } from './retry-after.ts';
import type { Signals } from './signals.ts';
import type { VerdictStage } from './verdict.ts';
import { waitIn } from './wait.ts';

export interface Particulars {
  readonly param: string | null;
  readonly stage: VerdictStage;
  readonly details: Readonly<Record<string, string | number | boolean>>;
  readonly afterSeconds: number | null;
}

const NONE: Readonly<Record<string, never>> = {};

/** @param nowMs unix milliseconds, for waits that are given as a date; null: the answer's own `date` header is the clock. */
export function readDetails(
  evidence: Evidence,
  signals: Signals,
  { code, subtype }: Finding,
  nowMs: number | null = null,
): Particulars {
  return {
    param: ABOUT_THE_REQUEST.has(code) ? paramOf(signals) : null,
    stage: code === 'content_policy_violation' ? stageOf(evidence, signals) : 'unknown',
    details:
      code === 'resource_not_found'
        ? expiry(signals)
        : HAS_LIMITS.has(code)
          ? readLimits(signals, code, subtype)
          : NONE,
    afterSeconds: WAITING_HELPS.has(code) ? waitIn(signals, nowMs ?? dateOf(evidence.headers)) : null,
  };
}

const ABOUT_THE_REQUEST: ReadonlySet<TaskCode> = new Set([
  'invalid_parameters',
  'image_processing_error',
  'image_dimension_mismatch',
  'content_policy_violation',
]);
const HAS_LIMITS: ReadonlySet<TaskCode> = new Set([
  'invalid_parameters',
  'image_processing_error',
  'image_dimension_mismatch',
]);
const WAITING_HELPS: ReadonlySet<TaskCode> = new Set([
  'quota_exceeded',
  'resource_exhausted',
  'service_unavailable',
  'service_error',
  'generation_timeout',
]);

const INPUT = /input|prompt|upload|request[_ ]moderated|user|submit|输入|提示词/i;
const OUTPUT =
  /output|generated|result|response|content[_ ]moderated|finish|creation|image_safety|输出|生成/i;

/** What the words and codes name; both or neither leaves the phase: a refused submit has no output yet. */
function stageOf(evidence: Evidence, signals: Signals): VerdictStage {
  if (signals.stage !== null) return signals.stage;
  const said = [...signals.codes, ...signals.sentences];
  const input = said.some((text) => INPUT.test(text));
  const output = said.some((text) => OUTPUT.test(text));
  if (input !== output) return input ? 'input' : 'output';
  if (signals.flags.length > 0 && evidence.phase === 'result') return 'output';
  return 'unknown';
}

function expiry(signals: Signals): Readonly<Record<string, boolean>> {
  const expired =
    signals.states.includes('expired') ||
    [...signals.codes, ...signals.sentences].some((text) => /expired|过期|已失效/i.test(text));
  return expired ? { expired: true } : NONE;
}
