/**
 * Ark's data plane: Seedance tasks (create, ask, list, cancel) and Seedream pictures (one answer). Facts from the video and image
 * generation pages of volcengine.com/docs/82379. Like Ark it refuses fields and values that do not fit.
 */
import { type ArkError, arkScenarios, CLIP_FAILURES, PICTURE_FAILURES, REFUSALS } from './ark-scenarios.ts';
import { type Call, json, type ProviderEmulator, type Reply, scenarioIn } from './emulator.ts';
import { type Job, Jobs } from './jobs.ts';
import { serveMedia } from './media.ts';

const CLIP_JOB = 'cgt-';
const TASKS = '/contents/generations/tasks';
const TYPES: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  429: 'TooManyRequests',
};
const RATIOS = ['16:9', '4:3', '1:1', '3:4', '9:16', '21:9', 'adaptive'];
const CLIP_FIELDS = new Set([
  ...['model', 'content', 'ratio', 'resolution', 'duration', 'frames', 'seed', 'camera_fixed', 'watermark'],
  ...['generate_audio', 'service_tier', 'return_last_frame', 'draft', 'priority', 'output_format', 'tools'],
  ...['execution_expires_after', 'callback_url', 'safety_identifier'],
]);
const ROLES: Readonly<Record<string, readonly string[]>> = {
  text: [],
  image_url: ['first_frame', 'last_frame', 'reference_image'],
  video_url: ['reference_video'],
  audio_url: ['reference_audio'],
};

interface World {
  readonly clips: Jobs;
  readonly pictures: Jobs;
}

export function createArk(scenariosOf: 'clips' | 'pictures' | 'all' = 'all'): ProviderEmulator {
  const world: World = { clips: new Jobs(CLIP_JOB), pictures: new Jobs('picture-') };
  return {
    provider: 'ark',
    scenarios: arkScenarios(scenariosOf),
    jobsMade: () => world.clips.made + world.pictures.made,
    answer: (call) => serveMedia(call) ?? answer(world, call),
  };
}

function answer(world: World, call: Call): Reply {
  if (!/^Bearer \S+$/.test(call.headers.authorization ?? '')) {
    return refuse(401, { code: 'AuthenticationError', message: 'The API key in the request is missing.' });
  }
  const path = call.path.replace(/^\/api\/v3/, '');
  if (call.method === 'POST' && path === TASKS) return createClip(world, call);
  if (call.method === 'POST' && path === '/images/generations') return createPictures(world, call);
  if (call.method === 'GET' && path === TASKS) return list(world.clips, call.query);
  const id = path.startsWith(`${TASKS}/`) ? path.slice(TASKS.length + 1) : undefined;
  const job = world.clips.find(id);
  if (!job || job.scenario === 'vanishes') return gone(id);
  if (call.method === 'GET') return ask(world.clips, job, call.origin);
  return call.method === 'DELETE' ? cancel(job) : refuse(405, notValid('method', 'not allowed'));
}

function createClip({ clips }: World, { body }: Call): Reply {
  if (!isRecord(body))
    return refuse(400, { code: 'InvalidParameter', message: 'Error when parsing request' });
  const wrong = clipFault(body);
  if (wrong) return refuse(400, wrong);
  const scenario = scenarioIn(textOf(body.content));
  return made(scenario, () => {
    const job = clips.make(scenario, body);
    return json(200, { id: job.id });
  });
}

function createPictures({ pictures }: World, { body, origin }: Call): Reply {
  if (!isRecord(body))
    return refuse(400, { code: 'InvalidParameter', message: 'Error when parsing request' });
  const wrong = pictureFault(body);
  if (wrong) return refuse(400, wrong);
  const scenario = scenarioIn(body.prompt);
  return made(scenario, () => {
    pictures.make(scenario, body);
    return json(200, { model: body.model, created: 1_767_225_600, ...pictureAnswer(body, scenario, origin) });
  });
}

/** Refused, made, or made with the answer lost. */
function made(scenario: string | null, make: () => Reply): Reply {
  const refusal = scenario === null ? undefined : REFUSALS[scenario];
  if (refusal) return refuse(refusal.status, refusal);
  if (scenario === 'bad_gateway') return page(502, '502 Bad Gateway');
  const reply = make();
  if (scenario === 'lost_answer') return { kind: 'hang_up', after: 'nothing' };
  if (scenario === 'half_answer') return { kind: 'hang_up', after: 'headers' };
  return scenario === 'garbage' ? page(200, 'Welcome') : reply;
}

function pictureAnswer(body: Readonly<Record<string, unknown>>, scenario: string | null, origin: string) {
  const group = body.sequential_image_generation_options;
  const most = isRecord(group) && typeof group.max_images === 'number' ? group.max_images : 1;
  const picture = { url: `${origin}/media/picture.png`, size: '2048x2048' };
  const failure = PICTURE_FAILURES[scenario ?? ''];
  const blocked = { error: errorOf(failure ?? PICTURE_FAILURES.picture_policy) };
  if (scenario === 'empty') return { data: [] };
  if (scenario === 'none') return { data: [], ...blocked };
  const data = Array.from({ length: most }, () => (failure ? blocked : picture));
  return { data: scenario === 'some' ? [blocked, ...data] : data, usage: { generated_images: data.length } };
}

