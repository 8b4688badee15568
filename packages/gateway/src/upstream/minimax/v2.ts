/** MiniMax's second interface, for MiniMax-H3: real HTTP statuses, a job with everything in it, and a way to take it back. */

import type { JsonObject } from '../../json.ts';
import type { CallContext, CancelOutcome, PollOutcome, SubmitOutcome } from '../adapter.ts';
import type { HostedApi } from '../hosted.ts';
import { call, isUnknownId, type Said, withoutJob } from './api.ts';
import { createdId, isSecondTask } from './wire.ts';

export async function submit(api: HostedApi, body: JsonObject, ctx: CallContext): Promise<SubmitOutcome> {
  const said = await call(api, { method: 'POST', path: '/v2/video_generation', body }, 'submit', ctx);
  const isSuccess = said.answer.kind === 'answer' && said.answer.status < 300;
  const id = isSuccess ? createdId(said.body) : null;
  return id === null ? withoutJob(said) : { kind: 'accepted', handle: { api: 'v2', id } };
}

export async function poll(api: HostedApi, id: string, ctx: CallContext): Promise<PollOutcome> {
  const said = await look(api, id, ctx);
  if (!isSecondTask(said.body)) {
    return { kind: isUnknownId(said) ? 'failed' : 'unreachable', evidence: said.evidence };
  }
  const { status, content } = said.body.task;
  const state = status.toLowerCase();
  switch (state) {
    case 'queued':
    case 'running':
      return { kind: 'running', progress: null };
    case 'succeeded': {
      const url = content?.url;
      if (typeof url !== 'string' || url === '') return { kind: 'failed', evidence: said.evidence };
      return { kind: 'finished', outputs: [{ kind: 'url', url, mimeType: null }] };
    }
    case 'failed':
    case 'cancelled':
    case 'expired':
      return { kind: 'failed', evidence: said.evidence };
    default:
      return { kind: 'unrecognized', state };
  }
}

/** Deleting takes back a job that waits, is refused for one that runs, and throws away one that is over: so it is looked at first. */
export async function cancel(api: HostedApi, id: string, ctx: CallContext): Promise<CancelOutcome> {
  const before = await look(api, id, ctx);
  const waits = isSecondTask(before.body) && before.body.task.status.toLowerCase() === 'queued';
  if (!waits) return { kind: 'not_possible' };
  const path = `/v2/video_generation/${encodeURIComponent(id)}`;
  const { answer } = await call(api, { method: 'DELETE', path }, 'cancel', ctx);
  if (answer.kind === 'silence') return { kind: 'requested' };
  return { kind: answer.status < 300 ? 'cancelled' : 'not_possible' };
}

function look(api: HostedApi, id: string, ctx: CallContext): Promise<Said> {
  const path = `/v2/query/video_generation/${encodeURIComponent(id)}`;
  return call(api, { method: 'GET', path }, 'poll', ctx);
}
