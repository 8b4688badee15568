/**
 * Ark (Volcengine Ark in China, BytePlus ModelArk elsewhere): Seedance clips as tasks, Seedream pictures in one answer. Read this
 * first; clip.ts and picture.ts say a job in its words, models.ts is what each family takes. Facts: the video generation, image
 * generation and error code pages of volcengine.com/docs/82379, and the wire types of TanStack's BytePlus adapter.
 *
 * Ark has no idempotency key. A lost answer to a clip is looked up in the list of tasks by its seed, which is made of the job's key
 * where the client names none. What is not found there may still exist (a client's own seed, offline tasks, another page), so a
 * lookup never says that there is no job. Its callbacks carry no signature, so none are asked for.
 *
 * Not confirmed: what deleting a running task answers (so only queued ones are), how long the list lags behind, and how many
 * pictures of a group really come (the model decides, up to `n`). Not offered: clips as input, which Ark fetches only from a
 * public address.
 */
import type { JsonValue } from '../../json.ts';
import type {
  CallContext,
  CancelOutcome,
  LookupOutcome,
  PollOutcome,
  SubmitJob,
  SubmitOutcome,
  UpstreamAdapter,
} from '../adapter.ts';
import { createCaller, jobIsGone, refusedForCertain, type UpstreamAnswer } from '../call.ts';
import type { HostedApi, HostedSettings } from '../hosted.ts';
import { readInputs } from '../read-inputs.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { type ArkRequest, clipRequest, seedOf } from './clip.ts';
import { pictureRequest } from './picture.ts';
import { clipIn, isCreated, isHandle, isTask, picturesIn, tasksWithSeed } from './wire.ts';

/**
 * BytePlus, Asia-Pacific. A key works in one region only; China's is `https://ark.cn-beijing.volces.com/api/v3`, the same interface
 * with other names of models.
 */
export const BYTEPLUS_BASE_URL = 'https://ark.ap-southeast.bytepluses.com/api/v3';

const TASKS = '/contents/generations/tasks';
const POLL_AFTER_MS = 10_000;
/** Pictures come with the answer itself. */
const PICTURES_TIMEOUT_MS = 300_000;
/** The most that one page of the list takes. */
const PAGE_SIZE = 500;

export function createArk(settings: HostedSettings): UpstreamAdapter {
  const api: HostedApi = {
    caller: createCaller({ provider: 'ark', api: 'ark', secrets: [settings.apiKey] }),
    baseUrl: settings.baseUrl,
    headers: { authorization: `Bearer ${settings.apiKey}` },
  };
  return {
    provider: 'ark',
    submit: (job, ctx) => submit(api, job, ctx),
    poll: (handle, ctx) => poll(api, handle, ctx),
    cancel: (handle, ctx) => cancel(api, handle, ctx),
    lookup: (key, ctx) => lookup(api, key, ctx),
    close: () => api.caller.close(),
  };
}

async function submit(api: HostedApi, job: SubmitJob, ctx: CallContext): Promise<SubmitOutcome> {
  switch (job.type) {
    case 'video':
      return send(api, job, ctx, clipRequest(job), TASKS, afterClip);
    case 'image':
      return send(api, job, ctx, pictureRequest(job), '/images/generations', afterPictures);
    case 'audio':
      return refuseUnsupported({ param: 'model', message: 'This route makes pictures and clips, no sound.' });
    default: {
      const never: never = job.type;
      return never;
    }
  }
}

async function send(
  api: HostedApi,
  job: SubmitJob,
  ctx: CallContext,
  request: ArkRequest,
  path: string,
  read: (api: HostedApi, answer: UpstreamAnswer) => SubmitOutcome,
): Promise<SubmitOutcome> {
  if (request.kind === 'none') return refuseUnsupported(request);
  const media = await readInputs(request.inputs, 'ark');
  if (media.kind === 'rejected') return media;
  const urls = media.files.map(
    ({ input, bytes }) => `data:${input.mimeType};base64,${Buffer.from(bytes).toString('base64')}`,
  );
  const timeoutMs = job.type === 'image' ? { timeoutMs: PICTURES_TIMEOUT_MS } : {};
  const call = { method: 'POST', url: api.baseUrl + path, headers: api.headers, ...timeoutMs } as const;
  return read(api, await api.caller.send({ ...call, body: request.body(urls) }, ctx.signal));
}

