/**
 * Runway: the developer API. Read this first; request.ts says a job in its words, models.ts is what each model takes. Facts:
 * docs.dev.runwayml.com (errors, inputs, uploads, tiers) and the sources of its official SDKs.
 *
 * Runway has neither webhooks nor idempotency keys, so a lost answer cannot be looked up.
 * Not confirmed: whether CANCELLED is ever seen (after a cancel the task answers 404), and whether a data URL over the limit is
 * always refused rather than cut off. So big inputs are uploaded, and a cancel that was accepted counts as done.
 */
import type { JsonValue } from '../../json.ts';
import type {
  CallContext,
  CancelOutcome,
  OutputRef,
  PollOutcome,
  SubmitJob,
  SubmitOutcome,
  UpstreamAdapter,
} from '../adapter.ts';
import { createCaller, jobIsGone, refusedForCertain, type UpstreamAnswer } from '../call.ts';
import type { HostedApi, HostedSettings } from '../hosted.ts';
import { readInputs } from '../read-inputs.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { requestFor } from './request.ts';
import { give } from './uploads.ts';
import { isCreated, isHandle, isTask, linksOf } from './wire.ts';

export const RUNWAY_BASE_URL = 'https://api.dev.runwayml.com';

/** Mandatory with every call, and the same for everyone: the version of the API that this adapter speaks. */
const API_VERSION = '2024-11-06';
/** Runway asks for no more than one look at a task in five seconds. */
const POLL_AFTER_MS = 5_000;

export function createRunway(settings: HostedSettings): UpstreamAdapter {
  const api: HostedApi = {
    caller: createCaller({ provider: 'runway', api: 'tasks', secrets: [settings.apiKey] }),
    baseUrl: settings.baseUrl,
    headers: { authorization: `Bearer ${settings.apiKey}`, 'x-runway-version': API_VERSION },
  };
  return {
    provider: 'runway',
    submit: (job, ctx) => submit(api, job, ctx),
    poll: (handle, ctx) => poll(api, handle, ctx),
    cancel: (handle, ctx) => cancel(api, handle, ctx),
    close: () => api.caller.close(),
  };
}

async function submit(api: HostedApi, job: SubmitJob, ctx: CallContext): Promise<SubmitOutcome> {
  const request = requestFor(job);
  if (request.kind === 'none') return refuseUnsupported(request);
  const read = await readInputs(request.inputs, 'runway');
  if (read.kind === 'rejected') return read;
  const given = await give(api, read.files, ctx);
  if (given.kind === 'failed') return { kind: 'rejected', evidence: given.evidence };
  const body = { ...request.body };
  request.place(body, given.uris);
  const url = api.baseUrl + request.path;
  const answer = await api.caller.send({ method: 'POST', url, headers: api.headers, body }, ctx.signal);
  const evidence = api.caller.evidence(answer, 'submit');
  if (answer.kind === 'answer' && answer.status < 300) {
    // A success that cannot be read may stand for a task all the same.
    if (!isCreated(answer.body)) return { kind: 'unknown', evidence };
    return { kind: 'accepted', handle: { id: answer.body.id }, pollAfterMs: POLL_AFTER_MS };
  }
  return { kind: refusedForCertain(evidence) ? 'rejected' : 'unknown', evidence };
}

async function poll(api: HostedApi, handle: JsonValue, ctx: CallContext): Promise<PollOutcome> {
  if (!isHandle(handle)) return { kind: 'unrecognized', state: 'a handle of another version' };
  const answer = await look(api, handle.id, ctx);
  const evidence = api.caller.evidence(answer, 'poll');
  if (answer.kind === 'silence' || !isTask(answer.body)) {
    return { kind: jobIsGone(evidence) ? 'failed' : 'unreachable', evidence };
  }
  const { progress, output } = answer.body;
  const state = answer.body.status.toUpperCase();
  switch (state) {
    case 'PENDING':
    case 'THROTTLED':
    case 'RUNNING': {
      const percent = typeof progress === 'number' ? Math.round(progress * 100) : null;
      return { kind: 'running', progress: percent, pollAfterMs: POLL_AFTER_MS };
    }
    case 'SUCCEEDED': {
      const outputs = linksOf(output).map((url): OutputRef => ({ kind: 'url', url, mimeType: null }));
      return outputs.length > 0 ? { kind: 'finished', outputs } : { kind: 'failed', evidence };
    }
    case 'FAILED':
    case 'CANCELLED':
      return { kind: 'failed', evidence };
    default:
      return { kind: 'unrecognized', state };
  }
}

/** Deleting a task that is over would throw its result away, so it is looked at first. */
async function cancel(api: HostedApi, handle: JsonValue, ctx: CallContext): Promise<CancelOutcome> {
  if (!isHandle(handle)) return { kind: 'not_possible' };
  const before = await look(api, handle.id, ctx);
  if (before.kind === 'silence' || !isTask(before.body)) return { kind: 'not_possible' };
  if (!['PENDING', 'THROTTLED', 'RUNNING'].includes(before.body.status.toUpperCase())) {
    return { kind: 'not_possible' };
  }
  const answer = await api.caller.send(
    { method: 'DELETE', url: taskUrl(api, handle.id), headers: api.headers },
    ctx.signal,
  );
  if (answer.kind === 'silence') return { kind: 'requested' };
  return { kind: answer.status < 300 ? 'cancelled' : 'not_possible' };
}

function look(api: HostedApi, id: string, ctx: CallContext): Promise<UpstreamAnswer> {
  return api.caller.send({ method: 'GET', url: taskUrl(api, id), headers: api.headers }, ctx.signal);
}

function taskUrl(api: HostedApi, id: string): string {
  return `${api.baseUrl}/v1/tasks/${encodeURIComponent(id)}`;
}
