/**
 * The public interface of the unified task (EvoLink), which is also the shape of this gateway's own: submit, task, file upload.
 * Facts from its documentation and the sources of its clients. A repeated `Idempotency-Key` gives the task of the first time.
 */
import { type Call, json, type ProviderEmulator, type Reply, type Scenario, scenarioIn } from './emulator.ts';
import { type Job, Jobs } from './jobs.ts';
import { type MediaPath, serveMedia } from './media.ts';
import { REFUSALS, TASK_FAILURES } from './unified-task-failures.ts';

const OTHERS: readonly Scenario[] = [
  {
    name: 'no_results',
    description: 'A completed task without results.',
    ends: { code: 'generation_failed_no_content', subtype: 'empty_result' },
  },
  { name: 'bucket', description: 'The results are links to a bucket, as `gs://`.', ends: 'completed' },
  {
    name: 'vanishes',
    description: 'The task is gone when polled.',
    ends: { code: 'resource_not_found' },
  },
  {
    name: 'lost_answer',
    description: 'The task is made and the answer is lost.',
    ends: { code: 'service_error' },
  },
  {
    name: 'lost_request',
    description: 'The first request is lost before a task is made of it.',
    ends: { code: 'service_error' },
  },
  { name: 'garbage_poll', description: 'Two polls break; the task goes on.', ends: 'completed' },
  {
    name: 'proxy_404',
    description: "Two polls get a proxy's 404 page; the task goes on.",
    ends: 'completed',
  },
  { name: 'unknown_state', description: 'Two polls report a state nobody knows.', ends: 'completed' },
];

const TYPES = { images: 'image', videos: 'video', audios: 'audio' } as const;
const MEDIA: Readonly<Record<string, MediaPath>> = {
  image: '/media/picture.png',
  video: '/media/clip.mp4',
  audio: '/media/tone.mp3',
};

interface Gateway {
  readonly jobs: Jobs;
  /** By idempotency key: the task, and the body that it was made of. */
  readonly keys: Map<string, { readonly body: string; readonly id: string }>;
  readonly lost: Set<string>;
}

export function createUnifiedTask(): ProviderEmulator {
  const gateway: Gateway = {
    jobs: new Jobs('task-unified-1767225600-sandbox'),
    keys: new Map(),
    lost: new Set(),
  };
  return {
    provider: 'unified-task',
    scenarios: [
      ...[REFUSALS, TASK_FAILURES].flatMap((table) =>
        Object.entries(table).map(([name, { description, ends }]) => ({ name, description, ends })),
      ),
      ...OTHERS,
    ],
    jobsMade: () => gateway.jobs.made,
    answer(call) {
      const media = serveMedia(call);
      if (media) return media;
      if (!/^Bearer \S+$/.test(call.headers.authorization ?? '')) return refused('bad_key');
      const submitTo = /^\/v1\/(images|videos|audios)\/generations$/.exec(call.path)?.[1];
      if (call.method === 'POST' && isPlural(submitTo)) return submit(gateway, TYPES[submitTo], call);
      const id = /^\/v1\/tasks\/([^/]+)$/.exec(call.path)?.[1];
      if (call.method === 'GET' && id !== undefined) return task(gateway.jobs, id, call.origin);
      if (call.method === 'POST' && call.path === '/api/v1/files/upload/stream') return upload(call);
      return json(404, {
        error: { code: 'not_found', message: 'No such route', type: 'invalid_request_error' },
      });
    },
  };
}

const isPlural = (text: string | undefined): text is keyof typeof TYPES =>
  text !== undefined && Object.hasOwn(TYPES, text);

function submit({ jobs, keys, lost }: Gateway, type: string, { body, raw, headers }: Call): Reply {
  const input: Readonly<Record<string, unknown>> | null =
    typeof body === 'object' && body !== null ? { ...body } : null;
  if (typeof input?.model !== 'string') return refused('invalid');
  const scenario = scenarioIn(input.prompt);
  if (scenario !== null && Object.hasOwn(REFUSALS, scenario)) return refused(scenario);
  const key = headers['idempotency-key'] ?? '';
  const known = keys.get(key);
  const before = jobs.find(known?.id);
  if (known && before) {
    const replayed = { 'idempotency-replayed': 'true' };
    if (known.body === raw.toString()) return json(200, shown(before, 'pending', 0), replayed);
    return json(409, {
      error: { code: 'idempotency_conflict', message: 'Another body', type: 'conflict_error' },
    });
  }
  if (scenario === 'lost_request' && !lost.has(key)) {
    lost.add(key);
    return { kind: 'hang_up', after: 'nothing' };
  }
  const job = jobs.make(scenario, { ...input, type });
  if (key !== '') keys.set(key, { body: raw.toString(), id: job.id });
  if (scenario === 'lost_answer') return { kind: 'hang_up', after: 'headers' };
  return json(200, shown(job, 'pending', 0));
}

function task(jobs: Jobs, id: string, origin: string): Reply {
  if (!id.startsWith('task-unified-')) {
    const message = "Invalid task ID format, must start with 'task-unified-'";
    const error = { code: 'invalid_task_id', message, type: 'invalid_request_error', param: 'task_id' };
    return json(400, { error });
  }
  const job = jobs.find(id);
  if (!job || job.scenario === 'vanishes') {
    const message = 'The requested task could not be found';
    return json(404, { error: { code: 'task_not_found', message, type: 'invalid_request_error' } });
  }
  const state = jobs.poll(job);
  if (state === 'over') return json(200, over(job, origin));
  switch (job.scenario) {
    case 'garbage_poll':
      return { kind: 'hang_up', after: state === 'queued' ? 'headers' : 'nothing' };
    case 'proxy_404':
      return { kind: 'text', status: 404, type: 'text/html', body: '<html><h1>404 Not Found</h1></html>' };
    case 'unknown_state':
      return json(200, shown(job, 'pondering', 0));
    default:
      return json(200, shown(job, state === 'queued' ? 'pending' : 'processing', 40));
  }
}

function over(job: Job, origin: string) {
  const failure = job.scenario === null ? undefined : TASK_FAILURES[job.scenario];
  if (failure) {
    const error = failure.error === null ? {} : { error: { ...failure.error, type: 'task_error' } };
    return { ...shown(job, 'failed', 40), ...error };
  }
  const link = `${origin}${MEDIA[String(job.input.type)]}`;
  const links = { no_results: [], bucket: ['gs://sandbox/clip.mp4'] }[job.scenario ?? ''] ?? [link];
  return { ...shown(job, 'completed', 100), results: links };
}

function shown({ id, input }: Job, status: string, progress: number) {
  const { type } = input;
  return {
    created: 1_767_225_600,
    id,
    model: input.model,
    object: `${String(type)}.generation.task`,
    progress,
    status,
    task_info: { can_cancel: true, estimated_time: 165 },
    type,
    usage: { billing_rule: 'per_call', credits_reserved: 2.5, user_group: 'default' },
  };
}

function upload({ raw, origin }: Call): Reply {
  const name = /name="file"; filename="([^"]+)"/.exec(raw.toString('latin1'))?.[1];
  if (name === undefined) return json(200, { success: false, code: 400, msg: '参数错误' });
  const url = `${origin}/files/${name}`;
  const data = { file_id: `file_${name}`, file_name: name, file_url: url, download_url: url };
  return json(200, { success: true, code: 200, msg: '文件上传成功', data });
}

function refused(name: string): Reply {
  return (
    REFUSALS[name]?.reply ?? json(500, { error: { code: 'internal_error', message: 'no such scenario' } })
  );
}
