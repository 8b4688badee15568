/**
 * The ONE table that decides what follows a failure: the same step again, another route, or the end.
 * Retry, failover and the routes' health all read it.
 */
import type { TaskCode } from './codes.ts';
import type { EvidencePhase } from './evidence.ts';
import type { Verdict } from './verdict.ts';

/**
 * `same_route`: the same step again, on the same route, after the advised wait. `other_route`: submit on the next healthy route.
 * `elsewhere`: the same, but never again on this one, which would say the same again. `never`: the task (for `cancel` and
 * `download`: the step) ends here.
 */
export type NextStep = 'same_route' | 'other_route' | 'elsewhere' | 'never';

export interface Decision {
  readonly next: NextStep;
  /** Whether it makes the route look sick. A client's own fault never does. */
  readonly countsAgainstRoute: boolean;
  /** Whether the operator must hear of it at once. */
  readonly alarm: boolean;
}

interface Row {
  /** The upstream refused the submit: nothing was made, nothing is paid. */
  readonly submit: NextStep;
  /** The job was accepted and then failed, or its result was withheld. */
  readonly job: NextStep;
  /** Asking to cancel, or downloading a finished result, went wrong: can cost nothing, can submit nothing. */
  readonly errand: Extract<NextStep, 'same_route' | 'never'>;
  readonly counts: boolean;
  readonly alarm: boolean;
}

const CLIENTS_FAULT: Row = { submit: 'never', job: 'never', errand: 'never', counts: false, alarm: false };
const ROUTES_FAULT: Row = {
  submit: 'other_route',
  job: 'other_route',
  errand: 'same_route',
  counts: true,
  alarm: false,
};

/**
 * Our own adapter cannot say to its upstream what the request asks for. The model takes it (its schema was asked at admission), so
 * another route may be able to; nothing was sent, nothing can be paid for twice, and nobody's health has to do with it.
 */
const CANNOT_SAY: Row = { ...CLIENTS_FAULT, submit: 'elsewhere' };

const ROWS: Readonly<Record<TaskCode, Row>> = {
  content_policy_violation: CLIENTS_FAULT,
  invalid_parameters: CLIENTS_FAULT,
  image_processing_error: CLIENTS_FAULT,
  image_dimension_mismatch: CLIENTS_FAULT,
  request_cancelled: CLIENTS_FAULT,
  generation_failed_no_content: CLIENTS_FAULT,
  service_error: ROUTES_FAULT,
  // A job that ran out of time may have been paid for, and its deadline is spent: it is not started a second time.
  generation_timeout: { submit: 'never', job: 'never', errand: 'same_route', counts: true, alarm: false },
  resource_exhausted: ROUTES_FAULT,
  quota_exceeded: ROUTES_FAULT,
  service_unavailable: { ...ROUTES_FAULT, alarm: true },
  // A job that vanished may have been done and paid for.
  resource_not_found: { submit: 'never', job: 'never', errand: 'never', counts: true, alarm: true },
  unknown_error: { submit: 'never', job: 'never', errand: 'same_route', counts: false, alarm: true },
};

const SUBTYPE_ROWS: Readonly<Record<string, Row>> = {
  'image_processing_error/network': { ...CLIENTS_FAULT, submit: 'same_route', job: 'same_route' },
  'generation_failed_no_content/empty_result': { ...CLIENTS_FAULT, counts: true },
  'quota_exceeded/account_quota': { ...ROUTES_FAULT, alarm: true },
};

/**
 * @param phase the step the engine was in. `network` is a submit without a whole answer: only where the request provably never
 *   left this machine (`details.never_left`, see `neverLeft`) may it be made elsewhere; else the job may exist and be paid for.
 */
export function decide(
  verdict: Pick<Verdict, 'code' | 'subtype' | 'details'>,
  phase: EvidencePhase,
): Decision {
  // Another route would not lift a limit that the client itself is over.
  if (verdict.details.whose === 'client') return decisionOf(CLIENTS_FAULT, verdict, phase);
  if (verdict.code === 'invalid_parameters' && verdict.details.never_left === true)
    return decisionOf(CANNOT_SAY, verdict, phase);
  const row = SUBTYPE_ROWS[`${verdict.code}/${verdict.subtype}`] ?? ROWS[verdict.code];
  return decisionOf(row, verdict, phase);
}

function decisionOf(row: Row, verdict: Pick<Verdict, 'details'>, phase: EvidencePhase): Decision {
  return { next: nextStep(row, verdict, phase), countsAgainstRoute: row.counts, alarm: row.alarm };
}

function nextStep(row: Row, verdict: Pick<Verdict, 'details'>, phase: EvidencePhase): NextStep {
  switch (phase) {
    case 'submit':
      return row.submit;
    case 'network':
      return verdict.details.never_left === true ? row.submit : 'never';
    case 'poll':
    case 'result':
      return row.job;
    case 'cancel':
    case 'download':
      return row.errand;
    default: {
      const never: never = phase;
      return never;
    }
  }
}
