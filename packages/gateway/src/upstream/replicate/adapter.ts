/**
 * Replicate: the predictions API. Facts: its OpenAPI document and the sources of its official clients.
 *
 * `upstreamModel` is `owner/name` for an official model, or `owner/name:version` for any other.
 * Not confirmed: whether `canceled` by a deadline can be told from a cancel of ours other than by the times.
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
import { createCaller, jobIsGone, refusedForCertain } from '../call.ts';
import type { HostedApi, HostedSettings } from '../hosted.ts';
import { dataUrls } from '../inline.ts';
import { mapParameters } from '../mapping.ts';
import { verifyStandardWebhook } from '../standard-webhook.ts';
import { isHandle, isPrediction, linksIn } from './wire.ts';

export const REPLICATE_BASE_URL = 'https://api.replicate.com/v1';

export interface ReplicateSettings extends HostedSettings {
  /** `whsec_...`, from `GET /webhooks/default/secret`; without it no webhooks are asked for. */
  readonly webhookSecret?: string;
}

export function createReplicate(settings: ReplicateSettings): UpstreamAdapter {
  const secrets = [settings.apiKey, settings.webhookSecret ?? ''];
  const api: HostedApi = {
    caller: createCaller({ provider: 'replicate', api: 'predictions', secrets }),
    baseUrl: settings.baseUrl,
    headers: { authorization: `Bearer ${settings.apiKey}` },
  };
  const { webhookSecret } = settings;
  return {
    provider: 'replicate',
    submit: (job, ctx) => submit(api, job, ctx),
    poll: (handle, ctx) => poll(api, handle, ctx),
    cancel: (handle, ctx) => cancel(api, handle, ctx),
    ...(webhookSecret === undefined
      ? {}
      : {
          verifyWebhook: (call, { clock }) =>
            Promise.resolve(verifyStandardWebhook(call, webhookSecret, clock.now())),
        }),
    close: () => api.caller.close(),
  };
}

async function submit(api: HostedApi, job: SubmitJob, ctx: CallContext): Promise<SubmitOutcome> {
  const input = mapParameters(job.params, await dataUrls(job.inputs), job.mapping);
  const version = job.upstreamModel.includes(':') ? { version: job.upstreamModel } : {};
  const where = 'version' in version ? '/predictions' : `/models/${job.upstreamModel}/predictions`;
  const hook =
    job.webhookUrl === undefined ? {} : { webhook: job.webhookUrl, webhook_events_filter: ['completed'] };
  const request = { method: 'POST', url: api.baseUrl + where, headers: api.headers } as const;
  const answer = await api.caller.send({ ...request, body: { ...version, input, ...hook } }, ctx.signal);
  if (answer.kind === 'answer' && answer.status < 300 && isPrediction(answer.body)) {
    return { kind: 'accepted', handle: { id: answer.body.id } };
  }
  const evidence = api.caller.evidence(answer, 'submit');
  return { kind: refusedForCertain(evidence) ? 'rejected' : 'unknown', evidence };
}

async function poll(api: HostedApi, handle: JsonValue, ctx: CallContext): Promise<PollOutcome> {
  if (!isHandle(handle)) return { kind: 'unrecognized', state: 'a handle of another version' };
  const url = `${api.baseUrl}/predictions/${encodeURIComponent(handle.id)}`;
  const answer = await api.caller.send({ method: 'GET', url, headers: api.headers }, ctx.signal);
  const evidence = api.caller.evidence(answer, 'poll');
  if (answer.kind === 'silence' || !isPrediction(answer.body)) {
    return { kind: jobIsGone(evidence) ? 'failed' : 'unreachable', evidence };
  }
  const state = answer.body.status.toLowerCase();
  switch (state) {
    case 'starting':
    case 'processing':
      return { kind: 'running', progress: null };
    case 'succeeded': {
      const outputs = linksIn(answer.body.output).map(
        (url): OutputRef => ({ kind: 'url', url, mimeType: null }),
      );
      return outputs.length > 0 ? { kind: 'finished', outputs } : { kind: 'failed', evidence };
    }
    case 'failed':
    case 'canceled':
    case 'aborted':
      return { kind: 'failed', evidence };
    default:
      return { kind: 'unrecognized', state };
  }
}

async function cancel(api: HostedApi, handle: JsonValue, ctx: CallContext): Promise<CancelOutcome> {
  if (!isHandle(handle)) return { kind: 'not_possible' };
  const url = `${api.baseUrl}/predictions/${encodeURIComponent(handle.id)}/cancel`;
  const answer = await api.caller.send({ method: 'POST', url, headers: api.headers }, ctx.signal);
  return { kind: answer.kind === 'answer' && answer.status < 300 ? 'requested' : 'not_possible' };
}
