/**
 * Kling's job API: create, and look by the job's id or by one's own. Facts from its API documents and from answers that users have
 * shown. Errors are numbers in an envelope; a failed job is a success that holds a sentence. Nothing can be cancelled.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Call, json, type ProviderEmulator, type Reply, scenarioIn } from './emulator.ts';
import { type Job, Jobs } from './jobs.ts';
import { envelope, FAILURES, REFUSALS, SCENARIOS } from './kling-scenarios.ts';
import { serveMedia } from './media.ts';

/** The pair whose tokens are checked to the last bit; other keys are taken as they are, as newer single keys. */
export const KLING_SANDBOX_PAIR = {
  accessKey: 'sandbox-access-key',
  secretKey: 'sandbox-secret-key',
} as const;

const PATHS =
  /^\/v1\/(videos\/(?:text2video|image2video|multi-image2video|omni-video)|images\/(?:generations|omni-image))(?:\/([^/]+))?$/;

interface State {
  readonly jobs: Jobs;
  /** Own ids of jobs, which must be unique in the account. */
  readonly owned: Map<string, string>;
  /** Prompts whose token was called expired once. */
  readonly expired: Set<string>;
}

export function createKling(): ProviderEmulator {
  const state: State = { jobs: new Jobs('8479030281936'), owned: new Map(), expired: new Set() };
  return {
    provider: 'kling',
    scenarios: SCENARIOS,
    jobsMade: () => state.jobs.made,
    answer: (call) => serveMedia(call) ?? answerApi(state, call),
  };
}

function answerApi(state: State, call: Call): Reply {
  const token = /^Bearer (\S+)$/.exec(call.headers.authorization ?? '')?.[1];
  if (token === undefined) return refused('auth_empty');
  if (token.split('.').length === 3 && !isSigned(token)) return refused('auth_failed');
  const [, kind, id] = PATHS.exec(call.path) ?? [];
  if (kind === undefined) return refused('no_model');
  if (call.method === 'POST' && id === undefined) return create(state, call, kind);
  if (call.method === 'GET' && id !== undefined) return look(state, call, kind, decodeURIComponent(id));
  return refused('bad_method');
}

function create(state: State, call: Call, kind: string): Reply {
  const input =
    typeof call.body === 'object' && call.body !== null ? (call.body as Record<string, unknown>) : {};
  if (typeof input.prompt !== 'string') return envelope(400, 1201, 'prompt cannot be empty');
  if (input.duration !== undefined && typeof input.duration !== 'string') return refused('bad_request');
  if (JSON.stringify(input).includes('"data:')) return refused('bad_base64');
  const scenario = scenarioIn(input.prompt);
  if (scenario !== null && scenario in REFUSALS) return refused(scenario);
  if (scenario === 'expired_token' && !state.expired.has(input.prompt)) {
    state.expired.add(input.prompt);
    return envelope(401, 1004, 'Authorization has expired');
  }
  const own = typeof input.external_task_id === 'string' ? input.external_task_id : null;
  if (scenario === 'id_refused') return envelope(400, 1201, 'external_task_id is too long');
  if (scenario === 'lost_request') return { kind: 'hang_up', after: 'nothing' };
  if (own !== null && state.owned.has(own)) return exists(own);
  return made(state, input, kind, call, scenario);
}

function made(
  state: State,
  input: Record<string, unknown>,
  kind: string,
  call: Call,
  scenario: string | null,
): Reply {
  const job = state.jobs.make(scenario, { ...input, kind });
  const own = typeof input.external_task_id === 'string' ? input.external_task_id : null;
  if (own !== null) state.owned.set(own, job.id);
  switch (scenario) {
    case 'already_exists':
      return exists(String(own));
    case 'lost_answer':
      return { kind: 'hang_up', after: 'nothing' };
    case 'garbage_answer':
      return { kind: 'text', status: 200, body: '{"code":0,"message":"SUCCEED","da' };
    default:
      return found(job, 'submitted', call);
  }
}

/** By either id, but only under the kind it was made as. */
function look(state: State, call: Call, kind: string, id: string): Reply {
  const job = state.jobs.find(state.owned.get(id) ?? id);
  if (!job || job.input.kind !== kind || job.scenario === 'vanishes') {
    return envelope(400, 1201, `Task not found by ${state.owned.has(id) ? 'external id' : 'id'}`);
  }
  const at = state.jobs.poll(job);
  if (at !== 'over') {
    if (job.scenario === 'garbage_poll')
      return at === 'queued'
        ? { kind: 'hang_up', after: 'headers' }
        : { kind: 'text', status: 502, body: '<html>' };
    if (job.scenario === 'poll_refused') return refused(at === 'queued' ? 'parallel' : 'bad_key');
    if (job.scenario === 'unknown_state') return found(job, 'pondering', call);
    return found(job, at === 'queued' ? 'submitted' : 'processing', call);
  }
  if (job.scenario !== null && job.scenario in FAILURES) return found(job, 'failed', call);
  return found(job, job.scenario === 'new_words' ? 'succeeded' : 'succeed', call);
}

function found(job: Job, status: string, call: Call): Reply {
  const failure = status === 'failed' && job.scenario !== null ? FAILURES[job.scenario]?.message : undefined;
  const data = {
    task_id: job.id,
    task_status: status,
    ...(failure === undefined ? {} : { task_status_msg: failure }),
    task_info: { external_task_id: job.input.external_task_id },
    created_at: 1_722_769_557_708,
    updated_at: 1_722_769_557_708,
    ...(/^succeed/.test(status) ? { task_result: resultOf(job, call.origin) } : {}),
  };
  if (job.scenario === 'texts') return json(200, { code: '0', message: 'SUCCEED', request_id: '1', data });
  return envelope(200, 0, 'SUCCEED', data);
}

function resultOf(job: Job, origin: string) {
  const isVideo = String(job.input.kind).startsWith('videos');
  if (job.scenario === 'no_output') return isVideo ? { videos: [] } : { images: [] };
  if (isVideo) return { videos: [{ id: `${job.id}-1`, url: `${origin}/media/clip.mp4`, duration: '5.1' }] };
  const count = typeof job.input.n === 'number' ? job.input.n : 1;
  return {
    images: Array.from({ length: count }, (_, index) => ({ index, url: `${origin}/media/picture.png` })),
  };
}

function exists(own: string): Reply {
  return envelope(400, 1201, `External_task_id ${own} already exists`);
}

function isSigned(token: string): boolean {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const { iss, exp, nbf } = decoded(claims);
  const { alg } = decoded(header);
  if (alg !== 'HS256' || typeof exp !== 'number' || typeof nbf !== 'number' || exp - nbf > 3_600)
    return false;
  if (iss !== KLING_SANDBOX_PAIR.accessKey) return false;
  const hash = createHmac('sha256', KLING_SANDBOX_PAIR.secretKey).update(`${header}.${claims}`).digest();
  const given = Buffer.from(signature, 'base64url');
  return given.length === hash.length && timingSafeEqual(given, hash);
}

function decoded(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function refused(name: string): Reply {
  return REFUSALS[name]?.reply ?? envelope(500, 5000, 'no such scenario');
}
