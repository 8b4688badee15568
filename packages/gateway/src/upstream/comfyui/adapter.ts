/**
 * ComfyUI, self-hosted. Read this first, then `workflow.ts` (templates) and `values.ts` (what goes into them).
 * Facts: docs.comfy.org (routes, messages) and the server's own source (`server.py`, `execution.py`).
 *
 * A route's `upstream_model` is the name of a template in the folder of workflows. The prompt's id is ours, made of the attempt's
 * key; servers that choose ids themselves keep it as a mark in the extra data, so that a lost submit is found on both. A prompt
 * is always in exactly one of pending, running and history, moved under one lock; both are lost when the server restarts.
 * Not confirmed: from which version on the server takes our id. The interrupt of old servers ignores the id and stops whatever
 * runs; so it is only sent while our prompt is the one that runs.
 */
import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '../../json.ts';
import type {
  CallContext,
  CancelOutcome,
  LookupOutcome,
  OutputRef,
  PollOutcome,
  SubmitJob,
  SubmitOutcome,
  UpstreamAdapter,
} from '../adapter.ts';
import { createCaller, refusedForCertain, type UpstreamAnswer, type UpstreamCaller } from '../call.ts';
import { createResultFolder, type ResultFolder } from '../result-folder.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { endingOf, MARK, markedIn, type Place, placeIn, saidOf } from './history.ts';
import { openProgress, type Progress, type SocketOpener } from './progress.ts';
import { uploadInputs } from './uploads.ts';
import { unusedBy, valuesFor } from './values.ts';
import { type Entry, type Handle, isHandle, isHistory, isQueue, isQueued, type SavedFile } from './wire.ts';
import { fillWorkflow, readWorkflows, type Workflow } from './workflow.ts';

export const COMFYUI_BASE_URL = 'http://127.0.0.1:8188';

export interface ComfyuiSettings {
  /** Without a trailing slash. Nothing is sent to prove who we are: the server has no keys. */
  readonly baseUrl: string;
  /** The folder of templates, each `<name>.json`. Read once, when the adapter is made. */
  readonly workflows: string;
  /** Where results are kept until the gateway takes them over. */
  readonly folder: string;
  /** How a websocket is opened; only for tests. */
  readonly openSocket?: SocketOpener;
}

interface Api {
  readonly caller: UpstreamCaller;
  readonly baseUrl: string;
  readonly clientId: string;
  readonly workflows: ReadonlyMap<string, Workflow>;
  readonly results: ResultFolder;
  readonly progress: Progress;
  /** When a prompt was first looked for in vain. Losing it only makes a look-up take longer. */
  readonly missed: Map<string, number>;
}

/** A submit that is still being checked by the server is in no list yet; it does not take longer than this. */
const SURELY_ARRIVED_MS = 10_000;
/** How far back a prompt without our id is looked for: more than a server makes within a reconcile window. */
const LOOKED_THROUGH = 200;

/** Raises an Error that says what is wrong where the folder of workflows cannot be used. */
export function createComfyui(settings: ComfyuiSettings): UpstreamAdapter {
  const { baseUrl, folder, openSocket } = settings;
  const caller = createCaller({ provider: 'comfyui', api: 'prompt', secrets: [] });
  const clientId = uuidOf(`${baseUrl} ${folder}`);
  const api: Api = {
    caller,
    baseUrl,
    clientId,
    workflows: readWorkflows(settings.workflows),
    results: createResultFolder(folder, caller),
    progress: openProgress(baseUrl, clientId, openSocket),
    missed: new Map(),
  };
  return {
    provider: 'comfyui',
    submit: (job, ctx) => submit(api, job, ctx),
    poll: (handle, ctx) => poll(api, handle, ctx),
    cancel: (handle, ctx) => cancel(api, handle, ctx),
    lookup: (idempotencyKey, ctx) => lookup(api, idempotencyKey, ctx),
    release: (handle) => release(api, handle),
    close: () => {
      api.progress.close();
      return caller.close();
    },
  };
}

