/**
 * Another gateway that speaks our own contract, so that gateways chain. Read this first, then `drafts.ts`. Facts: our contract
 * (packages/protocol); for the public interface with the same shapes, its documentation and the sources of its clients.
 *
 * The other gateway's thirteen codes are ours; its quota and its keys are read as what they are to whoever holds a key there
 * (rules/evolink.ts), and become capacity and availability to our client. An answer that was lost is no trouble: the request is
 * sent again under its Idempotency-Key, and gives the task that it made, or makes it now.
 * Not confirmed of the public interface: for how long it knows a key (so nothing is sent again after an hour); whether there is a
 * cancel (its documents have none); whether it takes data URLs (so files are uploaded there first). Its callbacks are not signed,
 * and ours do not exist yet: polling it is.
 */
import type { Evidence } from '@sluice/errors';
import type { JsonObject, JsonValue } from '../../json.ts';
import type {
  CallContext,
  CancelOutcome,
  LookupOutcome,
  OutputRef,
  PollOutcome,
  SubmitJob,
  SubmitOutcome,
  UpstreamAdapter,
} from '../adapter.ts';
import { createCaller, jobIsGone, refusedForCertain, type UpstreamAnswer } from '../call.ts';
import type { HostedApi, HostedSettings } from '../hosted.ts';
import { mapParameters } from '../mapping.ts';
import { createResultFolder, type ResultFolder } from '../result-folder.ts';
import { type Drafts, openDrafts } from './drafts.ts';
import { sendInputs } from './inputs.ts';
import {
  type Handle,
  isError,
  isHandle,
  isRefusal,
  isTask,
  type Result,
  resultsOf,
  statusOf,
  type Task,
} from './wire.ts';

/** The public interface of the same shapes, and its file store on a host of its own. */
const EVOLINK_BASE_URL = 'https://api.evolink.ai';
const EVOLINK_FILES_URL = 'https://files-api.evolink.ai';

export interface UnifiedTaskSettings extends HostedSettings {
  /** The provider's own part of the data folder: drafts of submits, and results on their way. */
  readonly folder: string;
  /** Where inputs are uploaded to; without it they go inside the request, but for the public interface that needs it. */
  readonly filesUrl?: string;
}

interface Api extends HostedApi {
  readonly filesUrl: string | null;
  readonly drafts: Drafts;
  readonly results: ResultFolder;
  /** Once in a process's life. */
  swept: boolean;
}

/** Gateways know a key for 24 hours; of others it is not known. */
const REPLAYED_FOR_MS = 60 * 60_000;
/** Longer than any task lives. */
const DRAFTS_KEPT_MS = 7 * 24 * 60 * 60_000;
const PATHS = {
  image: '/v1/images/generations',
  video: '/v1/videos/generations',
  audio: '/v1/audios/generations',
};

export function createUnifiedTask(settings: UnifiedTaskSettings): UpstreamAdapter {
  const { apiKey, baseUrl, folder } = settings;
  const caller = createCaller({ provider: 'unified-task', api: 'tasks', secrets: [apiKey] });
  const api: Api = {
    caller,
    baseUrl,
    headers: { authorization: `Bearer ${apiKey}` },
    filesUrl: settings.filesUrl ?? (baseUrl === EVOLINK_BASE_URL ? EVOLINK_FILES_URL : null),
    drafts: openDrafts(`${folder}/drafts`),
    results: createResultFolder(`${folder}/results`, caller),
    swept: false,
  };
  return {
    provider: 'unified-task',
    submit: (job, ctx) => submit(api, job, ctx),
    poll: (handle, ctx) => poll(api, handle, ctx),
    cancel: (handle, ctx) => cancel(api, handle, ctx),
    lookup: (idempotencyKey, ctx) => lookup(api, idempotencyKey, ctx),
    release: (handle) => release(api, handle),
    close: () => caller.close(),
  };
}

