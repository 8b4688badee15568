/**
 * From what an upstream means to us, to what the gateway's own client is told.
 *
 * Two things change on the way. Our account with an upstream is not the client's: its quota and credentials become capacity and
 * availability (unless a rule says in so many words that the limit is the client's own: `details.whose`). And nothing the upstream wrote
 * goes through: only our own words, numbers under known names, and sizes.
 */
import type { TaskCode } from './codes.ts';
import { OWN_PARAMS } from './param.ts';
import { TaskError, type TaskErrorOptions } from './task-error.ts';
import type { Verdict } from './verdict.ts';

/** Our own media parameters; what an upstream calls a parameter and is none of ours stays with the operator. */
const OWN_MEDIA = /^(?:image|video|audio)_urls(?:\[\d{1,2}\])?$/;

const NUMBERS =
  /^(?:min|max|actual|limit|queued|running)(?:_(?:side|width|height|pixels|ratio|chars|tokens|bytes|seconds|items|value|fps))?$/;
const SIZES = /^(?:expected|actual)$/;

/** Longest wait a client is told; beyond a day our own account is the trouble, not the moment. */
const LONGEST_WAIT = 86_400;

export function toClient(verdict: Verdict): TaskError {
  const { code, subtype, because } = clientCode(verdict);
  const options: TaskErrorOptions = {
    subtype,
    param: verdict.param !== null && isOurs(verdict.param) ? verdict.param : null,
    details: safeDetails(verdict, code),
    afterSeconds:
      verdict.retry.after_seconds === null ? null : Math.min(verdict.retry.after_seconds, LONGEST_WAIT),
    ...(because === null ? {} : { because }),
  };
  return new TaskError(code, options);
}

const isOurs = (param: string) => OWN_PARAMS.has(param) || OWN_MEDIA.test(param);

interface ClientCode {
  readonly code: TaskCode;
  readonly subtype: string | null;
  readonly because: string | null;
}

function clientCode(verdict: Verdict): ClientCode {
  const same = { code: verdict.code, subtype: verdict.subtype };
  switch (verdict.code) {
    case 'content_policy_violation':
      return { ...same, because: blockedPart(verdict) };
    case 'quota_exceeded':
      if (verdict.details.whose === 'client') return { ...same, because: null };
      return {
        code: 'resource_exhausted',
        subtype: null,
        because: 'The capacity reserved for this model is used up for the moment.',
      };
    case 'resource_not_found':
      return verdict.details.expired === true
        ? { ...same, because: 'The job expired before its result could be collected.' }
        : { code: 'service_error', subtype: null, because: 'The job was lost while it was being processed.' };
    case 'service_unavailable':
      return {
        ...same,
        because: 'The model service cannot be reached or used at the moment. The operator has been told.',
      };
    case 'invalid_parameters':
    case 'image_processing_error':
    case 'image_dimension_mismatch':
    case 'request_cancelled':
    case 'generation_failed_no_content':
    case 'service_error':
    case 'generation_timeout':
    case 'resource_exhausted':
    case 'unknown_error':
      return { ...same, because: null };
    default: {
      const never: never = verdict.code;
      return never;
    }
  }
}

function blockedPart(verdict: Verdict): string | null {
  switch (verdict.stage) {
    case 'output':
      return 'The generated result was blocked, not the request itself.';
    case 'input':
      return verdict.param === 'prompt'
        ? 'The prompt was blocked before generation.'
        : 'The prompt or an input was blocked before generation.';
    case 'unknown':
      return null;
    default: {
      const never: never = verdict.stage;
      return never;
    }
  }
}

function safeDetails(verdict: Verdict, code: TaskCode): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  if (code === 'content_policy_violation' && verdict.stage !== 'unknown') safe.stage = verdict.stage;
  for (const [name, value] of Object.entries(verdict.details)) {
    if (typeof value === 'number' && NUMBERS.test(name) && Number.isFinite(value)) safe[name] = value;
    else if (typeof value === 'string' && SIZES.test(name) && /^\d{1,5}[x:]\d{1,5}$/.test(value))
      safe[name] = value;
  }
  return safe;
}
