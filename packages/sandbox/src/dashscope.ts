/**
 * DashScope: clips and pictures as jobs, the Qwen pictures that are answered at once, and the store for inputs. Facts from the API
 * references on help.aliyun.com/zh/model-studio. Like DashScope it refuses a job without the header that makes it one, sizes with
 * the wrong sign, and a model on another model's path.
 */
import { type DashScopeError, dashscopeScenarios, FAILURES, REFUSALS } from './dashscope-scenarios.ts';
import { type Call, json, type ProviderEmulator, type Reply, scenarioIn } from './emulator.ts';
import { type Job, type JobState, Jobs } from './jobs.ts';
import { serveMedia } from './media.ts';

type Fields = Readonly<Record<string, unknown>>;
type Sort = 'clip' | 'batch' | 'conversation' | 'answer';

/** The interfaces, and the models that live on each. */
const ROUTES: Readonly<Record<string, { readonly sort: Sort; readonly models: RegExp }>> = {
  'video-generation/video-synthesis': { sort: 'clip', models: /-(t2v|i2v|r2v)/ },
  'image2video/video-synthesis': { sort: 'clip', models: /-kf2v/ },
  'text2image/image-synthesis': { sort: 'batch', models: /-t2i|^wanx|^qwen-image(-plus)?$/ },
  'image2image/image-synthesis': { sort: 'batch', models: /-i2i/ },
  'image-generation/generation': { sort: 'conversation', models: /^wan2\.[67]-(image|t2i)|^qwen-image-3/ },
  'multimodal-generation/generation': { sort: 'answer', models: /^(qwen-image|wan2\.[67]-image|z-image)/ },
};

interface World {
  readonly jobs: Jobs;
  /** Keys of files that were put into the store. */
  readonly stored: Set<string>;
}

export function createDashscope(
  scenariosOf: 'clips' | 'batches' | 'answers' | 'all' = 'all',
): ProviderEmulator {
  const world: World = { jobs: new Jobs('dashscope-'), stored: new Set() };
  return {
    provider: 'dashscope',
    scenarios: dashscopeScenarios(scenariosOf),
    jobsMade: () => world.jobs.made,
    answer: (call) => serveMedia(call) ?? answer(world, call),
  };
}

function answer(world: World, call: Call): Reply {
  if (call.path === '/store') return keep(world, call);
  if (!/^Bearer \S+$/.test(call.headers.authorization ?? '')) {
    return refuse({ status: 401, code: 'InvalidApiKey', message: 'No API-key provided.' });
  }
  const path = call.path.replace(/^\/api\/v1/, '');
  if (path === '/uploads') return allowUpload(call);
  const route = ROUTES[path.replace('/services/aigc/', '')];
  if (route && call.method === 'POST') return submit(world, call, route);
  const [, id, action] = /^\/tasks\/([^/]+)(\/cancel)?$/.exec(path) ?? [];
  if (id === undefined) return refuse({ status: 404, code: 'NotFound', message: 'Not found!' });
  const job = world.jobs.find(id);
  if (action !== undefined && call.method === 'POST') return cancel(job);
  const fields = ask(world.jobs, job, call);
  return brokenPoll(job) ?? json(200, { request_id: 'sandbox', output: { task_id: id, ...fields } });
}

function submit(world: World, call: Call, { sort, models }: { sort: Sort; models: RegExp }): Reply {
  const isJob = call.headers['x-dashscope-async'] === 'enable';
  if (isJob !== (sort !== 'answer')) {
    const calls = isJob ? 'asynchronous' : 'synchronous';
    return refuse({
      status: 403,
      code: 'AccessDenied',
      message: `current user api does not support ${calls} calls.`,
    });
  }
  const body = isRecord(call.body) ? call.body : {};
  const { model, input } = body;
  if (typeof model !== 'string' || !isRecord(input))
    return refuse(invalid('Required body invalid, please check.'));
  if (!models.test(model)) return refuse(invalid('url error, please check url！'));
  const wrong = inputFault(model, sort, input, body.parameters) ?? mediaFault(world, call);
  if (wrong !== null) return refuse(wrong);
  const scenario = scenarioIn(promptIn(input));
  const refusal = REFUSALS[scenario ?? ''] ?? (sort === 'answer' ? FAILURES[scenario ?? ''] : undefined);
  if (refusal) return refuse(refusal);
  if (scenario === 'refused_with_200') {
    return refuse({ status: 200, code: 'Throttling.RateQuota', message: 'Requests rate limit exceeded.' });
  }
  if (scenario === 'bad_gateway') return page(502, '502 Bad Gateway');
  const job = world.jobs.make(scenario, { ...body, sort });
  if (scenario === 'lost_answer') return { kind: 'hang_up', after: 'nothing' };
  if (scenario === 'half_answer') return { kind: 'hang_up', after: 'headers' };
  if (scenario === 'garbage') return page(200, 'Welcome');
  const output = sort === 'answer' ? resultOf(job, call.origin) : { task_id: job.id, task_status: 'PENDING' };
  return json(200, { request_id: 'sandbox', output });
}

function inputFault(model: string, sort: Sort, input: Fields, parameters: unknown): DashScopeError | null {
  const size = isRecord(parameters) ? parameters.size : undefined;
  if (size !== undefined && !/^(\d+\*\d+|[124]K)$/.test(String(size))) {
    return invalid('size is not match the requirements');
  }
  if (sort === 'answer' || sort === 'conversation') {
    return Array.isArray(input.messages) ? null : invalid('Field required: input.messages');
  }
  if (/2\.7-[ir]2v/.test(model))
    return Array.isArray(input.media) ? null : invalid('Field required: input.media');
  const needed = /-kf2v/.test(model) ? 'first_frame_url' : /-i2v/.test(model) ? 'img_url' : 'prompt';
  return typeof input[needed] === 'string' ? null : invalid(`Field required: input.${needed}`);
}

