/** Replicate's predictions API. Facts from its OpenAPI document, its clients' sources and captured answers. */
import { json, type ProviderEmulator, type Reply, type Scenario, scenarioIn } from './emulator.ts';
import { type Job, Jobs } from './jobs.ts';
import { serveMedia } from './media.ts';

type Ends = Exclude<Scenario['ends'], 'completed'>;

interface Failure {
  readonly description: string;
  readonly ends: Ends;
}

/** The free text of `error` on a failed prediction. */
const ERRORS: Readonly<Record<string, Failure & { readonly error: string }>> = {
  policy: {
    error: 'The input or output was flagged as sensitive. Please try again with different inputs. (E005)',
    description: 'An official model refuses with E005.',
    ends: { code: 'content_policy_violation', subtype: 'general' },
  },
  nsfw: {
    error: 'NSFW content detected. Try running it again, or try a different prompt.',
    description: 'A community model refuses in its own words.',
    ends: { code: 'content_policy_violation', subtype: 'adult' },
  },
  demand: {
    error: 'Service is currently unavailable due to high demand. Please try again later. (E003)',
    description: 'An official model is overloaded, E003.',
    ends: { code: 'resource_exhausted' },
  },
  bad_input: {
    error: 'The input was invalid. Please check your input. (E006)',
    description: 'An official model refuses the input, E006.',
    ends: { code: 'invalid_parameters' },
  },
  interrupted: {
    error: 'Prediction interrupted; please retry (code: PA)',
    description: 'The platform interrupts a prediction.',
    ends: { code: 'service_error' },
  },
  gpu_memory: {
    error: 'CUDA out of memory. Tried to allocate 2.00 GiB',
    description: 'The accelerator is full.',
    ends: { code: 'resource_exhausted' },
  },
  director: {
    error: 'Director: unexpected error handling prediction (E9828)',
    description: 'The scheduler fails.',
    ends: { code: 'service_error' },
  },
};

/** What creating a prediction is answered with. */
const REFUSALS: Readonly<Record<string, Failure & { readonly status: number; readonly body: unknown }>> = {
  bad_key: {
    status: 401,
    body: { title: 'Unauthenticated', detail: 'You did not pass a valid authentication token', status: 401 },
    description: 'The token is wrong.',
    ends: { code: 'service_unavailable' },
  },
  no_credit: {
    status: 402,
    body: {
      title: 'Insufficient credit',
      detail: 'You have insufficient credit to run this model.',
      status: 402,
    },
    description: 'The account is out of credit.',
    ends: { code: 'quota_exceeded', subtype: 'account_quota' },
  },
  throttled: {
    status: 429,
    body: {
      detail: 'Request was throttled. Your rate limit for creating predictions resets in ~8s.',
      status: 429,
    },
    description: 'Too many predictions a minute.',
    ends: { code: 'quota_exceeded', subtype: 'rate_limit' },
  },
  invalid: {
    status: 422,
    body: {
      title: 'Input validation failed',
      detail: '- input.prompt: is required\n',
      status: 422,
      invalid_fields: [{ type: 'required', field: 'input.prompt', description: 'prompt is required' }],
    },
    description: 'The input breaks the model schema.',
    ends: { code: 'invalid_parameters' },
  },
};

const OTHERS: readonly Scenario[] = [
  {
    name: 'aborted',
    description: 'The prediction ends before it ever started.',
    ends: { code: 'request_cancelled' },
  },
  {
    name: 'no_output',
    description: 'A success without output.',
    ends: { code: 'generation_failed_no_content', subtype: 'empty_result' },
  },
  {
    name: 'lost_answer',
    description: 'The prediction is made and the answer is lost.',
    ends: { code: 'service_error' },
  },
  { name: 'garbage_poll', description: 'Two polls break; the prediction goes on.', ends: 'completed' },
  { name: 'unknown_state', description: 'Two polls report a state nobody knows.', ends: 'completed' },
  {
    name: 'vanishes',
    description: 'The prediction is gone when polled.',
    ends: { code: 'resource_not_found' },
  },
];

