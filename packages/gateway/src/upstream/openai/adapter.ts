/**
 * OpenAI: the Images API, and what speaks it (Azure's v1 interface, compatible gateways). Read this first, then `parameters.ts`.
 * Facts: OpenAI's API reference and error guide, the official Node client's types, Microsoft's Foundry guides.
 *
 * Synchronous: the answer holds the pictures, and there is no job to ask about. So a lost answer stays `unknown`: no idempotency
 * key is documented, and nothing can be looked up. A whole answer without a picture is over for certain.
 * Not confirmed: whether a request that is given up by us is billed; the answer of Azure's own time-out after several minutes.
 */
import type { JsonObject } from '../../json.ts';
import type { CallContext, OutputSource, SubmitJob, SubmitOutcome, UpstreamAdapter } from '../adapter.ts';
import {
  createCaller,
  type FormPart,
  formOf,
  refusedForCertain,
  type UpstreamAnswer,
  type UpstreamCaller,
  type UpstreamRequest,
} from '../call.ts';
import { type InputFile, readInputs } from '../read-inputs.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { type Access, accessOf, type OpenaiSettings } from './access.ts';
import { textParts } from './form.ts';
import { fieldsOf } from './parameters.ts';
import { isFailure, isPictures, type Picture } from './wire.ts';

/** High quality takes up to seven minutes; the task's own deadline usually comes first. */
const ANSWER_TIMEOUT_MS = 20 * 60_000;

interface Api extends Access {
  readonly caller: UpstreamCaller;
  readonly baseUrl: string;
}

export function createOpenai(settings: OpenaiSettings): UpstreamAdapter {
  const access = accessOf(settings);
  const caller = createCaller({ provider: access.provider, api: 'images', secrets: [settings.apiKey] });
  const api: Api = { ...access, caller, baseUrl: settings.baseUrl };
  return {
    provider: access.provider,
    submit: (job, ctx) => submit(api, job, ctx),
    // No submit is ever answered with a handle.
    poll: () => Promise.resolve({ kind: 'unrecognized', state: 'a job of an upstream that has none' }),
    cancel: () => Promise.resolve({ kind: 'not_possible' }),
    close: () => caller.close(),
  };
}

async function submit(api: Api, job: SubmitJob, { signal }: CallContext): Promise<SubmitOutcome> {
  const made = fieldsOf(job);
  if (made.kind === 'refused') return refuseUnsupported(made.why);
  const inputs = await readInputs(job.inputs, api.provider);
  if (inputs.kind === 'rejected') return inputs;
  const answer = await api.caller.send(requestOf(api, made.fields, inputs.files), signal);
  return outcomeOf(api.caller, answer);
}

function requestOf(api: Api, fields: JsonObject, files: readonly InputFile[]): UpstreamRequest {
  const { baseUrl, headers } = api;
  const request = { method: 'POST', headers, timeoutMs: ANSWER_TIMEOUT_MS } as const;
  if (files.length === 0) return { ...request, url: `${baseUrl}/images/generations`, body: fields };
  const parts = [...textParts(fields), ...files.map(filePart)];
  return { ...request, url: `${baseUrl}/images/edits`, body: formOf(parts) };
}

function filePart({ input, bytes }: InputFile): FormPart {
  const { param, index, mimeType } = input;
  const ending = mimeType.slice('image/'.length);
  return param === 'mask_url'
    ? { name: 'mask', file: bytes, mimeType, fileName: `mask.${ending}` }
    : { name: 'image[]', file: bytes, mimeType, fileName: `image-${index + 1}.${ending}` };
}

function outcomeOf(caller: UpstreamCaller, answer: UpstreamAnswer): SubmitOutcome {
  const evidence = () => caller.evidence(answer, 'submit');
  if (answer.kind === 'answer' && answer.status < 300) {
    const { body } = answer;
    if (isPictures(body)) {
      const mimeType = typeof body.output_format === 'string' ? `image/${body.output_format}` : null;
      const outputs = body.data.flatMap((picture) => outputOf(picture, mimeType));
      return outputs.length > 0 ? { kind: 'finished', outputs } : { kind: 'rejected', evidence: evidence() };
    }
    // Anything else under a success may be what a proxy made of pictures that exist.
    return { kind: isFailure(body) ? 'rejected' : 'unknown', evidence: evidence() };
  }
  const said = evidence();
  return { kind: refusedForCertain(said) ? 'rejected' : 'unknown', evidence: said };
}

function outputOf({ b64_json, url }: Picture, mimeType: string | null): OutputSource[] {
  if (typeof b64_json === 'string' && b64_json !== '')
    return [{ kind: 'bytes', data: Buffer.from(b64_json, 'base64'), mimeType }];
  return typeof url === 'string' && url !== '' ? [{ kind: 'url', url, mimeType }] : [];
}
