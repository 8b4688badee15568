/**
 * MiniMax's two interfaces: /v1 for Hailuo's clips (create, look, retrieve the file) and for pictures (one call that waits), /v2 for
 * MiniMax-H3. Facts from its API documents, its own command-line tool and captured answers.
 */
import { type Call, json, type ProviderEmulator, type Reply, type Scenario, scenarioIn } from './emulator.ts';
import { type Job, Jobs } from './jobs.ts';
import { mediaBytes, serveMedia } from './media.ts';
import {
  CLIP_FAILURES,
  enveloped,
  H3_FAILURES,
  H3_REFUSALS,
  h3Error,
  MINIMAX_SCENARIOS,
  REFUSALS,
} from './minimax-scenarios.ts';

interface State {
  readonly jobs: Jobs;
  /** How often the link of a job's file was asked for. */
  readonly asked: Map<string, number>;
}

type Body = Record<string, unknown>;

export function createMinimax(): ProviderEmulator {
  const state: State = { jobs: new Jobs('17684386271648'), asked: new Map() };
  return {
    provider: 'minimax',
    scenarios: everyScenario(),
    jobsMade: () => state.jobs.made,
    answer: (call) =>
      serveMedia(call) ?? (call.path.startsWith('/v2/') ? second(state, call) : first(state, call)),
  };
}

/** One of each name; where a name is known to several interfaces it means the same. */
function everyScenario(): Scenario[] {
  const { clips, pictures, h3 } = MINIMAX_SCENARIOS;
  return [...new Map([...h3, ...pictures, ...clips].map((scenario) => [scenario.name, scenario])).values()];
}

function first(state: State, call: Call): Reply {
  if (!isBearer(call)) return refused('bad_key');
  const body = bodyOf(call);
  switch (`${call.method} ${call.path}`) {
    case 'POST /v1/video_generation':
      return createClip(state, body);
    case 'GET /v1/query/video_generation':
      return lookAtClip(state, call.query.get('task_id') ?? '');
    case 'GET /v1/files/retrieve':
      return retrieve(state, call.query.get('file_id') ?? '', call.origin);
    case 'POST /v1/image_generation':
      return makePicture(state, body, call.origin);
    default:
      return { kind: 'text', status: 404, body: '404 page not found' };
  }
}

function createClip(state: State, body: Body): Reply {
  const { prompt, model, duration } = body;
  if (typeof model !== 'string') return enveloped(2013, 'invalid params, empty field', { task_id: '' });
  if (duration !== undefined && duration !== 6 && duration !== 10) {
    return enveloped(2013, 'invalid params, duration must be 6 or 10', { task_id: '' });
  }
  const scenario = scenarioIn(prompt);
  if (scenario !== null && scenario in REFUSALS) return refused(scenario, { task_id: '' });
  const job = state.jobs.make(scenario, body);
  return afterMaking(job, () => enveloped(0, 'success', { task_id: job.id }));
}

function lookAtClip(state: State, id: string): Reply {
  const job = state.jobs.find(id);
  if (!job || job.scenario === 'vanishes') {
    return enveloped(2013, 'invalid params, invalid task_id', { task_id: '', status: '', file_id: '' });
  }
  const at = state.jobs.poll(job);
  if (at !== 'over') {
    const broken = brokenPoll(job, at);
    if (broken) return broken;
    if (job.scenario === 'poll_refused') return refused(at === 'queued' ? 'rate' : 'bad_key');
    const names = { queued: 'Preparing', running: 'Processing' } as const;
    return enveloped(0, 'success', {
      task_id: id,
      status: job.scenario === 'unknown_state' ? 'Unknown' : names[at],
    });
  }
  const failure = job.scenario === null ? undefined : CLIP_FAILURES[job.scenario];
  if (failure) return enveloped(failure.code, failure.message, { task_id: id, status: 'Fail', file_id: '' });
  const file_id = job.scenario === 'no_output' ? '' : `2${id}`;
  return enveloped(0, 'success', {
    task_id: id,
    status: 'Success',
    file_id,
    video_width: 64,
    video_height: 64,
  });
}

function retrieve(state: State, fileId: string, origin: string): Reply {
  const job = state.jobs.find(fileId.slice(1));
  if (!job) return enveloped(2013, 'invalid params, invalid file_id');
  const asked = (state.asked.get(job.id) ?? 0) + 1;
  state.asked.set(job.id, asked);
  if (job.scenario === 'file_busy' && asked <= 2)
    return enveloped(asked === 1 ? 1013 : 1004, 'internal service error');
  if (job.scenario === 'file_refused') return enveloped(2013, 'invalid params, invalid file purpose');
  const download_url = `${origin}/media/clip.mp4`;
  return enveloped(0, 'success', {
    file: { file_id: fileId, bytes: 1, purpose: 'video_generation', download_url },
  });
}