export function createReplicate(): ProviderEmulator {
  const jobs = new Jobs('replicate-');
  return {
    provider: 'replicate',
    scenarios: [
      ...[ERRORS, REFUSALS].flatMap((table) =>
        Object.entries<Failure>(table).map(([name, { description, ends }]) => ({ name, description, ends })),
      ),
      ...OTHERS,
    ],
    jobsMade: () => jobs.made,
    answer(call) {
      const media = serveMedia(call);
      if (media) return media;
      if (!/^(Bearer|Token) \S+$/.test(call.headers.authorization ?? '')) return refused('bad_key');
      const path = call.path.replace(/^\/v1/, '');
      if (
        call.method === 'POST' &&
        /^(\/models\/[^/]+\/[^/]+|\/deployments\/[^/]+\/[^/]+)?\/predictions$/.test(path)
      ) {
        return create(jobs, call.path, call.body, call.origin);
      }
      const about = /^\/predictions\/([^/]+)(\/cancel)?$/.exec(path);
      const job = jobs.find(about?.[1]);
      if (!about || !job || job.scenario === 'vanishes') {
        return json(404, { detail: 'The requested resource could not be found.', status: 404 });
      }
      if (about[2] !== undefined && call.method === 'POST') {
        job.cancelled = true;
        return json(200, prediction(job, 'canceled', call.origin));
      }
      return get(jobs, job, call.origin);
    },
  };
}

function create(jobs: Jobs, path: string, body: unknown, origin: string): Reply {
  const input = typeof body === 'object' && body !== null && 'input' in body ? body.input : null;
  if (typeof input !== 'object' || input === null) return refused('invalid');
  const scenario = scenarioIn((input as Record<string, unknown>).prompt);
  if (scenario !== null && scenario in REFUSALS) return refused(scenario);
  const job = jobs.make(scenario, { ...input, [MADE_BY]: path });
  if (scenario === 'lost_answer') return { kind: 'hang_up', after: 'nothing' };
  return json(201, prediction(job, 'starting', origin));
}

function get(jobs: Jobs, job: Job, origin: string): Reply {
  if (job.cancelled) return json(200, prediction(job, 'canceled', origin));
  const state = jobs.poll(job);
  if (state !== 'over') {
    if (job.scenario === 'garbage_poll')
      return { kind: 'hang_up', after: state === 'queued' ? 'headers' : 'nothing' };
    const name =
      job.scenario === 'unknown_state' ? 'pondering' : state === 'queued' ? 'starting' : 'processing';
    return json(200, prediction(job, name, origin));
  }
  if (job.scenario === 'aborted') return json(200, prediction(job, 'aborted', origin));
  const failure = job.scenario === null ? undefined : ERRORS[job.scenario];
  if (failure) return json(200, { ...prediction(job, 'failed', origin), error: failure.error });
  const output = job.scenario === 'no_output' ? [] : [`${origin}/media/${fileOf(job)}`];
  return json(200, { ...prediction(job, 'succeeded', origin), output });
}

/** Where a job remembers the address it was made at, which names the model. */
const MADE_BY = 'sandbox:path';

const inputOf = ({ input: { [MADE_BY]: _path, ...input } }: Job) => input;

/** Real models know what they make; here their names tell. */
function fileOf(job: Job): string {
  const path = String(job.input[MADE_BY]);
  if (/audio|lyria|music|speech/.test(path)) return 'tone.mp3';
  return /video|veo|seedance|kling|hailuo|wan-/.test(path) ? 'clip.mp4' : 'picture.png';
}

function prediction(job: Job, status: string, origin: string) {
  const base = `${origin}/v1/predictions/${job.id}`;
  return {
    id: job.id,
    model: 'owner/name',
    version: 'hidden',
    input: inputOf(job),
    logs: '',
    output: null as unknown,
    error: null as string | null,
    status,
    created_at: '2026-01-01T00:00:00.000Z',
    urls: { get: base, cancel: `${base}/cancel` },
  };
}

function refused(name: keyof typeof REFUSALS & string): Reply {
  const refusal = REFUSALS[name];
  return refusal ? json(refusal.status, refusal.body) : json(500, { detail: 'no such scenario' });
}
