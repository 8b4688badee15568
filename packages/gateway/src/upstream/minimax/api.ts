/** What both generations of MiniMax's API share: one call, and when a refusal is certain. */
import type { Evidence, EvidencePhase } from '@sluice/errors';
import type { JsonObject } from '../../json.ts';
import type { CallContext, SubmitOutcome } from '../adapter.ts';
import { refusedForCertain, type UpstreamAnswer } from '../call.ts';
import type { HostedApi } from '../hosted.ts';
import { codeOf } from './wire.ts';

export interface Said {
  readonly answer: UpstreamAnswer;
  readonly evidence: Evidence;
  readonly code: number | null;
  readonly body: unknown;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: JsonObject;
  readonly timeoutMs?: number;
}

/** "Request timeout": somebody inside gave up waiting, so a job may exist. */
const TIMED_OUT = 1001;
/** "Invalid params", of an id that was asked for: it is unknown, or too old. */
const INVALID = 2013;

export async function call(
  api: HostedApi,
  { path, ...rest }: Call,
  phase: EvidencePhase,
  ctx: CallContext,
): Promise<Said> {
  const request = { ...rest, url: api.baseUrl + path, headers: api.headers };
  const answer = await api.caller.send(request, ctx.signal);
  const body = answer.kind === 'answer' ? answer.body : null;
  return { answer, evidence: api.caller.evidence(answer, phase), code: codeOf(body), body };
}

/** For a submit that brought no job. A success that cannot be read may stand for one all the same. */
export function withoutJob({ answer, code, evidence }: Said): SubmitOutcome {
  const isSuccess = answer.kind === 'answer' && answer.status < 300;
  const saysNo = isSuccess ? code !== null && code !== 0 : refusedForCertain(evidence);
  return { kind: saysNo && code !== TIMED_OUT ? 'rejected' : 'unknown', evidence };
}

/** Whether a call that sends nothing but an id was told that there is no such thing. */
export function isUnknownId({ answer, code }: Said): boolean {
  if (code !== null) return code === INVALID;
  return answer.kind === 'answer' && (answer.status === 404 || answer.status === 410);
}
