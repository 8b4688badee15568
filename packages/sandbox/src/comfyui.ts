/**
 * A ComfyUI server: queue, history, files. Facts from its documentation of routes and messages and from its source.
 *
 * Each question about a prompt's history moves it on: waiting, running, over. `GET /queue` shows the same without moving it. The
 * scenario's word may stand in any text of the graph.
 */

import { nodeErrors, REFUSALS, RUN_ERRORS } from './comfyui-failures.ts';
import { type Call, json, type ProviderEmulator, type Reply, type Scenario, scenarioIn } from './emulator.ts';
import { type Job, Jobs } from './jobs.ts';
import { mediaBytes } from './media.ts';

const OTHERS: readonly Scenario[] = [
  {
    name: 'no_output',
    description: 'A success without outputs: every node was answered from the cache.',
    ends: { code: 'generation_failed_no_content', subtype: 'empty_result' },
  },
  { name: 'previews', description: 'Only previews were made, and no saved files.', ends: 'completed' },
  { name: 'old_server', description: 'The server chooses the id and writes no status.', ends: 'completed' },
  {
    name: 'dropped_waiting',
    description: 'Accepted with errors of some nodes; it still waits and can be taken back.',
    ends: { code: 'invalid_parameters' },
  },
  {
    name: 'dropped_running',
    description: 'Accepted with errors of some nodes, it runs at once, and nothing comes of it.',
    ends: { code: 'invalid_parameters' },
  },
  {
    name: 'interrupted',
    description: 'Somebody at the server interrupts the run.',
    ends: { code: 'request_cancelled' },
  },
  {
    name: 'lost_file',
    description: 'The run succeeds, and its file is gone.',
    ends: { code: 'resource_not_found' },
  },
  {
    name: 'restart',
    description: 'The server restarts and forgets the prompt.',
    ends: { code: 'resource_not_found' },
  },
  {
    name: 'lost_answer',
    description: 'The prompt is queued and the answer is lost.',
    ends: { code: 'service_error' },
  },
  { name: 'quick', description: 'The run ends between two questions about it.', ends: 'completed' },
  { name: 'garbage_poll', description: 'Two polls break; the run goes on.', ends: 'completed' },
  { name: 'unknown_state', description: 'Two polls report a state nobody knows.', ends: 'completed' },
];