function afterClip(api: HostedApi, answer: UpstreamAnswer): SubmitOutcome {
  if (answer.kind === 'answer' && answer.status < 300 && isCreated(answer.body)) {
    return { kind: 'accepted', handle: { id: answer.body.id }, pollAfterMs: POLL_AFTER_MS };
  }
  return refused(api, answer);
}

/** Some pictures of a group may be refused; the others are the result. */
function afterPictures(api: HostedApi, answer: UpstreamAnswer): SubmitOutcome {
  if (answer.kind === 'silence' || answer.status >= 300) return refused(api, answer);
  const links = picturesIn(answer.body);
  if (links === null) return refused(api, answer);
  if (links.length === 0) return { kind: 'rejected', evidence: api.caller.evidence(answer, 'result') };
  return { kind: 'finished', outputs: links.map((url) => ({ kind: 'url', url, mimeType: null })) };
}

function refused(api: HostedApi, answer: UpstreamAnswer): SubmitOutcome {
  const evidence = api.caller.evidence(answer, 'submit');
  return { kind: refusedForCertain(evidence) ? 'rejected' : 'unknown', evidence };
}

async function poll(api: HostedApi, handle: JsonValue, ctx: CallContext): Promise<PollOutcome> {
  if (!isHandle(handle)) return { kind: 'unrecognized', state: 'a handle of another version' };
  const answer = await look(api, handle.id, ctx);
  const evidence = api.caller.evidence(answer, 'poll');
  if (answer.kind === 'silence' || answer.status >= 300 || !isTask(answer.body)) {
    return { kind: jobIsGone(evidence) ? 'failed' : 'unreachable', evidence };
  }
  const state = answer.body.status.toLowerCase();
  switch (state) {
    case 'queued':
    case 'running':
      return { kind: 'running', progress: null, pollAfterMs: POLL_AFTER_MS };
    case 'succeeded': {
      const url = clipIn(answer.body.content);
      if (url === null) return { kind: 'failed', evidence };
      return { kind: 'finished', outputs: [{ kind: 'url', url, mimeType: 'video/mp4' }] };
    }
    case 'failed':
    case 'cancelled':
    case 'expired':
      return { kind: 'failed', evidence };
    default:
      return { kind: 'unrecognized', state };
  }
}

/** The same call cancels a queued task and throws away the record of one that is over, with its result: so it is looked at first. */
async function cancel(api: HostedApi, handle: JsonValue, ctx: CallContext): Promise<CancelOutcome> {
  if (!isHandle(handle)) return { kind: 'not_possible' };
  const before = await look(api, handle.id, ctx);
  if (before.kind === 'silence' || before.status >= 300 || !isTask(before.body)) {
    return { kind: 'not_possible' };
  }
  if (before.body.status.toLowerCase() !== 'queued') return { kind: 'not_possible' };
  const url = taskUrl(api, handle.id);
  const answer = await api.caller.send({ method: 'DELETE', url, headers: api.headers }, ctx.signal);
  return { kind: answer.kind === 'answer' && answer.status < 300 ? 'requested' : 'not_possible' };
}

async function lookup(api: HostedApi, key: string, ctx: CallContext): Promise<LookupOutcome> {
  const url = `${api.baseUrl}${TASKS}?page_num=1&page_size=${PAGE_SIZE}`;
  const answer = await api.caller.send({ method: 'GET', url, headers: api.headers }, ctx.signal);
  if (answer.kind === 'silence' || answer.status >= 300) return { kind: 'undecided' };
  const [id, ...more] = tasksWithSeed(answer.body, seedOf(key));
  return id === undefined || more.length > 0 ? { kind: 'undecided' } : { kind: 'found', handle: { id } };
}

function look(api: HostedApi, id: string, ctx: CallContext): Promise<UpstreamAnswer> {
  return api.caller.send({ method: 'GET', url: taskUrl(api, id), headers: api.headers }, ctx.signal);
}

function taskUrl(api: HostedApi, id: string): string {
  return `${api.baseUrl}${TASKS}/${encodeURIComponent(id)}`;
}
