/** One call of Kling: signed, sent, and read as evidence that holds none of the keys, nor the token they signed. */
import type { Evidence, EvidencePhase } from '@sluice/errors';
import type { JsonObject } from '../../json.ts';
import type { CallContext } from '../adapter.ts';
import { createCaller, type UpstreamAnswer, type UpstreamCaller } from '../call.ts';
import { redactBody } from '../redact.ts';
import { createTokenSource, type KlingCredentials, secretsOf, type TokenSource } from './token.ts';
import { codeOf } from './wire.ts';

export interface KlingSettings {
  readonly credentials: KlingCredentials;
  /** Without a trailing slash and without the version. */
  readonly baseUrl: string;
}

export interface Api {
  readonly caller: UpstreamCaller;
  readonly baseUrl: string;
  readonly tokens: TokenSource;
}

export interface Said {
  readonly answer: UpstreamAnswer;
  readonly evidence: Evidence;
  /** 0 is a success; null where Kling itself said nothing. */
  readonly code: number | null;
  readonly body: unknown;
}

/** "Token expired": refused before anything is done, so the same call may be made again with a new one. */
const TOKEN_EXPIRED = 1004;

export function createApi({ credentials, baseUrl }: KlingSettings): Api {
  return {
    caller: createCaller({ provider: 'kling', api: 'tasks', secrets: secretsOf(credentials) }),
    baseUrl,
    tokens: createTokenSource(credentials),
  };
}

export async function get(api: Api, path: string, ctx: CallContext): Promise<Said> {
  return signedCall(api, { method: 'GET', url: `${api.baseUrl}/v1/${path}` }, 'poll', ctx);
}

export async function post(api: Api, path: string, body: JsonObject, ctx: CallContext): Promise<Said> {
  return signedCall(api, { method: 'POST', url: `${api.baseUrl}/v1/${path}`, body }, 'submit', ctx);
}

interface Request {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: JsonObject;
}

async function signedCall(api: Api, request: Request, phase: EvidencePhase, ctx: CallContext): Promise<Said> {
  const said = await call(api, request, phase, ctx);
  return said.code === TOKEN_EXPIRED && api.tokens.renew() ? call(api, request, phase, ctx) : said;
}

async function call(api: Api, request: Request, phase: EvidencePhase, ctx: CallContext): Promise<Said> {
  const token = api.tokens.token(ctx.clock.now());
  const headers = { authorization: `Bearer ${token}` };
  const answer = await api.caller.send({ ...request, headers }, ctx.signal);
  const evidence = api.caller.evidence(answer, phase);
  const body = answer.kind === 'answer' ? answer.body : null;
  return {
    answer,
    evidence: { ...evidence, body: redactBody(evidence.body, [token]) },
    code: codeOf(body),
    body,
  };
}
