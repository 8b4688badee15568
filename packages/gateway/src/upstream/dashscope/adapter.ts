/**
 * DashScope (Alibaba Model Studio): clips of Wan, pictures of Wan and Qwen-Image. Read this first; clip.ts and picture.ts say a job
 * in its words, models.ts is what each family takes, uploads.ts hands over media. Facts: the API references, the error codes and
 * "manage asynchronous tasks" on help.aliyun.com/zh/model-studio, and the sources of the platform's own command line tool.
 *
 * Status 200 covers every end of a task; a failure's code is in `output`. DashScope has no idempotency key, its list of tasks shows
 * nothing that a client could have set, and it calls nobody back: a lost answer cannot be looked up. So pictures are made as jobs
 * wherever a model allows it; only the Qwen models that answer at once are asked that way.
 *
 * Not confirmed: that `audio` is a choice with models newer than 2.7, reference models before 2.7, the sizes of Qwen-Image 2 and
 * later, and the state SUSPENDED (taken as waiting). What became of a task that is UNKNOWN cannot be found out; it counts as gone.
 */
import type { JsonValue } from '../../json.ts';
import type {
  CallContext,
  CancelOutcome,
  PollOutcome,
  SubmitJob,
  SubmitOutcome,
  UpstreamAdapter,
} from '../adapter.ts';
import { createCaller, jobIsGone, refusedForCertain, type UpstreamAnswer } from '../call.ts';
import type { HostedApi, HostedSettings } from '../hosted.ts';
import { readInputs } from '../read-inputs.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { clipRequest } from './clip.ts';
import { pictureRequest } from './picture.ts';
import { type DashScopeRequest, none } from './request.ts';
import { give } from './uploads.ts';
import { hasOutput, isCreated, isHandle, isRefusal, isTask, linksIn } from './wire.ts';

/** A key belongs to one region, and so do its tasks. */
export const DASHSCOPE_BASE_URLS = {
  china: 'https://dashscope.aliyuncs.com/api/v1',
  singapore: 'https://dashscope-intl.aliyuncs.com/api/v1',
  us: 'https://dashscope-us.aliyuncs.com/api/v1',
} as const;

/** The advised interval for clips; an account may look at 20 tasks a second in all. */
const POLL_AFTER_MS = { video: 15_000, image: 3_000 } as const;
/** Pictures that come with the answer itself. */
const ANSWER_TIMEOUT_MS = 300_000;

export function createDashscope(settings: HostedSettings): UpstreamAdapter {
  const api: HostedApi = {
    caller: createCaller({ provider: 'dashscope', api: 'aigc', secrets: [settings.apiKey] }),
    baseUrl: settings.baseUrl,
    headers: { authorization: `Bearer ${settings.apiKey}` },
  };
  return {
    provider: 'dashscope',
    submit: (job, ctx) => submit(api, job, ctx),
    poll: (handle, ctx) => poll(api, handle, ctx),
    cancel: (handle, ctx) => cancel(api, handle, ctx),
    close: () => api.caller.close(),
  };
}

async function submit(api: HostedApi, job: SubmitJob, ctx: CallContext): Promise<SubmitOutcome> {
  const request = requestFor(job);
  if (request.kind === 'none') return refuseUnsupported(request);
  const media = await readInputs(request.inputs, 'dashscope');
  if (media.kind === 'rejected') return media;
  const given = await give(api, media.files, job.upstreamModel, ctx);
  if (given.kind === 'rejected') return given;
  const isStored = given.urls.some((url) => url.startsWith('oss://'));
  const headers = {
    ...api.headers,
    // Without it a job is refused; with it an answer is.
    ...(request.isJob ? { 'x-dashscope-async': 'enable' } : {}),
    ...(isStored ? { 'x-dashscope-ossresourceresolve': 'enable' } : {}),
  };
  const timeout = request.isJob ? {} : { timeoutMs: ANSWER_TIMEOUT_MS };
  const call = { method: 'POST', url: api.baseUrl + request.path, headers, ...timeout } as const;
  const answer = await api.caller.send({ ...call, body: request.body(given.urls) }, ctx.signal);
  return request.isJob ? afterJob(api, job, answer) : afterAnswer(api, answer);
}