async function submit(api: Api, job: SubmitJob, ctx: CallContext): Promise<SubmitOutcome> {
  const inputs = await sendInputs(api, job.inputs, ctx.signal);
  if (inputs.kind === 'rejected') return inputs;
  const body = { ...mapParameters(job.params, inputs.media, job.mapping), model: job.upstreamModel };
  const draft = { kind: 'sent', path: PATHS[job.type], body, at: ctx.clock.now() } as const;
  try {
    await sweepOnce(api, ctx);
    await api.drafts.keep(job.idempotencyKey, draft);
  } catch (error) {
    return notSent(error);
  }
  const outcome = await post(api, job.idempotencyKey, draft.path, body, ctx);
  if (outcome.kind === 'rejected') await api.drafts.drop(job.idempotencyKey);
  return outcome;
}

/** Safe to repeat: the key makes one task of any number of calls. */
async function post(
  api: Api,
  key: string,
  path: string,
  body: JsonObject,
  { signal }: CallContext,
): Promise<SubmitOutcome> {
  const headers = { ...api.headers, 'idempotency-key': key };
  const answer = await api.caller.send({ method: 'POST', url: api.baseUrl + path, headers, body }, signal);
  if (answer.kind === 'answer' && answer.status < 300 && isTask(answer.body)) {
    const { id } = answer.body;
    // Accepted is accepted, whatever the disk says; the longer draft, sent again, would give the same task.
    await api.drafts.keep(key, { kind: 'accepted', id }).catch(() => undefined);
    return { kind: 'accepted', handle: { id, key } };
  }
  const evidence = api.caller.evidence(answer, 'submit');
  return { kind: isRefused(answer, evidence) ? 'rejected' : 'unknown', evidence };
}

/** A fault inside the other gateway may have come after the task was made, and it may say itself that it does not know. */
function isRefused(answer: UpstreamAnswer, evidence: Evidence): boolean {
  if (answer.kind === 'answer' && (answer.status === 500 || answer.status < 300)) return false;
  if (answer.kind === 'answer' && codeIn(answer.body) === 'paid_outcome_unknown') return false;
  return refusedForCertain(evidence);
}

const codeIn = (body: unknown) => (isRefusal(body) ? body.error.code : undefined);

/**
 * A refusal of what is sent again proves nothing about the first time: the door's checks come before its memory. So a task is
 * found or it is not known, and never called absent.
 */
async function lookup(api: Api, key: string, ctx: CallContext): Promise<LookupOutcome> {
  const draft = await api.drafts.find(key);
  switch (draft?.kind) {
    case undefined:
      return { kind: 'undecided' };
    case 'accepted':
      return { kind: 'found', handle: { id: draft.id, key } };
    case 'sent': {
      if (ctx.clock.now() - draft.at > REPLAYED_FOR_MS) return { kind: 'undecided' };
      const outcome = await post(api, key, draft.path, draft.body, ctx);
      return outcome.kind === 'accepted' ? { kind: 'found', handle: outcome.handle } : { kind: 'undecided' };
    }
    default: {
      const never: never = draft;
      return never;
    }
  }
}

async function poll(api: Api, handle: JsonValue, ctx: CallContext): Promise<PollOutcome> {
  if (!isHandle(handle)) return { kind: 'unrecognized', state: 'a handle of another version' };
  const url = `${api.baseUrl}/v1/tasks/${encodeURIComponent(handle.id)}`;
  const answer = await api.caller.send({ method: 'GET', url, headers: api.headers }, ctx.signal);
  if (answer.kind === 'silence' || answer.status >= 300 || !isTask(answer.body)) {
    const evidence = api.caller.evidence(answer, 'poll');
    // A proxy's 404 says nothing of the task.
    const saysSo = answer.kind === 'answer' && isRefusal(answer.body);
    return { kind: saysSo && jobIsGone(evidence) ? 'failed' : 'unreachable', evidence };
  }
  const task = answer.body;
  const status = statusOf(task);
  switch (status) {
    case 'pending':
    case 'processing':
      return { kind: 'running', progress: typeof task.progress === 'number' ? task.progress : null };
    case 'completed': {
      const results = resultsOf(task);
      if (results.length > 0) return collect(api, handle, results, ctx);
      return { kind: 'failed', evidence: api.caller.evidence({ ...answer, body: whyIn(task) }, 'poll') };
    }
    case 'failed':
      return { kind: 'failed', evidence: api.caller.evidence({ ...answer, body: whyIn(task) }, 'poll') };
    case null:
      return { kind: 'unrecognized', state: task.status };
    default: {
      const never: never = status;
      return never;
    }
  }
}

