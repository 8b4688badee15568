/**
 * Runway's developer API: create, look, delete, upload. Facts from docs.dev.runwayml.com (errors, task failures, inputs, uploads)
 * and the sources of its official SDK, which a test points here. Input links are fetched during the create call, so what is wrong
 * with them is said there; what is wrong with the content is said by the task.
 */
import { type Call, json, type ProviderEmulator, type Reply, scenarioIn } from './emulator.ts';
import { type Job, Jobs } from './jobs.ts';
import { type MediaPath, serveMedia } from './media.ts';
import { DOCS, FAILURES, invalid, REFUSALS, SCENARIOS } from './runway-scenarios.ts';

const RESULTS: Readonly<Record<string, MediaPath>> = {
  text_to_image: '/media/picture.png',
  text_to_video: '/media/clip.mp4',
  image_to_video: '/media/clip.mp4',
  video_to_video: '/media/clip.mp4',
  text_to_speech: '/media/tone.mp3',
  sound_effect: '/media/tone.mp3',
};

/** Fields without which the schema of an endpoint refuses. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  text_to_image: ['model', 'promptText', 'ratio'],
  text_to_video: ['model', 'promptText'],
  image_to_video: ['model', 'promptImage'],
  video_to_video: ['model'],
  text_to_speech: ['model', 'promptText'],
  sound_effect: ['model', 'promptText'],
};

export function createRunway(): ProviderEmulator {
  const jobs = new Jobs('17e35a55-0000-4000-8000-00000000000');
  return {
    provider: 'runway',
    scenarios: SCENARIOS,
    jobsMade: () => jobs.made,
    answer: (call) => serveMedia(call) ?? (call.path === '/store' ? stored(call) : answerApi(jobs, call)),
  };
}

function answerApi(jobs: Jobs, call: Call): Reply {
  if (!/^Bearer key_\S+$/.test(call.headers.authorization ?? '')) return refused('bad_key');
  if (call.headers['x-runway-version'] !== '2024-11-06') {
    return json(400, { error: 'Invalid X-Runway-Version header was provided', docUrl: DOCS });
  }
  const task = /^\/v1\/tasks\/([^/]+)$/.exec(call.path);
  if (task) return aboutTask(jobs, call, jobs.find(task[1]));
  const endpoint = /^\/v1\/(\w+)$/.exec(call.path)?.[1] ?? '';
  if (call.method === 'POST' && endpoint === 'uploads') return makeRoom(call);
  if (call.method === 'POST' && endpoint in RESULTS) return create(jobs, endpoint, call.body);
  return { kind: 'text', status: 404, body: `Cannot ${call.method} ${call.path}` };
}

function create(jobs: Jobs, endpoint: string, body: unknown): Reply {
  const input = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const missing = (REQUIRED[endpoint] ?? []).filter((name) => input[name] === undefined);
  if (missing.length > 0) {
    const message = 'Invalid input: expected string, received undefined';
    return invalid(
      missing.map((name) => ({ expected: 'string', code: 'invalid_type', path: [name], message })),
    );
  }
  const scenario = scenarioIn(input.promptText);
  if (scenario !== null && scenario in REFUSALS) return refused(scenario);
  const job = jobs.make(scenario, { ...input, endpoint });
  switch (scenario) {
    case 'lost_answer':
      return { kind: 'hang_up', after: 'nothing' };
    case 'garbage_answer':
      return { kind: 'text', status: 200, body: '{"id":"17e35a5' };
    case 'gateway_timeout':
      return {
        kind: 'text',
        status: 504,
        type: 'text/html',
        body: '<html><body>504 Gateway Time-out</body></html>',
      };
    default:
      return json(200, { id: job.id, estimatedCost: { credits: 5 } });
  }
}

function aboutTask(jobs: Jobs, call: Call, job: Job | null): Reply {
  if (!job || job.cancelled || job.scenario === 'vanishes')
    return json(404, { error: 'Could not find Task' });
  if (call.method === 'DELETE') {
    job.cancelled = true;
    return { kind: 'text', status: 204, body: '' };
  }
  const base = { id: job.id, createdAt: '2026-05-10T16:26:25.986Z' };
  const state = jobs.poll(job);
  if (state !== 'over') {
    const estimatedCost = { credits: 5 };
    if (job.scenario === 'garbage_poll')
      return state === 'queued'
        ? { kind: 'hang_up', after: 'headers' }
        : { kind: 'text', status: 200, body: '<html>' };
    if (job.scenario === 'poll_refused')
      return state === 'queued' ? json(429, { message: 'Too Many Requests' }) : refused('bad_key');
    if (job.scenario === 'unknown_state') return json(200, { ...base, status: 'PONDERING' });
    if (state === 'running') return json(200, { ...base, estimatedCost, status: 'RUNNING', progress: 0.42 });
    return json(200, {
      ...base,
      estimatedCost,
      status: job.scenario === 'throttled_task' ? 'THROTTLED' : 'PENDING',
    });
  }
  const cost = { credits: 5 };
  if (job.scenario === 'cancelled') return json(200, { ...base, cost, status: 'CANCELLED' });
  const failed = job.scenario === null ? undefined : FAILURES[job.scenario];
  if (failed) {
    const { failure: text, failureCode } = failed;
    return json(200, {
      ...base,
      cost,
      status: 'FAILED',
      failure: text,
      ...(failureCode ? { failureCode } : {}),
    });
  }
  const link = call.origin + (RESULTS[String(job.input.endpoint)] ?? '');
  const output = job.scenario === 'no_output' ? [] : [link];
  return json(200, { ...base, cost, status: 'SUCCEEDED', output });
}

function makeRoom(call: Call): Reply {
  const { filename } = call.body as { filename?: unknown };
  if (typeof filename !== 'string') {
    const message = 'Invalid input: expected string, received undefined';
    return invalid([{ expected: 'string', code: 'invalid_type', path: ['filename'], message }]);
  }
  const fields = { key: `ephemeral/${filename}`, policy: 'c2FuZGJveA==' };
  return json(200, { uploadUrl: `${call.origin}/store`, fields, runwayUri: `runway://${filename}` });
}

/** The file store: knows only the fields it signed, and wants no other authorization beside them. */
function stored(call: Call): Reply {
  const form = call.raw.toString('latin1');
  if (
    call.headers.authorization !== undefined ||
    !form.includes('name="policy"') ||
    !form.includes('name="file"')
  ) {
    const body = '<?xml version="1.0"?><Error><Code>InvalidArgument</Code></Error>';
    return { kind: 'text', status: 400, type: 'application/xml', body };
  }
  return { kind: 'text', status: 204, body: '' };
}

function refused(name: string): Reply {
  return REFUSALS[name]?.reply ?? json(500, { error: 'no such scenario' });
}
