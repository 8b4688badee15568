/**
 * The `/videos` dialect: create (JSON or form), poll, content, delete. Facts from OpenAI's API reference, the official Node
 * client's types, Microsoft's Foundry guides, and answers that users published. `openai-errors.ts` has the shared errors.
 */
import { type Call, json, type ProviderEmulator, type Reply, type Scenario, scenarioIn } from './emulator.ts';
import { type Job, Jobs } from './jobs.ts';
import { mediaBytes, serveMedia } from './media.ts';
import { hasKey, type SentFields, sentFields } from './openai-call.ts';
import { COMMON_REFUSALS, type Ends, listed, openaiError, page, type Refusal } from './openai-errors.ts';

/** What creating a job is answered with. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  ...COMMON_REFUSALS,
  bad_seconds: {
    reply: openaiError(400, {
      message: "Invalid type for 'seconds': expected one of '4', '8', or '12', but got an integer instead.",
      param: 'seconds',
      code: 'invalid_type',
    }),
    description: 'The seconds are not a text.',
    ends: { code: 'invalid_parameters', subtype: 'video_duration' },
  },
  bad_reference: {
    reply: openaiError(400, { message: 'Inpaint image must match the requested width and height' }),
    description: 'The picture has not the size of the clip.',
    ends: { code: 'image_dimension_mismatch' },
  },
  no_deployment: {
    reply: openaiError(404, {
      message: 'The API deployment for this resource does not exist.',
      type: 'video_generation_user_error',
      code: 'DeploymentNotFound',
    }),
    description: 'Azure has no such deployment.',
    ends: { code: 'service_unavailable' },
  },
  too_large: {
    reply: page(413, 'Request Entity Too Large'),
    description: 'The proxy in front finds the upload too large.',
    ends: { code: 'invalid_parameters', subtype: 'file_too_large' },
  },
};

interface Failure {
  readonly error: { readonly code: string; readonly message: string };
  readonly description: string;
  readonly ends: Ends;
}

/** The `error` of a failed job. */
const FAILURES: Readonly<Record<string, Failure>> = {
  moderation: {
    error: { code: 'moderation_blocked', message: 'Your request was blocked by our moderation system.' },
    description: 'The job is blocked, without a category.',
    ends: { code: 'content_policy_violation', subtype: 'general' },
  },
  moderation_sexual: {
    error: {
      code: 'moderation_blocked',
      message:
        'The request is blocked by our moderation system when checking inputs. Possible reasons: sexual.',
    },
    description: 'The prompt is blocked as sexual.',
    ends: { code: 'content_policy_violation', subtype: 'adult' },
  },
  moderation_people: {
    error: {
      code: 'moderation_blocked',
      message:
        'The request is blocked by our moderation system when checking inputs. Possible reasons: people-in-user-uploads.',
    },
    description: 'The picture shows a person.',
    ends: { code: 'content_policy_violation', subtype: 'photorealistic_people' },
  },
  internal: {
    error: { code: 'server_error', message: 'Video generation failed due to an internal error.' },
    description: 'The job fails for no fault of the request.',
    ends: { code: 'service_error' },
  },
};

const OTHERS: readonly Scenario[] = [
  {
    name: 'cancelled',
    description: 'The job was stopped by its owner.',
    ends: { code: 'request_cancelled' },
  },
  {
    name: 'lost_answer',
    description: 'The job is made, and the connection breaks before the answer.',
    ends: { code: 'service_error' },
  },
  {
    name: 'garbage',
    description: 'The job is made, and the answer is the page of someone in between.',
    ends: { code: 'service_error' },
  },
  { name: 'garbage_poll', description: 'Two polls break; the job goes on.', ends: 'completed' },
  { name: 'unknown_state', description: 'Two polls report a state nobody knows.', ends: 'completed' },
  {
    name: 'vanishes',
    description: 'The job is gone when it is polled.',
    ends: { code: 'resource_not_found' },
  },
  {
    name: 'broken_content',
    description: 'The clip cannot be had at the first two tries.',
    ends: 'completed',
  },
  { name: 'moved_content', description: 'The clip is at another path of the same host.', ends: 'completed' },
  {
    name: 'content_elsewhere',
    description: 'The clip is at another host, behind a redirect.',
    ends: 'completed',
  },
  {
    name: 'content_expired',
    description: 'The job is done, and the clip was removed already.',
    ends: { code: 'resource_not_found' },
  },
];