function makePicture(state: State, body: Body, origin: string): Reply {
  const { prompt, n = 1 } = body;
  if (typeof prompt !== 'string') return enveloped(2013, 'invalid params, empty field');
  const scenario = scenarioIn(prompt);
  if (scenario !== null && scenario in REFUSALS) return refused(scenario);
  const job = state.jobs.make(scenario, body);
  const wanted = Number(n);
  const made = { blocked: 0, partly_blocked: 1, no_picture: 0 }[scenario ?? ''] ?? wanted;
  const failed = scenario === 'no_picture' ? 0 : scenario === 'partly_blocked' ? 1 : wanted - made;
  return afterMaking(job, () => {
    const data =
      scenario === 'inline'
        ? { image_base64: [mediaBytes('/media/picture.png').toString('base64')] }
        : { image_urls: Array.from({ length: made }, () => `${origin}/media/picture.png`) };
    const metadata = { success_count: String(made), failed_count: String(failed) };
    return enveloped(0, 'success', { id: job.id, data, metadata });
  });
}

function second(state: State, call: Call): Reply {
  if (!isBearer(call)) return H3_REFUSALS.bad_key?.reply ?? notFound();
  if (call.method === 'POST' && call.path === '/v2/video_generation') return createH3(state, bodyOf(call));
  const id = /^\/v2\/(?:query\/)?video_generation\/([^/]+)$/.exec(call.path)?.[1];
  if (id === undefined) return notFound();
  const job = state.jobs.find(id);
  if (!job || job.scenario === 'vanishes') {
    return h3Error(400, 'bad_request_error', 'invalid params, invalid task_id (2013)');
  }
  if (call.method === 'DELETE') return takeBack(job);
  return lookAtH3(state, job, call.origin);
}

function createH3(state: State, body: Body): Reply {
  const content = Array.isArray(body.content) ? (body.content as Body[]) : [];
  const text = content.find((item) => item.type === 'text')?.text;
  if (typeof text !== 'string' || text === '') return H3_REFUSALS.bad_request?.reply ?? notFound();
  const scenario = scenarioIn(text);
  const refusal = scenario === null ? undefined : H3_REFUSALS[scenario];
  if (refusal) return refusal.reply;
  const job = state.jobs.make(scenario, body);
  return afterMaking(job, () => json(200, { task_id: job.id }));
}

function lookAtH3(state: State, job: Job, origin: string): Reply {
  const task = (status: string, rest: Body = {}) => json(200, { task: { id: job.id, status, ...rest } });
  if (job.cancelled) return task('cancelled');
  const at = state.jobs.poll(job);
  if (at !== 'over') {
    const broken = brokenPoll(job, at);
    if (broken) return broken;
    if (job.scenario === 'poll_refused')
      return H3_REFUSALS[at === 'queued' ? 'rate' : 'overloaded']?.reply ?? notFound();
    return task(job.scenario === 'unknown_state' ? 'pondering' : at);
  }
  if (job.scenario === 'taken_back') return task('cancelled');
  if (job.scenario === 'expires') return task('expired');
  const failure = job.scenario === null ? undefined : H3_FAILURES[job.scenario];
  if (failure) return task('failed', { error: { code: failure.code, message: failure.message } });
  return task('succeeded', {
    content: job.scenario === 'no_output' ? {} : { url: `${origin}/media/clip.mp4` },
  });
}

function takeBack(job: Job): Reply {
  if (job.polls === 2) return h3Error(400, 'bad_request_error', 'invalid params, task is running (2013)');
  job.cancelled = true;
  return json(200, { task_id: job.id });
}

function afterMaking(job: Job, answer: () => Reply): Reply {
  if (job.scenario === 'lost_answer') return { kind: 'hang_up', after: 'nothing' };
  if (job.scenario === 'garbage_answer') return { kind: 'text', status: 200, body: '{"task_id":"1768' };
  return answer();
}

function brokenPoll(job: Job, at: 'queued' | 'running'): Reply | null {
  if (job.scenario !== 'garbage_poll') return null;
  if (at === 'queued') return { kind: 'hang_up', after: 'headers' };
  return { kind: 'text', status: 502, type: 'text/html', body: '<html><body>502 Bad Gateway</body></html>' };
}

function refused(name: string, rest: Body = {}): Reply {
  const refusal = REFUSALS[name];
  return refusal ? enveloped(refusal.code, refusal.message, rest) : enveloped(1000, 'no such scenario', rest);
}

function notFound(): Reply {
  return { kind: 'text', status: 404, body: '404 page not found' };
}

function isBearer(call: Call): boolean {
  return /^Bearer \S+$/.test(call.headers.authorization ?? '');
}

function bodyOf(call: Call): Body {
  return typeof call.body === 'object' && call.body !== null ? (call.body as Body) : {};
}