/** A file of the store must be there, and is read only where the request says that it is meant. */
function mediaFault({ stored }: World, { headers, raw }: Call): DashScopeError | null {
  const named = [...raw.toString('utf8').matchAll(/"oss:\/\/([^"]+)"/g)].map(([, key]) => key ?? '');
  const isMeant = headers['x-dashscope-ossresourceresolve'] === 'enable';
  if (named.every((key) => stored.has(key)) && (named.length === 0 || isMeant)) return null;
  return { status: 400, code: 'InvalidURL', message: 'The address cannot be resolved.' };
}

function allowUpload({ origin, query }: Call): Reply {
  if (query.get('action') !== 'getPolicy' || !query.get('model')) return refuse(invalid('model is required'));
  const data = {
    policy: 'sandbox-policy',
    signature: 'sandbox-signature',
    upload_dir: 'dashscope-instant/sandbox',
    upload_host: `${origin}/store`,
    expire_in_seconds: 300,
    max_file_size_mb: 100,
    oss_access_key_id: 'sandbox-access',
    x_oss_object_acl: 'private',
    x_oss_forbid_overwrite: 'true',
  };
  return json(200, { request_id: 'sandbox', data });
}

function keep({ stored }: World, { method, body, headers }: Call): Reply {
  const key = /name="key"\r\n\r\n([^\r]+)/.exec(String(body))?.[1];
  const isSigned = String(body).includes('sandbox-signature');
  if (method !== 'POST' || key === undefined || !isSigned || headers.authorization !== undefined) {
    const error = '<Error><Code>AccessDenied</Code><Message>Access denied.</Message></Error>';
    return { kind: 'text', status: 403, type: 'application/xml', body: error };
  }
  stored.add(key);
  return { kind: 'text', status: 200, body: '' };
}

/** The first two polls of some scenarios are answered by somebody else. */
function brokenPoll(job: Job | null): Reply | null {
  if (!job || job.polls > 2) return null;
  if (job.scenario === 'debt_while_polling') {
    return refuse({ status: 400, code: 'Arrearage', message: 'Access denied, please check your account.' });
  }
  if (job.scenario !== 'garbage_poll') return null;
  return job.polls === 1 ? { kind: 'hang_up', after: 'headers' } : page(502, '502 Bad Gateway');
}

function ask(jobs: Jobs, job: Job | null, { origin }: Call): Fields {
  if (!job || job.scenario === 'vanishes') return { task_status: 'UNKNOWN' };
  if (job.cancelled) return { task_status: 'CANCELED' };
  const state = jobs.poll(job);
  if (state !== 'over') return { task_status: waiting(job.scenario, state) };
  const failure = FAILURES[job.scenario ?? ''];
  if (failure) return { task_status: 'FAILED', code: failure.code, message: failure.message };
  switch (job.scenario) {
    case 'no_code':
      return { task_status: 'FAILED', message: 'Input data may contain inappropriate content.' };
    case 'cancelled':
      return { task_status: 'CANCELED' };
    default:
      return { task_status: 'SUCCEEDED', ...resultOf(job, origin) };
  }
}

function waiting(scenario: string | null, state: JobState): string {
  if (scenario === 'suspended') return 'SUSPENDED';
  if (scenario === 'unknown_state') return 'PONDERING';
  return state === 'queued' ? 'PENDING' : 'RUNNING';
}

function resultOf({ scenario, input }: Job, origin: string): Fields {
  const { sort, parameters } = input;
  const n = isRecord(parameters) && typeof parameters.n === 'number' ? parameters.n : 1;
  const count = scenario === 'empty' ? 0 : n;
  const url = `${origin}/media/picture.png`;
  const failed = { code: 'DataInspectionFailed', message: 'Output data may contain inappropriate content.' };
  switch (sort) {
    case 'clip':
      return count === 0 ? {} : { video_url: `${origin}/media/clip.mp4` };
    case 'batch': {
      const results = Array.from({ length: count }, () => (scenario === 'none' ? failed : { url }));
      return { results: scenario === 'some' ? [failed, ...results] : results };
    }
    default: {
      const content = Array.from({ length: count }, () => ({ image: url }));
      return { choices: [{ finish_reason: 'stop', message: { role: 'assistant', content } }] };
    }
  }
}

function cancel(job: Job | null): Reply {
  if (!job || job.polls > 1) {
    const message = 'Failed to cancel the task, please confirm if the task is in PENDING status.';
    return refuse({ status: 400, code: 'UnsupportedOperation', message });
  }
  job.cancelled = true;
  return json(200, { request_id: 'sandbox' });
}

function promptIn({ prompt, messages }: Fields): unknown {
  return typeof prompt === 'string' ? prompt : JSON.stringify(messages ?? null);
}

function invalid(message: string): DashScopeError {
  return { status: 400, code: 'InvalidParameter', message };
}

function refuse({ status, code, message }: DashScopeError): Reply {
  return json(status, { request_id: 'sandbox', code, message });
}

function page(status: number, title: string): Reply {
  return { kind: 'text', status, type: 'text/html', body: `<html><body><h1>${title}</h1></body></html>` };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