async function submit(api: Api, job: SubmitJob, ctx: CallContext): Promise<SubmitOutcome> {
  const workflow = api.workflows.get(job.upstreamModel);
  if (!workflow) return noSuchWorkflow(job.upstreamModel);
  const unused = unusedBy(workflow, job);
  if (unused) return refuseUnsupported(unused);

  const uploaded = await uploadInputs(api, job.inputs, ctx.signal);
  if (uploaded.kind === 'rejected') return uploaded;
  const filled = fillWorkflow(workflow, valuesFor(workflow, job, uploaded.media));
  if (filled.kind === 'missing')
    return refuseUnsupported({ param: filled.path, message: `This model needs \`${filled.path}\`.` });

  const id = uuidOf(job.idempotencyKey);
  const body = {
    prompt: filled.graph,
    prompt_id: id,
    client_id: api.clientId,
    extra_data: { [MARK]: { id, type: job.type } },
  };
  const answer = await api.caller.send({ method: 'POST', url: `${api.baseUrl}/prompt`, body }, ctx.signal);
  if (answer.kind === 'answer' && answer.status < 300 && isQueued(answer.body)) {
    const { prompt_id, node_errors } = answer.body;
    const handle: Handle = { id: prompt_id, type: job.type, nodes: Object.keys(filled.graph).length };
    api.progress.follow();
    if (!hasEntries(node_errors)) return { kind: 'accepted', handle: { ...handle } };
    return partlyAccepted(api, { ...handle, nodeErrors: node_errors }, answer, ctx);
  }
  const evidence = api.caller.evidence(answer, 'submit');
  // The id is of this attempt alone: a server that has it already has it from us.
  const alreadyThere = answer.kind === 'answer' && answer.status === 409;
  return { kind: !alreadyThere && refusedForCertain(evidence) ? 'rejected' : 'unknown', evidence };
}

/** Only some outputs of the graph will be made. It is taken back where that is still possible, else watched to its end. */
async function partlyAccepted(
  api: Api,
  handle: Handle,
  answer: UpstreamAnswer,
  ctx: CallContext,
): Promise<SubmitOutcome> {
  if ((await cancel(api, { ...handle }, ctx)).kind !== 'cancelled')
    return { kind: 'accepted', handle: { ...handle } };
  return { kind: 'rejected', evidence: api.caller.evidence(answer, 'submit') };
}

async function poll(api: Api, handle: JsonValue, ctx: CallContext): Promise<PollOutcome> {
  if (!isHandle(handle)) return { kind: 'unrecognized', state: 'a handle of another version' };
  const first = await askHistory(api, handle.id, ctx);
  if (first.kind === 'found') return ended(api, handle, first.entry, first.answer, ctx);
  if (first.kind === 'unreadable') return unreachable(api, first.answer);
  const queue = await api.caller.send({ method: 'GET', url: `${api.baseUrl}/queue` }, ctx.signal);
  const place = placeOf(queue, handle.id);
  if (place === null) return unreachable(api, queue);
  if (place !== 'absent') {
    api.progress.follow();
    return { kind: 'running', progress: api.progress.of(handle.id, handle.nodes) };
  }
  // It may have ended between the two questions.
  const again = await askHistory(api, handle.id, ctx);
  if (again.kind === 'found') return ended(api, handle, again.entry, again.answer, ctx);
  if (again.kind === 'unreadable') return unreachable(api, again.answer);
  return { kind: 'failed', evidence: api.caller.evidence(again.answer, 'poll') };
}

type Asked =
  | { readonly kind: 'found'; readonly entry: Entry; readonly answer: UpstreamAnswer }
  | { readonly kind: 'absent' | 'unreadable'; readonly answer: UpstreamAnswer };

async function askHistory(api: Api, id: string, ctx: CallContext): Promise<Asked> {
  const url = `${api.baseUrl}/history/${encodeURIComponent(id)}`;
  const answer = await api.caller.send({ method: 'GET', url }, ctx.signal);
  if (answer.kind === 'silence' || answer.status >= 300 || !isHistory(answer.body))
    return { kind: 'unreadable', answer };
  const entry = Object.hasOwn(answer.body, id) ? answer.body[id] : undefined;
  return entry ? { kind: 'found', entry, answer } : { kind: 'absent', answer };
}

async function ended(
  api: Api,
  handle: Handle,
  entry: Entry,
  answer: UpstreamAnswer,
  ctx: CallContext,
): Promise<PollOutcome> {
  api.progress.forget(handle.id);
  const said = (body: JsonObject) =>
    api.caller.evidence(answer.kind === 'answer' ? { ...answer, body } : answer, 'poll');
  const ending = endingOf(entry, handle.type);
  switch (ending.kind) {
    case 'success':
      if (ending.files.length > 0) return takeResults(api, handle, ending.files, ctx);
      return { kind: 'failed', evidence: said(whyNothing(handle, entry)) };
    case 'error':
      return { kind: 'failed', evidence: said(whyNothing(handle, entry)) };
    case 'unrecognized':
      return ending;
    default: {
      const never: never = ending;
      return never;
    }
  }
}

/** A graph of which outputs were dropped was interrupted by us, or came to nothing: for what the server said at the start. */
const whyNothing = ({ nodeErrors }: Handle, entry: Entry): JsonObject =>
  nodeErrors === undefined ? saidOf(entry) : { node_errors: nodeErrors };