/**
 * Without the other gateway's own attempts and what else a task tells: their codes are not how it ended. The wait it advises is
 * repeated under the name that others use.
 */
function whyIn({ id, status, error, results }: Task): Readonly<Record<string, unknown>> {
  if (!isError(error)) return { id, status, results: results ?? [] };
  const wait = error.retry?.after_seconds;
  return { id, status, error, ...(typeof wait === 'number' ? { retry_after_seconds: wait } : {}) };
}

/**
 * The links are signed and need no key. Those that lead back to the other gateway are fetched here: it may stand in a network
 * where our guarded caller, which fetches the others, does not go.
 */
async function collect(
  api: Api,
  { id }: Handle,
  results: readonly Result[],
  ctx: CallContext,
): Promise<PollOutcome> {
  const outputs: OutputRef[] = [];
  const home = URL.parse(api.baseUrl)?.origin;
  for (const [index, { url: link, mimeType }] of results.entries()) {
    const url = publicLink(link);
    if (URL.parse(url)?.origin !== home) {
      outputs.push({ kind: 'url', url, mimeType });
      continue;
    }
    const result = await api.results.take({ job: id, index, url, headers: {} }, ctx);
    if (result.kind === 'refused') {
      const evidence = api.caller.evidence(result.answer, 'result');
      const saysSo = result.answer.kind === 'answer' && isRefusal(result.answer.body);
      return { kind: saysSo && jobIsGone(evidence) ? 'failed' : 'unreachable', evidence };
    }
    outputs.push(result.output);
  }
  return { kind: 'finished', outputs };
}

/** `gs://bucket/key` was met in place of the address it is public under. */
const publicLink = (url: string) => url.replace(/^gs:\/\//, 'https://storage.googleapis.com/');

async function cancel(api: Api, handle: JsonValue, { signal }: CallContext): Promise<CancelOutcome> {
  if (!isHandle(handle)) return { kind: 'not_possible' };
  const url = `${api.baseUrl}/v1/tasks/${encodeURIComponent(handle.id)}/cancel`;
  const answer = await api.caller.send({ method: 'POST', url, headers: api.headers, body: {} }, signal);
  if (answer.kind === 'silence' || answer.status >= 300 || !isTask(answer.body))
    return { kind: 'not_possible' };
  const status = statusOf(answer.body);
  switch (status) {
    case 'failed':
      return { kind: codeIn(answer.body) === 'request_cancelled' ? 'cancelled' : 'not_possible' };
    case 'completed':
      return { kind: 'not_possible' };
    case 'pending':
    case 'processing':
    case null:
      return { kind: 'requested' };
    default: {
      const never: never = status;
      return never;
    }
  }
}

async function release(api: Api, handle: JsonValue): Promise<void> {
  if (!isHandle(handle)) return;
  // A draft that cannot be removed goes with the sweep.
  await Promise.all([api.results.drop(handle.id), api.drafts.drop(handle.key).catch(() => undefined)]);
}

async function sweepOnce(api: Api, { clock }: CallContext): Promise<void> {
  if (api.swept) return;
  api.swept = true;
  await api.drafts.sweep(clock.now() - DRAFTS_KEPT_MS);
}

function notSent(error: unknown): SubmitOutcome {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const body = { name, message, code: 'NOT_SENT' };
  return {
    kind: 'rejected',
    evidence: { provider: 'unified-task', phase: 'network', status: null, headers: {}, body },
  };
}
