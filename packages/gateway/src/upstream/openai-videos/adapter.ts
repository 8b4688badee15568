/**
 * The `/videos` dialect: OpenAI made it for Sora, Azure's v1 interface and many gateways speak it. Read this first. Facts: OpenAI's
 * API reference and video guide, the official Node client's types, Microsoft's Foundry guides. OpenAI itself switched its
 * own service off on 2026-09-24, so the address is the operator's to give.
 *
 * A finished clip is only given out to our key. Its address cannot be an output, since outputs are stored and fetched without a
 * key: the clip is fetched here and handed over as a file (see `result-folder.ts`).
 * There is no cancel, no idempotency key, and no field of ours in a job's record that a lost submit could be found by.
 * Not confirmed: for how long a clip is kept (about a day). Webhooks are set up in a dashboard, never per job: not used.
 */
import type { JsonObject, JsonValue } from '../../json.ts';
import type { CallContext, PollOutcome, SubmitJob, SubmitOutcome, UpstreamAdapter } from '../adapter.ts';
import {
  createCaller,
  type FormPart,
  formOf,
  jobIsGone,
  refusedForCertain,
  type UpstreamCaller,
  type UpstreamRequest,
} from '../call.ts';
import { type Access, accessOf, type OpenaiSettings } from '../openai/access.ts';
import { textParts } from '../openai/form.ts';
import { isFailure } from '../openai/wire.ts';
import { type InputFile, readInputs } from '../read-inputs.ts';
import { createResultFolder, type ResultFolder } from '../result-folder.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { fieldsOf } from './parameters.ts';
import { isHandle, isJob } from './wire.ts';

export interface OpenaiVideosSettings extends OpenaiSettings {
  /** Where finished clips wait until the gateway takes them over. Made where it is not there. */
  readonly folder: string;
}

interface Api extends Access {
  readonly caller: UpstreamCaller;
  readonly baseUrl: string;
  readonly results: ResultFolder;
}

export function createOpenaiVideos(settings: OpenaiVideosSettings): UpstreamAdapter {
  const access = accessOf(settings);
  const caller = createCaller({ provider: access.provider, api: 'videos', secrets: [settings.apiKey] });
  const results = createResultFolder(settings.folder, caller);
  const api: Api = { ...access, caller, baseUrl: settings.baseUrl, results };
  return {
    provider: access.provider,
    submit: (job, ctx) => submit(api, job, ctx),
    poll: (handle, ctx) => poll(api, handle, ctx),
    cancel: () => Promise.resolve({ kind: 'not_possible' }),
    async release(handle) {
      if (isHandle(handle)) await results.drop(addressOf(api, handle.id));
    },
    close: () => caller.close(),
  };
}

const addressOf = ({ baseUrl }: Api, id: string) => `${baseUrl}/videos/${encodeURIComponent(id)}`;

async function submit(api: Api, job: SubmitJob, { signal }: CallContext): Promise<SubmitOutcome> {
  const made = fieldsOf(job);
  if (made.kind === 'refused') return refuseUnsupported(made.why);
  const inputs = await readInputs(job.inputs, api.provider);
  if (inputs.kind === 'rejected') return inputs;
  const body = inputs.files.length === 0 ? made.fields : formOf(partsOf(made.fields, inputs.files));
  const request: UpstreamRequest = {
    method: 'POST',
    url: `${api.baseUrl}/videos`,
    headers: api.headers,
    body,
  };
  const answer = await api.caller.send(request, signal);
  const evidence = api.caller.evidence(answer, 'submit');
  if (answer.kind === 'answer' && answer.status < 300) {
    if (isJob(answer.body)) return { kind: 'accepted', handle: { id: answer.body.id } };
    // Anything else under a success may hide a job.
    return { kind: isFailure(answer.body) ? 'rejected' : 'unknown', evidence };
  }
  return { kind: refusedForCertain(evidence) ? 'rejected' : 'unknown', evidence };
}

function partsOf(fields: JsonObject, files: readonly InputFile[]): FormPart[] {
  const pictures = files.map(({ input: { mimeType }, bytes }) => ({
    name: 'input_reference',
    file: bytes,
    mimeType,
    fileName: `first-frame.${mimeType.slice('image/'.length)}`,
  }));
  return [...textParts(fields), ...pictures];
}

async function poll(api: Api, handle: JsonValue, ctx: CallContext): Promise<PollOutcome> {
  if (!isHandle(handle)) return { kind: 'unrecognized', state: 'a handle of another version' };
  const url = addressOf(api, handle.id);
  const answer = await api.caller.send({ method: 'GET', url, headers: api.headers }, ctx.signal);
  const evidence = api.caller.evidence(answer, 'poll');
  if (answer.kind === 'silence' || answer.status >= 300 || !isJob(answer.body)) {
    return { kind: jobIsGone(evidence) ? 'failed' : 'unreachable', evidence };
  }
  const state = answer.body.status.toLowerCase();
  switch (state) {
    case 'queued':
    case 'in_progress':
    // Words of Azure's first video interface, and of gateways that copy the dialect:
    case 'pending':
    case 'submitted':
    case 'preprocessing':
    case 'processing':
    case 'running':
      return { kind: 'running', progress: percentage(answer.body.progress) };
    case 'completed':
    case 'succeeded':
      return collect(api, url, ctx);
    case 'failed':
    case 'cancelled':
    case 'canceled':
    case 'expired':
      return { kind: 'failed', evidence };
    default:
      return { kind: 'unrecognized', state };
  }
}

async function collect(api: Api, address: string, ctx: CallContext): Promise<PollOutcome> {
  const source = { job: address, index: 0, url: `${address}/content`, headers: api.headers };
  const result = await api.results.take(source, ctx);
  if (result.kind === 'taken') return { kind: 'finished', outputs: [result.output] };
  const evidence = api.caller.evidence(result.answer, 'download');
  return { kind: jobIsGone(evidence) ? 'failed' : 'unreachable', evidence };
}

function percentage(progress: unknown): number | null {
  return typeof progress === 'number' && progress >= 0 && progress <= 100 ? progress : null;
}
