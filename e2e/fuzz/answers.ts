/** Whether an answer of the gateway is one of the contract: which it came to, or what is wrong with it. */
import { isErrorCode, isTaskCode } from '@sluice/errors';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** `outcome` for counting; `fault` in words where the answer must not be. */
export type Judgement = { readonly outcome: string } | { readonly fault: string };

type Fields = Readonly<Record<string, unknown>>;

/** What inputs alone may end in. */
const OF_INPUTS = new Set(['invalid_parameters', 'image_processing_error', 'image_dimension_mismatch']);
/** 429: uploads of an account at once are bounded. */
const OF_FILES = new Set([400, 403, 413, 415, 429, 40001, 40002, 40004]);

/** A submit: the task as it ended, or the refusal. */
export function judgeTask({ status, body }: Answer): Judgement {
  if (status !== 200) return judgeRefusal({ status, body });
  const task = fieldsOf(body);
  if (typeof task.id !== 'string' || !task.id.startsWith('task-unified-'))
    return { fault: 'a task without an id' };
  if (task.status === 'completed') return { outcome: 'completed' };
  if (task.status !== 'failed') return { fault: `a final task that is ${String(task.status)}` };
  const wrong = wrongIn(task.error);
  if (wrong !== null) return { fault: wrong };
  const { code } = fieldsOf(task.error);
  return OF_INPUTS.has(String(code)) && isTaskCode(String(code))
    ? { outcome: named(task.error) }
    : { fault: `a task that failed as ${String(code)}` };
}

export function judgePreflight({ status, body }: Answer): Judgement {
  if (status !== 200) return judgeRefusal({ status, body });
  const { ok, issues, fixes } = fieldsOf(body);
  if (typeof ok !== 'boolean' || !Array.isArray(issues) || !Array.isArray(fixes))
    return { fault: 'no preflight' };
  if (ok !== (issues.length === 0)) return { fault: 'ok does not fit the issues' };
  for (const issue of issues) {
    const wrong = wrongIn(issue);
    if (wrong !== null) return { fault: wrong };
    if (!OF_INPUTS.has(String(fieldsOf(issue).code))) return { fault: `an issue ${named(issue)}` };
  }
  return { outcome: ok ? 'preflight ok' : named(issues[0]) };
}

export function judgeFile({ status, body }: Answer): Judgement {
  const { success, code, msg, data } = fieldsOf(body);
  if (status >= 500) return { fault: `files answered ${status}` };
  if (typeof msg !== 'string' || msg === '') return { fault: 'a files answer without a message' };
  if (status === 200)
    return success === true && code === 200 && typeof fieldsOf(data).file_id === 'string'
      ? { outcome: 'file stored' }
      : { fault: 'a files answer of another shape' };
  return success === false && OF_FILES.has(Number(code))
    ? { outcome: `files ${String(code)}` }
    : { fault: `a files refusal of another shape: ${status} ${String(code)}` };
}

function judgeRefusal({ status, body }: Answer): Judgement {
  if (status >= 500) return { fault: `answered ${status}` };
  const { error } = fieldsOf(body);
  const wrong = wrongIn(error);
  return wrong === null ? { outcome: `${status} ${named(error)}` } : { fault: wrong };
}

/** The error object of contract.md 3, field by field. */
function wrongIn(value: unknown): string | null {
  const error = fieldsOf(value);
  const retry = fieldsOf(error.retry);
  const textOrNull = (field: unknown) => field === null || typeof field === 'string';
  const checks: readonly (readonly [string, boolean])[] = [
    ['code', typeof error.code === 'string' && isErrorCode(error.code)],
    ['message', typeof error.message === 'string' && error.message.split('\n').length >= 3],
    ['subtype', textOrNull(error.subtype)],
    ['param', textOrNull(error.param)],
    ['request_id', typeof error.request_id === 'string'],
    ['docs_url', typeof error.docs_url === 'string'],
    ['suggestion', typeof error.suggestion === 'string' && error.suggestion === error.fallback_suggestion],
    ['type', typeof error.type === 'string'],
    ['details', typeof error.details === 'object' && error.details !== null],
    ['retry', typeof retry.retryable === 'boolean' && typeof retry.action === 'string'],
    ['retry.after_seconds', retry.after_seconds === null || typeof retry.after_seconds === 'number'],
  ];
  const missing = checks.find(([, sound]) => !sound);
  if (missing) return `an error whose ${missing[0]} is not as in the contract`;
  const issues = Array.isArray(error.issues) ? error.issues : [];
  return issues.map(wrongIn).find((wrong) => wrong !== null) ?? null;
}

function named(value: unknown): string {
  const { code, subtype, details } = fieldsOf(value);
  const { reason } = fieldsOf(details);
  return [code, subtype, reason].filter((part) => typeof part === 'string').join('/');
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
