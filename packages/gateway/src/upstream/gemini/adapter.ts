/**
 * Google's Gemini API: pictures by `generateContent`, clips by Veo. Read this first, then `pictures.ts` and `clips.ts`. Facts:
 * Google's API reference, its guides to image generation, Veo and errors, the official Node client, and recorded answers.
 *
 * Pictures are synchronous: a lost answer stays `unknown`, since nothing can be looked up. Success is a picture in the answer and
 * nothing else: a block, a refusal in prose and an empty answer all come as HTTP 200.
 * Clips are long-running operations without a state: `done` or not. Finished ones are only given out to our key, so they are
 * fetched here (see `result-folder.ts`). There is no cancel.
 * Not confirmed: how long a clip is kept (about two days); whether Veo takes a last frame on 3.0; the ratios of models newer than 3.1.
 * Not used: the webhooks that newer clients can ask for, whose signatures are not documented.
 */
import type { JsonValue } from '../../json.ts';
import type {
  CallContext,
  OutputRef,
  OutputSource,
  PollOutcome,
  SubmitJob,
  SubmitOutcome,
  UpstreamAdapter,
} from '../adapter.ts';
import { createCaller, jobIsGone, refusedForCertain, type UpstreamAnswer } from '../call.ts';
import type { HostedApi, HostedSettings } from '../hosted.ts';
import { readInputs } from '../read-inputs.ts';
import { createResultFolder, type ResultFolder } from '../result-folder.ts';
import { refuseUnsupported } from '../unsupported.ts';
import * as clips from './clips.ts';
import * as pictures from './pictures.ts';
import { isAnswer, isOperation, isProgress, linksOf, picturesOf } from './wire.ts';

export const GEMINI_BASE_URL = 'https://generativelanguage.googleapis.com/v1beta';

export interface GeminiSettings extends HostedSettings {
  /** Where finished clips wait until the gateway takes them over. Made where it is not there. */
  readonly folder: string;
}

/** Chooses the classifier's rules. */
const PROVIDER = 'google-gemini';
/** 4K pictures of thinking models take minutes; the task's own deadline usually comes first. */
const ANSWER_TIMEOUT_MS = 15 * 60_000;

interface Api extends HostedApi {
  readonly results: ResultFolder;
}

export function createGemini({ apiKey, baseUrl, folder }: GeminiSettings): UpstreamAdapter {
  const caller = createCaller({ provider: PROVIDER, api: 'v1beta', secrets: [apiKey] });
  const results = createResultFolder(folder, caller);
  const api: Api = { caller, baseUrl, headers: { 'x-goog-api-key': apiKey }, results };
  return {
    provider: PROVIDER,
    submit: (job, ctx) => (job.type === 'video' ? submitClip(api, job, ctx) : draw(api, job, ctx)),
    poll: (handle, ctx) => poll(api, handle, ctx),
    cancel: () => Promise.resolve({ kind: 'not_possible' }),
    async release(handle) {
      if (isOperation(handle)) await results.drop(addressOf(api, handle.name));
    },
    close: () => caller.close(),
  };
}

const addressOf = ({ baseUrl }: Api, operation: string) => `${baseUrl}/${operation}`;

async function draw(api: Api, job: SubmitJob, { signal }: CallContext): Promise<SubmitOutcome> {
  const request = pictures.pictureRequest(job);
  if (request.kind === 'refused') return refuseUnsupported(request.why);
  const inputs = await readInputs(job.inputs, PROVIDER);
  if (inputs.kind === 'rejected') return inputs;
  const body = pictures.bodyOf(request, inputs.files);
  const answer = await post(api, job, 'generateContent', body, signal);
  if (answer.kind === 'silence' || answer.status >= 300) return failedSubmit(api, answer);
  const outputs = picturesOf(answer.body).map(
    ({ data, mimeType, mime_type }): OutputSource => ({
      kind: 'bytes',
      data: Buffer.from(data, 'base64'),
      mimeType: mimeType ?? mime_type ?? null,
    }),
  );
  if (outputs.length > 0) return { kind: 'finished', outputs };
  // A whole answer without a picture is over for certain; anything else under a success may be of someone in between.
  const evidence = api.caller.evidence(answer, 'submit');
  return { kind: isAnswer(answer.body) ? 'rejected' : 'unknown', evidence };
}

async function submitClip(api: Api, job: SubmitJob, { signal }: CallContext): Promise<SubmitOutcome> {
  const request = clips.clipRequest(job);
  if (request.kind === 'refused') return refuseUnsupported(request.why);
  const inputs = await readInputs(job.inputs, PROVIDER);
  if (inputs.kind === 'rejected') return inputs;
  const body = clips.bodyOf(request, inputs.files);
  const answer = await post(api, job, 'predictLongRunning', body, signal);
  if (answer.kind === 'silence' || answer.status >= 300) return failedSubmit(api, answer);
  if (isOperation(answer.body)) return { kind: 'accepted', handle: { name: answer.body.name } };
  return { kind: 'unknown', evidence: api.caller.evidence(answer, 'submit') };
}

function post(
  { caller, baseUrl, headers }: Api,
  job: SubmitJob,
  method: 'generateContent' | 'predictLongRunning',
  body: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<UpstreamAnswer> {
  const url = `${baseUrl}/models/${encodeURIComponent(job.upstreamModel)}:${method}`;
  return caller.send({ method: 'POST', url, headers, body, timeoutMs: ANSWER_TIMEOUT_MS }, signal);
}

function failedSubmit({ caller }: Api, answer: UpstreamAnswer): SubmitOutcome {
  const evidence = caller.evidence(answer, 'submit');
  return { kind: refusedForCertain(evidence) ? 'rejected' : 'unknown', evidence };
}

async function poll(api: Api, handle: JsonValue, ctx: CallContext): Promise<PollOutcome> {
  if (!isOperation(handle)) return { kind: 'unrecognized', state: 'a handle of another version' };
  const url = addressOf(api, handle.name);
  const answer = await api.caller.send({ method: 'GET', url, headers: api.headers }, ctx.signal);
  const evidence = api.caller.evidence(answer, 'poll');
  if (answer.kind === 'silence' || answer.status >= 300 || !isProgress(answer.body)) {
    return { kind: jobIsGone(evidence) ? 'failed' : 'unreachable', evidence };
  }
  const { name, done, error, response } = answer.body;
  if (done !== true) {
    if (error !== undefined && error !== null)
      return { kind: 'unrecognized', state: 'an error of an operation that is not done' };
    // A running operation says nothing but its name; less than that is not an answer.
    return name === undefined ? { kind: 'unreachable', evidence } : { kind: 'running', progress: null };
  }
  const links = linksOf(response);
  return links.length > 0 ? collect(api, url, links, ctx) : { kind: 'failed', evidence };
}

async function collect(
  api: Api,
  operation: string,
  links: readonly string[],
  ctx: CallContext,
): Promise<PollOutcome> {
  const outputs: OutputRef[] = [];
  const home = new URL(api.baseUrl).origin;
  for (const [index, url] of links.entries()) {
    if (URL.parse(url)?.origin !== home) {
      outputs.push({ kind: 'url', url, mimeType: null });
      continue;
    }
    const source = { job: operation, index, url, headers: api.headers };
    const result = await api.results.take(source, ctx);
    if (result.kind === 'refused') {
      const evidence = api.caller.evidence(result.answer, 'download');
      return { kind: jobIsGone(evidence) ? 'failed' : 'unreachable', evidence };
    }
    outputs.push(result.output);
  }
  return { kind: 'finished', outputs };
}