function ask(clips: Jobs, job: Job, origin: string): Reply {
  if (job.cancelled) return json(200, { ...record(job), status: 'cancelled' });
  const state = clips.poll(job);
  if (state !== 'over') {
    const isFirst = state === 'queued';
    if (job.scenario === 'garbage_poll') {
      return isFirst ? { kind: 'hang_up', after: 'headers' } : page(502, '502 Bad Gateway');
    }
    if (job.scenario === 'busy_poll') {
      return refuse(429, { code: 'FlowLimitExceeded', message: 'The request flow limit was exceeded.' });
    }
    if (job.scenario === 'unknown_state') return json(200, { ...record(job), status: 'pondering' });
    return json(200, { ...record(job), status: isFirst ? 'queued' : 'running' });
  }
  return json(200, { ...record(job), ...endOf(job.scenario, origin) });
}

function endOf(scenario: string | null, origin: string) {
  const failure = CLIP_FAILURES[scenario ?? ''];
  if (failure) return { status: 'failed', error: errorOf(failure) };
  switch (scenario) {
    case 'expired':
    case 'cancelled':
      return { status: scenario };
    case 'no_reason':
      return { status: 'failed' };
    case 'empty':
      return { status: 'succeeded', content: {} };
    default:
      return { status: 'succeeded', content: { video_url: `${origin}/media/clip.mp4` }, duration: '5' };
  }
}

function record({ id, input }: Job) {
  const { model, seed, ratio, resolution } = input;
  return { id, model, seed, ratio, resolution, created_at: 1_767_225_600, updated_at: 1_767_225_601 };
}

function list(clips: Jobs, query: URLSearchParams): Reply {
  const size = Number(query.get('page_size') ?? 10);
  const number = Number(query.get('page_num') ?? 1);
  if (!(size >= 1 && size <= 500)) return refuse(400, notValid('page_size', 'must be 1 to 500'));
  const newestFirst = Array.from({ length: clips.made }, (_, made) =>
    clips.find(`${CLIP_JOB}${clips.made - made}`),
  );
  const page = newestFirst.slice((number - 1) * size, number * size);
  const items = page.flatMap((job) => (job ? [{ ...record(job), status: 'running' }] : []));
  return json(200, { total: clips.made, items });
}

function cancel(job: Job): Reply {
  if (job.polls > 1) return refuse(409, { code: 'TaskRunningCannotCancel', message: 'The task is running.' });
  job.cancelled = true;
  return json(200, {});
}

function clipFault(body: Readonly<Record<string, unknown>>): ArkError | null {
  for (const name of ['model', 'content']) {
    if (body[name] === undefined) return missing(name);
  }
  const stranger = Object.keys(body).find((name) => !CLIP_FIELDS.has(name));
  if (stranger !== undefined) return notValid(stranger, 'must be empty');
  const { content, ratio, duration, seed } = body;
  if (ratio !== undefined && !RATIOS.includes(String(ratio))) return notValid('ratio', 'is not supported');
  if (duration !== undefined && !Number.isInteger(duration))
    return notValid('duration', 'must be an integer');
  if (seed !== undefined && !Number.isInteger(seed)) return notValid('seed', 'must be an integer');
  if (!Array.isArray(content)) return notValid('content', 'must be a list');
  const at = content.findIndex((part) => !isPart(part));
  return at === -1 ? null : notValid(`content[${at}]`, 'is not a part of content');
}

function isPart(part: unknown): boolean {
  if (!isRecord(part)) return false;
  const roles = ROLES[String(part.type)];
  if (!roles || (part.role !== undefined && !roles.includes(String(part.role)))) return false;
  const value = part[String(part.type)];
  return typeof (isRecord(value) ? value.url : value) === 'string';
}

function pictureFault(body: Readonly<Record<string, unknown>>): ArkError | null {
  for (const name of ['model', 'prompt']) {
    if (body[name] === undefined) return missing(name);
  }
  const { size, model } = body;
  const pixels = /^(\d+)x(\d+)$/.exec(String(size));
  if (size !== undefined && !pixels && !/^[1-4]k$/i.test(String(size))) {
    return notValid('size', "size must be one of 'WIDTHxHEIGHT', '2k', '3k', or '4k'.");
  }
  if (pixels && String(model).includes('-4-5') && Number(pixels[1]) * Number(pixels[2]) < 3_686_400) {
    return notValid('size', 'image size must be at least 3686400 pixels.');
  }
  return null;
}

function gone(id: string | undefined): Reply {
  return refuse(404, { code: 'ResourceNotFound', message: `The specified task ${id} is not found.` });
}

function missing(name: string): ArkError {
  return {
    code: 'MissingParameter',
    message: `The request failed because it is missing \`${name}\` parameter.`,
  };
}

function notValid(name: string, why: string): ArkError {
  const message = `The parameter \`${name}\` specified in the request is not valid: ${why}`;
  return { code: 'InvalidParameter', message };
}

function refuse(status: number, { code, message }: ArkError): Reply {
  const error = { code, message: `${message} Request id: 0217sandbox`, param: '', type: TYPES[status] ?? '' };
  return json(status, { error }, { server: 'istio-envoy' });
}

function errorOf(error: ArkError | undefined) {
  return { code: error?.code ?? 'InternalServiceError', message: error?.message ?? '' };
}

function page(status: number, title: string): Reply {
  return { kind: 'text', status, type: 'text/html', body: `<html><body><h1>${title}</h1></body></html>` };
}

function textOf(content: unknown): unknown {
  const text: unknown = Array.isArray(content)
    ? content.find((part) => isRecord(part) && part.type === 'text')
    : null;
  return isRecord(text) ? text.text : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
