/** One question to a service, and what may be believed of the answer. */
import type { Category, DetectorOutcome, Finding, Subject } from '../detector.ts';

export interface HostedRequest {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as `JSON.stringify` makes it: a signature covers those bytes. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
}

/** How connections are made is not this room's business. Never rejects. */
export interface HostedCaller {
  send(request: HostedRequest, signal: AbortSignal): Promise<HostedAnswer>;
}

export type HostedAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'silence'; readonly fault: { readonly name: string } };

export type Failed = Extract<DetectorOutcome, { kind: 'failed' }>;
export type Asked = { readonly kind: 'answered'; readonly body: unknown } | Failed;

export interface Question {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Looking takes a second or two; a task waits for it. */
const TIMEOUT_MS = 10_000;

/** A broken connection or an internal error gets a second try at once: looking twice costs little, and harms nothing. */
export async function ask(caller: HostedCaller, question: Question, signal: AbortSignal): Promise<Asked> {
  const request = { method: 'POST', timeoutMs: TIMEOUT_MS, ...question } as const;
  const first = await caller.send(request, signal);
  const answer = isPassing(first) && !signal.aborted ? await caller.send(request, signal) : first;
  if (signal.aborted) return failed('was given up');
  if (answer.kind === 'silence') return failed(`did not answer (${answer.fault.name})`);
  const { status, body } = answer;
  if (status < 200 || status > 299) {
    const code = codeIn(body);
    return failed(code === null ? `answered ${status}` : `answered ${status} ${code}`);
  }
  return { kind: 'answered', body };
}

export function failed(reason: string): Failed {
  return { kind: 'failed', reason };
}

export const UNREADABLE = failed('gave an answer of a form that is not documented');

function isPassing(answer: HostedAnswer): boolean {
  return answer.kind === 'silence' ? answer.fault.name !== 'TimeoutError' : answer.status >= 500;
}

/** The word by which a service names its error: `error.code`, `error.status` or `error.type`; AWS has `__type`. */
function codeIn(body: unknown): string | null {
  const error = fieldsOf(fieldsOf(body).error);
  const said = [error.code, error.status, error.type, fieldsOf(body).__type];
  return (
    said.find((word): word is string => typeof word === 'string' && /^[\w.:#-]{1,80}$/.test(word)) ?? null
  );
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

/** Lower scores are noise, and no threshold worth having is below. */
const LEAST_SCORE = 0.05;

export interface Opinion {
  readonly category: Category;
  readonly score: number;
  readonly rule: string;
  readonly why: string;
  readonly absolute?: boolean;
}

export function findingsOf(
  detector: string,
  subject: Subject,
  opinions: readonly Opinion[],
): DetectorOutcome {
  const { stage, input } = subject;
  const findings = opinions
    .filter(({ score, absolute }) => score >= LEAST_SCORE || absolute === true)
    .map(
      ({ category, score, rule, why, absolute = false }): Finding => ({
        category,
        score: Math.min(1, Math.max(0, score)),
        stage,
        input,
        detector,
        rule,
        why,
        spans: [],
        absolute,
      }),
    );
  return { kind: 'findings', findings };
}

/** A service's label as a rule's name: `Explicit Nudity` is `explicit-nudity`. */
export function ruleName(label: string): string {
  return label
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
}

/** A name that a service gave, fit to stand in a record. */
export function plainName(name: string): string {
  return name.replace(/[^\p{L}\p{N} .,&'()-]/gu, '').slice(0, 80);
}