function requestFor(job: SubmitJob): DashScopeRequest {
  switch (job.type) {
    case 'video':
      return clipRequest(job);
    case 'image':
      return pictureRequest(job);
    case 'audio':
      return none('model', 'This route makes pictures and clips, no sound.');
    default: {
      const never: never = job.type;
      return never;
    }
  }
}

function afterJob(api: HostedApi, job: SubmitJob, answer: UpstreamAnswer): SubmitOutcome {
  if (answer.kind === 'silence' || answer.status >= 300 || !isCreated(answer.body)) {
    return withoutJob(api, answer);
  }
  const makes = job.type === 'image' ? 'image' : 'video';
  const handle = { id: answer.body.output.task_id, makes };
  return { kind: 'accepted', handle, pollAfterMs: POLL_AFTER_MS[makes] };
}

function afterAnswer(api: HostedApi, answer: UpstreamAnswer): SubmitOutcome {
  if (answer.kind === 'silence' || answer.status >= 300) return withoutJob(api, answer);
  const links = linksIn(answer.body);
  if (links.length > 0) {
    return { kind: 'finished', outputs: links.map((url) => ({ kind: 'url', url, mimeType: null })) };
  }
  if (!hasOutput(answer.body)) return withoutJob(api, answer);
  return { kind: 'rejected', evidence: api.caller.evidence(answer, 'result') };
}

/** A refusal may come with status 200. */
function withoutJob(api: HostedApi, answer: UpstreamAnswer): SubmitOutcome {
  const evidence = api.caller.evidence(answer, 'submit');
  const isRefused = answer.kind === 'answer' && answer.status < 300 && isRefusal(answer.body);
  return { kind: isRefused || refusedForCertain(evidence) ? 'rejected' : 'unknown', evidence };
}

async function poll(api: HostedApi, handle: JsonValue, ctx: CallContext): Promise<PollOutcome> {
  if (!isHandle(handle)) return { kind: 'unrecognized', state: 'a handle of another version' };
  const url = `${api.baseUrl}/tasks/${encodeURIComponent(handle.id)}`;
  const answer = await api.caller.send({ method: 'GET', url, headers: api.headers }, ctx.signal);
  const evidence = api.caller.evidence(answer, 'poll');
  // An account in debt is told so here too, which says nothing about the task.
  if (answer.kind === 'silence' || answer.status >= 300 || !isTask(answer.body)) {
    return { kind: jobIsGone(evidence) ? 'failed' : 'unreachable', evidence };
  }
  const state = answer.body.output.task_status.toUpperCase();
  switch (state) {
    case 'PENDING':
    case 'SUSPENDED':
    case 'RUNNING':
      return { kind: 'running', progress: null, pollAfterMs: POLL_AFTER_MS[handle.makes] };
    case 'SUCCEEDED': {
      // Some items of a batch may have failed; the others are the result.
      const links = linksIn(answer.body);
      if (links.length === 0) return { kind: 'failed', evidence };
      return { kind: 'finished', outputs: links.map((url) => ({ kind: 'url', url, mimeType: null })) };
    }
    case 'FAILED':
    case 'CANCELED':
    case 'CANCELLED':
    case 'UNKNOWN':
      return { kind: 'failed', evidence };
    default:
      return { kind: 'unrecognized', state };
  }
}

/** Only a task that still waits can be cancelled; any other is refused and goes on. */
async function cancel(api: HostedApi, handle: JsonValue, ctx: CallContext): Promise<CancelOutcome> {
  if (!isHandle(handle)) return { kind: 'not_possible' };
  const url = `${api.baseUrl}/tasks/${encodeURIComponent(handle.id)}/cancel`;
  const answer = await api.caller.send({ method: 'POST', url, headers: api.headers }, ctx.signal);
  const isTaken = answer.kind === 'answer' && answer.status < 300 && !isRefusal(answer.body);
  return { kind: isTaken ? 'requested' : 'not_possible' };
}
