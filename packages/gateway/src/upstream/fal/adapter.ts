/**
 * fal: the queue API. Facts: fal.ai/docs (queue, model errors, request errors) and the official clients' sources.
 *
 * Not confirmed: how long result files live by default, and what the cancel call answers in every state. So results are fetched
 * at once, and a cancel only counts as one when polling shows it.
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
import { createCaller, jobIsGone, refusedForCertain, type UpstreamCaller } from '../call.ts';
import type { HostedSettings } from '../hosted.ts';
import { dataUrls } from '../inline.ts';
import { mapParameters } from '../mapping.ts';
import { createFalVerifier, FAL_WEBHOOK_KEYS_URL } from './webhook.ts';
import { filesOf, isFlagged, isHandle, isStatus, isSubmitted } from './wire.ts';

export const FAL_BASE_URL = 'https://queue.fal.run';

export interface FalSettings extends HostedSettings {
  /** Where fal's public keys for webhooks are. Default: fal's own. */
  readonly webhookKeysUrl?: string;
}

export function createFal(settings: FalSettings): UpstreamAdapter {
  const caller = createCaller({ provider: 'fal', api: 'queue', secrets: [settings.apiKey] });
  const headers = { authorization: `Key ${settings.apiKey}` };
  return {
    provider: 'fal',
    submit: (job, ctx) => submit(caller, settings.baseUrl, headers, job, ctx),
    poll: (handle, ctx) => poll(caller, headers, handle, ctx),
    cancel: (handle, ctx) => cancel(caller, headers, handle, ctx),
    verifyWebhook: createFalVerifier(caller, settings.webhookKeysUrl ?? FAL_WEBHOOK_KEYS_URL),
    close: () => caller.close(),
  };
}

type Headers = Readonly<Record<string, string>>;

async function submit(
  caller: UpstreamCaller,
  baseUrl: string,
  headers: Headers,
  job: SubmitJob,
  ctx: CallContext,
): Promise<SubmitOutcome> {
  const body = mapParameters(job.params, await dataUrls(job.inputs), job.mapping);
  const hook = job.webhookUrl === undefined ? '' : `?fal_webhook=${encodeURIComponent(job.webhookUrl)}`;
  const url = `${baseUrl}/${job.upstreamModel}${hook}`;
  const answer = await caller.send({ method: 'POST', url, headers, body }, ctx.signal);
  if (answer.kind === 'answer' && answer.status < 300 && isSubmitted(answer.body)) {
    const { status_url, response_url, cancel_url } = answer.body;
    const links = [status_url, response_url, cancel_url];
    // The key goes to these addresses with every poll, so they must be where the job was submitted.
    if (links.every((link) => URL.parse(link)?.origin === URL.parse(baseUrl)?.origin)) {
      return { kind: 'accepted', handle: { status_url, response_url, cancel_url } };
    }
  }
  const evidence = caller.evidence(answer, 'submit');
  return { kind: refusedForCertain(evidence) ? 'rejected' : 'unknown', evidence };
}

async function poll(
  caller: UpstreamCaller,
  headers: Headers,
  handle: JsonValue,
  ctx: CallContext,
): Promise<PollOutcome> {
  if (!isHandle(handle)) return { kind: 'unrecognized', state: 'a handle of another version' };
  const answer = await caller.send({ method: 'GET', url: handle.status_url, headers }, ctx.signal);
  if (answer.kind === 'silence' || !isStatus(answer.body)) {
    return { kind: 'unreachable', evidence: caller.evidence(answer, 'poll') };
  }
  const state = answer.body.status.toUpperCase();
  switch (state) {
    case 'IN_QUEUE':
    case 'IN_PROGRESS':
      return { kind: 'running', progress: null };
    case 'COMPLETED':
      return result(caller, headers, handle.response_url, ctx);
    case 'NOT_FOUND':
      return { kind: 'failed', evidence: caller.evidence(answer, 'poll') };
    default:
      return { kind: 'unrecognized', state };
  }
}

async function result(
  caller: UpstreamCaller,
  headers: Headers,
  url: string,
  ctx: CallContext,
): Promise<PollOutcome> {
  const answer = await caller.send({ method: 'GET', url, headers }, ctx.signal);
  const evidence = caller.evidence(answer, 'result');
  if (answer.kind === 'silence') return { kind: 'unreachable', evidence };
  if (answer.status >= 300) {
    const fromTheRunner = typeof answer.body === 'object' && answer.body !== null && 'detail' in answer.body;
    return { kind: fromTheRunner || jobIsGone(evidence) ? 'failed' : 'unreachable', evidence };
  }
  const files = filesOf(answer.body);
  if (files.length === 0 || isFlagged(answer.body)) return { kind: 'failed', evidence };
  return {
    kind: 'finished',
    outputs: files.map((file): OutputRef => {
      const mimeType = typeof file.content_type === 'string' ? file.content_type : null;
      return { kind: 'url', url: file.url, mimeType };
    }),
  };
}

async function cancel(
  caller: UpstreamCaller,
  headers: Headers,
  handle: JsonValue,
  ctx: CallContext,
): Promise<CancelOutcome> {
  if (!isHandle(handle)) return { kind: 'not_possible' };
  const answer = await caller.send({ method: 'PUT', url: handle.cancel_url, headers }, ctx.signal);
  return { kind: answer.kind === 'answer' && answer.status < 300 ? 'requested' : 'not_possible' };
}