export function createOpenaiVideos(): ProviderEmulator {
  const jobs = new Jobs('video_');
  return {
    provider: 'openai-videos',
    scenarios: [
      ...listed(REFUSALS),
      ...Object.entries(FAILURES).map(([name, { description, ends }]) => ({ name, description, ends })),
      ...OTHERS,
    ],
    jobsMade: () => jobs.made,
    async answer(call) {
      if (!hasKey(call)) return replyOf('bad_key');
      const media = serveMedia(call);
      if (media) return media;
      if (call.method === 'POST' && call.path.endsWith('/videos')) return create(jobs, call);
      const [, id, content] = /\/videos\/([^/]+)(\/content)?$/.exec(call.path) ?? [];
      const job = jobs.find(id);
      if (!job || job.scenario === 'vanishes' || job.cancelled)
        return openaiError(404, { message: `Video with id '${id}' not found.`, code: 'video_not_found' });
      if (call.method === 'DELETE') {
        job.cancelled = true;
        return json(200, { id, object: 'video.deleted', deleted: true });
      }
      return content === undefined ? status(jobs, job) : clip(job, call);
    },
  };
}

async function create(jobs: Jobs, call: Call): Promise<Reply> {
  const sent = await sentFields(call);
  if (sent === null) return openaiError(400, { message: 'We could not parse the body of your request.' });
  const refused = check(sent);
  if (refused) return refused;
  const scenario = scenarioIn(sent.fields.prompt);
  const refusal = scenario === null ? undefined : REFUSALS[scenario];
  if (refusal) return refusal.reply;
  const job = jobs.make(scenario, sent.fields);
  if (scenario === 'lost_answer') return { kind: 'hang_up', after: 'nothing' };
  if (scenario === 'garbage') return page(200, 'Welcome');
  return json(200, video(job, 'queued', 0));
}

/** The checks that the real API makes of what adapters may get wrong. */
function check({ fields }: SentFields): Reply | null {
  if (typeof fields.prompt !== 'string')
    return openaiError(400, {
      message: "Missing required parameter: 'prompt'.",
      param: 'prompt',
      code: 'missing_required_parameter',
    });
  return fields.seconds !== undefined && typeof fields.seconds !== 'string' ? replyOf('bad_seconds') : null;
}

function status(jobs: Jobs, job: Job): Reply {
  const state = jobs.poll(job);
  if (state !== 'over') {
    if (job.scenario === 'garbage_poll')
      return state === 'queued' ? { kind: 'hang_up', after: 'headers' } : page(502, 'Bad gateway');
    if (job.scenario === 'unknown_state') return json(200, video(job, 'pondering', 10));
    return json(200, state === 'queued' ? video(job, 'queued', 0) : video(job, 'in_progress', 50));
  }
  if (job.scenario === 'cancelled') return json(200, video(job, 'cancelled', 50));
  const failure = job.scenario === null ? undefined : FAILURES[job.scenario];
  if (failure) return json(200, { ...video(job, 'failed', 0), error: failure.error });
  return json(200, {
    ...video(job, 'completed', 100),
    completed_at: 1_700_000_060,
    expires_at: 1_700_086_460,
  });
}

function clip(job: Job, { origin, path }: Call): Reply {
  const elsewhere = origin.replace('127.0.0.1', 'localhost');
  switch (job.scenario) {
    case 'moved_content':
      return moved(`${path.replace(/\/videos\/.*/, '')}/../media/clip.mp4`);
    case 'content_elsewhere':
      return moved(`${elsewhere}/media/clip.mp4`);
    case 'content_expired':
      return openaiError(404, {
        message: 'The video content is no longer available.',
        code: 'video_not_found',
      });
    case 'broken_content':
      if (job.polls === 3) return { kind: 'hang_up', after: 'headers' };
      if (job.polls === 4) return page(503, 'Service Temporarily Unavailable');
      break;
  }
  return { kind: 'bytes', status: 200, body: mediaBytes('/media/clip.mp4'), type: 'video/mp4' };
}

/** As Google and others do it, the body of a redirect looks like an error. */
function moved(location: string): Reply {
  return json(302, { error: { code: 302, message: 'Unknown Error.' } }, { location });
}

function video(job: Job, state: string, progress: number) {
  return {
    id: job.id,
    object: 'video',
    created_at: 1_700_000_000,
    status: state,
    completed_at: null,
    error: null as Failure['error'] | null,
    expires_at: null,
    model: job.input.model,
    progress,
    prompt: job.input.prompt,
    remixed_from_video_id: null,
    seconds: job.input.seconds ?? '4',
    size: job.input.size ?? '720x1280',
  };
}

function replyOf(name: string): Reply {
  return REFUSALS[name]?.reply ?? openaiError(500, { message: 'no such scenario' });
}
