/**
 * fal's queue API: submit, status, result, cancel. Facts from fal.ai's documentation of the queue, of model errors and of request
 * errors. A failed job is COMPLETED; its reason is only in the answer to the result call.
 */
import { json, type ProviderEmulator, type Reply, type Scenario, scenarioIn } from './emulator.ts';
import { type Job, Jobs } from './jobs.ts';
import { serveMedia } from './media.ts';

/** What the runner answers at the result call, by scenario. */
const RESULTS: Readonly<
  Record<string, { readonly reply: Reply; readonly scenario: Omit<Scenario, 'name'> }>
> = {
  policy: model(
    422,
    'content_policy_violation',
    'The content could not be processed because it contained material flagged by a content checker.',
    {
      code: 'content_policy_violation',
    },
  ),
  no_media: model(422, 'no_media_generated', 'No media was generated.', {
    code: 'generation_failed_no_content',
    subtype: 'empty_result',
  }),
  download: model(422, 'file_download_error', 'Failed to download the file.', {
    code: 'image_processing_error',
    subtype: 'url_inaccessible',
  }),
  broken_image: model(422, 'image_load_error', 'Failed to load the image.', {
    code: 'image_processing_error',
    subtype: 'corrupted',
  }),
  small_image: model(
    422,
    'image_too_small',
    'Image too small.',
    { code: 'invalid_parameters', subtype: 'image_dimension' },
    { min_width: 300, min_height: 300 },
  ),
  big_file: model(
    422,
    'file_too_large',
    'File too large.',
    { code: 'invalid_parameters', subtype: 'file_too_large' },
    { max_size: 10_485_760 },
  ),
  long_video: model(
    422,
    'video_duration_too_long',
    'Video too long.',
    { code: 'invalid_parameters', subtype: 'video_duration' },
    { max_duration: 10 },
  ),
  bad_value: model(
    422,
    'one_of',
    'Input should be one of the expected values.',
    { code: 'invalid_parameters' },
    { expected: ['480p', '720p'] },
  ),
  internal: model(500, 'internal_server_error', 'Internal server error.', { code: 'service_error' }),
  model_timeout: model(504, 'generation_timeout', 'Generation timed out.', { code: 'generation_timeout' }),
  start_timeout: infra(504, 'startup_timeout', 'Runner did not start in time', {
    code: 'generation_timeout',
  }),
  no_runner: infra(503, 'runner_scheduling_failure', 'No runner available', { code: 'resource_exhausted' }),
  disconnected: infra(503, 'runner_disconnected', 'Runner disconnected', { code: 'service_error' }),
};

/** What the queue answers at the submit call, by scenario. */
const REFUSALS: Readonly<
  Record<string, { readonly reply: Reply; readonly scenario: Omit<Scenario, 'name'> }>
> = {
  bad_key: plain(
    401,
    'Cannot access application "fal-ai/sandbox". Authentication is required to access this application.',
    {
      code: 'service_unavailable',
    },
  ),
  no_balance: plain(
    403,
    'User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.',
    {
      code: 'quota_exceeded',
      subtype: 'account_quota',
    },
  ),
  nginx: {
    reply: {
      kind: 'text',
      status: 503,
      type: 'text/html',
      body: '<html><head><title>503 Service Temporarily Unavailable</title></head><body><center><h1>503 Service Temporarily Unavailable</h1></center><hr><center>nginx</center></body></html>',
    },
    scenario: {
      description: 'The ingress in front of the queue answers.',
      ends: { code: 'service_unavailable' },
    },
  },
};

const OTHERS: readonly Scenario[] = [
  {
    name: 'nsfw_flag',
    description: 'A success whose picture is black and flagged.',
    ends: { code: 'content_policy_violation', subtype: 'adult' },
  },
  {
    name: 'lost_answer',
    description: 'The job is made, and the connection breaks before the answer.',
    ends: { code: 'service_error' },
  },
  {
    name: 'garbage_poll',
    description: 'Two polls are answered with a broken body and a proxy page; the job goes on.',
    ends: 'completed',
  },
  { name: 'unknown_state', description: 'Two polls report a state nobody knows.', ends: 'completed' },
  {
    name: 'vanishes',
    description: 'The job is gone when it is polled.',
    ends: { code: 'resource_not_found' },
  },
];

export function createFal(): ProviderEmulator {
  const jobs = new Jobs('fal-job-');
  return {
    provider: 'fal',
    scenarios: [...listed(REFUSALS), ...listed(RESULTS), ...OTHERS],
    jobsMade: () => jobs.made,
    answer(call) {
      const media = serveMedia(call);
      if (media) return media;
      if (!/^Key \S+$/.test(call.headers.authorization ?? '')) {
        return json(401, { detail: 'Authentication is required to access this application.' });
      }
      const job = /^\/(.+?)\/requests\/([^/]+)(\/status|\/cancel)?$/.exec(call.path);
      if (job) return aboutJob(jobs, call.method, job[3] ?? '', jobs.find(job[2]), call.origin);
      if (call.method !== 'POST') return json(404, { detail: `Path ${call.path} not found` });
      return submit(jobs, call.path, call.body, call.origin);
    },
  };
}