/** The prompts of one server, in the order they came. */
interface Server {
  readonly jobs: Jobs;
  readonly prompts: Job[];
  /** Ids taken out of the queue: nothing remembers them. */
  readonly removed: Set<string>;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const OK: Reply = { kind: 'text', status: 200, body: '' };

export function createComfyui(): ProviderEmulator {
  const server: Server = { jobs: new Jobs('sandbox-'), prompts: [], removed: new Set() };
  const { jobs, removed } = server;
  return {
    provider: 'comfyui',
    scenarios: [
      ...[REFUSALS, RUN_ERRORS].flatMap((table) =>
        Object.entries(table).map(([name, { description, ends }]) => ({ name, description, ends })),
      ),
      ...OTHERS,
    ],
    jobsMade: () => jobs.made - removed.size,
    answer(call) {
      const [, first = '', second = ''] = call.path.replace(/^\/api(?=\/)/, '').split('/');
      switch (`${call.method} /${first}`) {
        case 'POST /prompt':
          return queuePrompt(server, call.body);
        case 'GET /queue':
          return queue(server);
        case 'POST /queue':
          for (const id of listIn(call.body, 'delete'))
            if (stateOf(jobs.find(id)) === 'waiting') removed.add(id);
          return OK;
        case 'POST /interrupt': {
          const job = jobs.find(textIn(call.body, 'prompt_id'));
          if (job && stateOf(job) === 'running') job.cancelled = true;
          return OK;
        }
        case 'GET /history':
          return second === '' ? wholeHistory(server) : history(server, second);
        case 'POST /upload':
          return upload(call);
        case 'GET /view':
          return view(call.query);
        default:
          return { kind: 'text', status: 404, body: '404: Not Found' };
      }
    },
  };
}

function queuePrompt({ jobs, prompts }: Server, body: unknown): Reply {
  if (typeof body !== 'object' || body === null)
    return { kind: 'text', status: 500, body: '500 Internal Server Error\n\nServer got itself in trouble' };
  const input: Readonly<Record<string, unknown>> = { ...body };
  const { prompt, prompt_id: id } = input;
  if (typeof prompt !== 'object' || prompt === null)
    return json(400, { error: envelope('no_prompt', 'No prompt provided'), node_errors: {} });
  const scenario = scenarioIn(JSON.stringify(prompt));
  const refusal = scenario === null ? undefined : REFUSALS[scenario];
  if (refusal) return refusal.reply;
  const isOld = scenario === 'old_server';
  if (!isOld && (typeof id !== 'string' || !UUID.test(id)))
    return json(400, {
      error: envelope('invalid_prompt_id', 'prompt_id must be a valid UUID'),
      node_errors: {},
    });
  const given = typeof id === 'string' && !isOld ? id : undefined;
  if (jobs.find(given)) return json(409, { error: 'prompt_id already exists' });
  const job = jobs.make(scenario, input, given);
  prompts.push(job);
  const runsAtOnce = scenario === 'dropped_running';
  if (runsAtOnce) job.polls = 2;
  if (scenario === 'lost_answer') return { kind: 'hang_up', after: 'nothing' };
  const dropped = runsAtOnce || scenario === 'dropped_waiting';
  const details = "denoise, karras, could not convert string to float: 'karras'";
  const message = 'Failed to convert an input value to a FLOAT value';
  return json(200, {
    prompt_id: job.id,
    number: jobs.made,
    node_errors: dropped ? nodeErrors('invalid_input_type', message, details, { input_name: 'denoise' }) : {},
  });
}

type State = 'waiting' | 'running' | 'over' | 'unknown';

function stateOf(job: Job | null): State {
  if (!job || job.scenario === 'restart') return 'unknown';
  if (job.cancelled || job.polls > 2) return 'over';
  return job.polls === 2 ? 'running' : 'waiting';
}

function queue({ prompts, removed }: Server): Reply {
  const inState = (state: State) =>
    prompts.filter((job) => !removed.has(job.id) && stateOf(job) === state).map((job) => item(job));
  return json(200, { queue_running: inState('running'), queue_pending: inState('waiting') });
}

/** The server's own tuple: number, id, graph, extra data, outputs to make. */
function item({ id, input }: Job) {
  const extra = typeof input.extra_data === 'object' ? input.extra_data : {};
  return [1, id, input.prompt, { ...extra, client_id: input.client_id }, ['9']];
}

function history({ jobs, removed }: Server, id: string): Reply {
  const job = jobs.find(id);
  if (!job || removed.has(id) || stateOf(job) === 'unknown') return json(200, {});
  const state = job.cancelled ? 'over' : jobs.poll(job);
  if (job.scenario === 'quick' && state === 'queued') job.polls = 3;
  if (state === 'over') return json(200, { [id]: entry(job) });
  if (job.scenario === 'garbage_poll')
    return { kind: 'hang_up', after: state === 'queued' ? 'headers' : 'nothing' };
  if (job.scenario === 'unknown_state')
    return json(200, { [id]: { ...entry(job), status: { status_str: 'pondering', completed: false } } });
  return json(200, {});
}

function wholeHistory({ prompts, removed }: Server): Reply {
  const over = prompts.filter((job) => !removed.has(job.id) && stateOf(job) === 'over');
  return json(200, Object.fromEntries(over.map((job) => [job.id, entry(job)])));
}

function entry(job: Job) {
  const start = ['execution_start', { prompt_id: job.id, timestamp: 1_767_225_600_000 }];
  const prompt = item(job);
  if (job.cancelled || job.scenario === 'interrupted') {
    const said = [
      'execution_interrupted',
      { prompt_id: job.id, node_id: '3', node_type: 'KSampler', executed: [] },
    ];
    return {
      prompt,
      outputs: {},
      status: { status_str: 'error', completed: false, messages: [start, said] },
    };
  }
  const error = job.scenario === null ? undefined : RUN_ERRORS[job.scenario];
  if (error) {
    const where = { prompt_id: job.id, node_id: '3', node_type: 'KSampler', executed: [] };
    const traceback = ['  File "/opt/comfyui/execution.py", line 525, in execute\n'];
    const held = { ...where, ...error.said, traceback, current_inputs: { seed: [1] }, current_outputs: [] };
    const messages = [start, ['execution_error', held]];
    return { prompt, outputs: {}, status: { status_str: 'error', completed: false, messages } };
  }
  const messages = [start, ['execution_success', { prompt_id: job.id }]];
  const status = { status_str: 'success', completed: true, messages };
  if (job.scenario === 'old_server') return { prompt, outputs: outputsOf(job) };
  return { prompt, outputs: outputsOf(job), status, meta: {} };
}

/** By the kind of the output node, as the common ones report it; a preview stands beside what was saved. */
function outputsOf({ scenario, input }: Job) {
  const preview = { images: [{ filename: 'preview.png', subfolder: '', type: 'temp' }] };
  switch (scenario) {
    case 'no_output':
    case 'dropped_running':
      return {};
    case 'previews':
      return { 8: preview };
    case 'lost_file':
      return { 9: { images: [{ filename: 'gone.png', subfolder: '', type: 'output' }] } };
    default: {
      const nodes = JSON.stringify(input.prompt);
      const save = (filename: string) => [{ filename, subfolder: 'sandbox', type: 'output' }];
      if (nodes.includes('VHS_VideoCombine')) return { 8: preview, 9: { gifs: save('clip.mp4') } };
      if (nodes.includes('SaveVideo'))
        return { 8: preview, 9: { images: save('clip.mp4'), animated: [true] } };
      if (nodes.includes('SaveAudio')) return { 8: preview, 9: { audio: save('tone.mp3') } };
      return { 8: preview, 9: { images: save('picture.png') } };
    }
  }
}

function upload({ raw }: Call): Reply {
  const name = /name="image"; filename="([^"]+)"/.exec(raw.toString('latin1'))?.[1];
  if (name === undefined) return { kind: 'text', status: 400, body: '400: Bad Request' };
  return json(200, { name, subfolder: '', type: 'input' });
}

function view(query: URLSearchParams): Reply {
  switch (query.get('filename')) {
    case 'picture.png':
    case 'preview.png':
      return { kind: 'bytes', status: 200, body: mediaBytes('/media/picture.png'), type: 'image/png' };
    case 'clip.mp4':
      return { kind: 'bytes', status: 200, body: mediaBytes('/media/clip.mp4'), type: 'video/mp4' };
    case 'tone.mp3':
      return { kind: 'bytes', status: 200, body: mediaBytes('/media/tone.mp3'), type: 'audio/mpeg' };
    default:
      return { kind: 'text', status: 404, body: '404: Not Found' };
  }
}

const envelope = (type: string, message: string) => ({ type, message, details: message, extra_info: {} });

function textIn(body: unknown, name: string): string | undefined {
  const held: Readonly<Record<string, unknown>> =
    typeof body === 'object' && body !== null ? { ...body } : {};
  const value = held[name];
  return typeof value === 'string' ? value : undefined;
}

function listIn(body: unknown, name: string): string[] {
  const held: Readonly<Record<string, unknown>> =
    typeof body === 'object' && body !== null ? { ...body } : {};
  const value = held[name];
  return Array.isArray(value) ? value.filter((item: unknown) => typeof item === 'string') : [];
}