/** Nobody but us reaches the server: the files are fetched here, not by the gateway's guarded caller. */
async function takeResults(
  api: Api,
  handle: Handle,
  files: readonly SavedFile[],
  ctx: CallContext,
): Promise<PollOutcome> {
  const outputs: OutputRef[] = [];
  for (const [index, { filename, subfolder = '', type = 'output' }] of files.entries()) {
    const url = `${api.baseUrl}/view?${new URLSearchParams({ filename, subfolder, type })}`;
    const result = await api.results.take({ job: handle.id, index, url, headers: {} }, ctx);
    if (result.kind === 'refused') {
      const evidence = api.caller.evidence(result.answer, 'result');
      return { kind: evidence.status === 404 ? 'failed' : 'unreachable', evidence };
    }
    outputs.push(result.output);
  }
  return { kind: 'finished', outputs };
}

async function cancel(api: Api, handle: JsonValue, ctx: CallContext): Promise<CancelOutcome> {
  if (!isHandle(handle)) return { kind: 'not_possible' };
  const { id } = handle;
  const { send } = api.caller;
  const place = async () =>
    placeOf(await send({ method: 'GET', url: `${api.baseUrl}/queue` }, ctx.signal), id);
  const before = await place();
  if (before === 'pending') {
    const body = { delete: [id] };
    await send({ method: 'POST', url: `${api.baseUrl}/queue`, body }, ctx.signal);
  }
  // A prompt that is deleted leaves no history; one that began meanwhile will.
  const now = before === 'pending' ? await place() : before;
  if (before === 'pending' && now === 'absent') {
    const entry = await askHistory(api, id, ctx);
    return { kind: entry.kind === 'absent' ? 'cancelled' : 'not_possible' };
  }
  if (now !== 'running') return { kind: 'not_possible' };
  const answer = await send(
    { method: 'POST', url: `${api.baseUrl}/interrupt`, body: { prompt_id: id } },
    ctx.signal,
  );
  return { kind: answer.kind === 'answer' && answer.status < 300 ? 'requested' : 'not_possible' };
}

/**
 * Queue before history: a prompt only ever moves from the one to the other. A server that restarted in between has forgotten all of
 * them: then nothing runs, but a partner node of the graph may have been paid.
 */
async function lookup(api: Api, idempotencyKey: string, ctx: CallContext): Promise<LookupOutcome> {
  const mark = uuidOf(idempotencyKey);
  const queue = await api.caller.send({ method: 'GET', url: `${api.baseUrl}/queue` }, ctx.signal);
  if (queue.kind === 'silence' || !isQueue(queue.body)) return { kind: 'undecided' };
  const url = `${api.baseUrl}/history?max_items=${LOOKED_THROUGH}`;
  const history = await api.caller.send({ method: 'GET', url }, ctx.signal);
  if (history.kind === 'silence' || history.status >= 300 || !isHistory(history.body))
    return { kind: 'undecided' };
  const prompts = Object.values(history.body).map(({ prompt }) => prompt);
  const { queue_running, queue_pending } = queue.body;
  const item = markedIn([...queue_running, ...queue_pending, ...prompts], mark);
  if (item) {
    api.missed.delete(mark);
    return { kind: 'found', handle: { ...item } };
  }
  const since = api.missed.get(mark) ?? ctx.clock.now();
  if (ctx.clock.now() - since < SURELY_ARRIVED_MS) {
    api.missed.set(mark, since);
    return { kind: 'undecided' };
  }
  api.missed.delete(mark);
  return { kind: 'absent' };
}

async function release(api: Api, handle: JsonValue): Promise<void> {
  if (isHandle(handle)) await api.results.drop(handle.id);
}

const placeOf = (answer: UpstreamAnswer, id: string): Place | null =>
  answer.kind === 'answer' && answer.status < 300 ? placeIn(answer.body, id) : null;

const unreachable = (api: Api, answer: UpstreamAnswer): PollOutcome => ({
  kind: 'unreachable',
  evidence: api.caller.evidence(answer, 'poll'),
});

const hasEntries = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;

/** The operator's fault, and no client's: the route names a template that is not there. */
function noSuchWorkflow(name: string): SubmitOutcome {
  const message = `There is no workflow template ${JSON.stringify(name)}; add it and restart, or correct the route.`;
  const body = { error: { code: 'service_unavailable', message } };
  return {
    kind: 'rejected',
    evidence: { provider: 'gateway', phase: 'submit', status: null, headers: {}, body },
  };
}

/** The same text always gives the same id, in the form servers insist on (RFC 9562, version 8: an id of one's own making). */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join('-');
}