function submit(jobs: Jobs, path: string, body: unknown, origin: string): Reply {
  if (typeof body !== 'object' || body === null)
    return json(400, { detail: 'Invalid JSON', error_type: 'bad_request' });
  const input = body as Record<string, unknown>;
  const scenario = scenarioIn(input.prompt);
  const refusal = scenario === null ? undefined : REFUSALS[scenario];
  if (refusal) return refusal.reply;
  const job = jobs.make(scenario, { ...input, path });
  if (scenario === 'lost_answer') return { kind: 'hang_up', after: 'nothing' };
  // Status, result and cancel leave the endpoint path out: only owner and app stay.
  const [owner, app] = path.split('/').filter(Boolean);
  const base = `${origin}/${owner}/${app}/requests/${job.id}`;
  return json(200, {
    status: 'IN_QUEUE',
    request_id: job.id,
    response_url: base,
    status_url: `${base}/status`,
    cancel_url: `${base}/cancel`,
    queue_position: 0,
  });
}

function aboutJob(jobs: Jobs, method: string, part: string, job: Job | null, origin: string): Reply {
  if (!job) return json(404, { status: 'NOT_FOUND' });
  if (part === '/cancel' && method === 'PUT') {
    if (job.polls > 2) return json(400, { status: 'ALREADY_COMPLETED' });
    job.cancelled = true;
    return json(202, { status: 'CANCELLATION_REQUESTED' });
  }
  if (part === '/status' && method === 'GET') return status(jobs, job, origin);
  if (part === '' && method === 'GET') return result(job, origin);
  return json(405, { detail: 'Method Not Allowed' });
}

function status(jobs: Jobs, job: Job, origin: string): Reply {
  if (job.scenario === 'vanishes') return json(404, { status: 'NOT_FOUND' });
  const state = jobs.poll(job);
  if (state !== 'over' && job.scenario === 'garbage_poll') {
    return state === 'queued'
      ? { kind: 'hang_up', after: 'headers' }
      : {
          kind: 'text',
          status: 502,
          type: 'text/html',
          body: '<html><body><h1>502 Bad Gateway</h1></body></html>',
        };
  }
  if (state !== 'over' && job.scenario === 'unknown_state')
    return json(200, { status: 'PONDERING', request_id: job.id });
  const name =
    job.cancelled || state === 'over' ? 'COMPLETED' : state === 'queued' ? 'IN_QUEUE' : 'IN_PROGRESS';
  return json(200, {
    status: name,
    request_id: job.id,
    response_url: `${origin}/fal-ai/sandbox/requests/${job.id}`,
  });
}

function result(job: Job, origin: string): Reply {
  if (job.cancelled) return json(499, { detail: 'Request was cancelled', error_type: 'client_cancelled' });
  const failure = job.scenario === null ? undefined : RESULTS[job.scenario];
  if (failure) return failure.reply;
  const path = String(job.input.path);
  if (path.includes('audio')) {
    return json(200, { audio: { url: `${origin}/media/tone.mp3`, content_type: 'audio/mpeg' } });
  }
  if (path.includes('video'))
    return json(200, { video: { url: `${origin}/media/clip.mp4`, content_type: 'video/mp4' } });
  return json(200, {
    images: [{ url: `${origin}/media/picture.png`, content_type: 'image/png', width: 64, height: 64 }],
    has_nsfw_concepts: [job.scenario === 'nsfw_flag'],
    seed: 1,
  });
}

type Ends = Exclude<Scenario['ends'], 'completed'>;

function model(status: number, type: string, msg: string, ends: Ends, ctx?: Record<string, unknown>) {
  const detail = [
    { loc: ['body'], msg, type, url: `https://docs.fal.ai/errors#${type}`, ...(ctx ? { ctx } : {}) },
  ];
  const reply = json(status, { detail }, { 'x-fal-request-id': 'sandbox' });
  return { reply, scenario: { description: `The model fails with \`${type}\`.`, ends } };
}

function infra(status: number, type: string, detail: string, ends: Ends) {
  const reply = json(
    status,
    { detail, error_type: type },
    { 'x-fal-request-id': 'sandbox', 'x-fal-error-type': type },
  );
  return { reply, scenario: { description: `The infrastructure fails with \`${type}\`.`, ends } };
}

function plain(status: number, detail: string, ends: Ends) {
  return {
    reply: json(status, { detail }),
    scenario: { description: `The queue refuses with ${status}.`, ends },
  };
}

function listed(table: Readonly<Record<string, { readonly scenario: Omit<Scenario, 'name'> }>>): Scenario[] {
  return Object.entries(table).map(([name, { scenario }]) => ({ name, ...scenario }));
}
