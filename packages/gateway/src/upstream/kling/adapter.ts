/**
 * Kling: the job API under /v1. Read this first; token.ts signs, request.ts says a job in Kling's words. Facts: the API documents
 * at app.klingai.com, and the sources of public clients for what happens in practice.
 *
 * `external_task_id` is our idempotency key: unique within the account, and a job can be asked for by it. So a lost answer can be
 * looked up, and "already exists" means that the job was taken the first time.
 * Not confirmed: any way to cancel, so a job is left to end; how soon after a lost answer a job can be found by our id, so "not
 * there" is believed only after a while. Callbacks are unsigned here, so none are asked for.
 */
import type { JsonValue } from '../../json.ts';
import type {
  CallContext,
  LookupOutcome,
  OutputRef,
  PollOutcome,
  SubmitJob,
  SubmitOutcome,
  UpstreamAdapter,
} from '../adapter.ts';
import { refusedForCertain } from '../call.ts';
import { readInputs } from '../read-inputs.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { type Api, createApi, get, type KlingSettings, post, type Said } from './api.ts';
import { picturesIn, requestFor } from './request.ts';
import { isHandle, jobOf, KINDS, type Kind, messageOf } from './wire.ts';

export type { KlingSettings } from './api.ts';
export type { KlingCredentials } from './token.ts';

/** For keys of the global site; keys of the Chinese one belong to api-beijing.klingai.com. */
export const KLING_BASE_URL = 'https://api-singapore.klingai.com';

/** "Illegal value": also said of an id that is not known, and of one that is known already. "No such resource". */
const ILLEGAL_VALUE = 1201;
const NO_RESOURCE = 1203;

/** A request whose answer was lost may still be on its way in; after this it is not. */
const SETTLED_AFTER_MS = 30_000;
const MOST_REMEMBERED = 10_000;

export function createKling(settings: KlingSettings): UpstreamAdapter {
  const api = createApi(settings);
  /** When a key was first found to have no job. Forgetting only means asking again. */
  const missingSince = new Map<string, number>();
  return {
    provider: 'kling',
    submit: (job, ctx) => submit(api, job, ctx),
    poll: (handle, ctx) => poll(api, handle, ctx),
    cancel: () => Promise.resolve({ kind: 'not_possible' }),
    lookup: (key, ctx) => lookup(api, missingSince, key, ctx),
    close: () => api.caller.close(),
  };
}

async function submit(api: Api, job: SubmitJob, ctx: CallContext): Promise<SubmitOutcome> {
  const request = requestFor(job);
  if (request.kind === 'none') return refuseUnsupported(request);
  const read = await readInputs(job.inputs, 'kling');
  if (read.kind === 'rejected') return read;
  const pictures = picturesIn(request.path, read.files);
  const said = await post(api, request.path, { ...pictures, ...request.body }, ctx);
  const made = said.code === 0 ? jobOf(said.body) : null;
  if (made) return { kind: 'accepted', handle: { kind: request.path, id: made.task_id } };
  if (said.code === ILLEGAL_VALUE && /external_?task_?id/i.test(messageOf(said.body))) {
    return alreadyThere(api, request.path, job.idempotencyKey, said, ctx);
  }
  return { kind: saysNo(said) ? 'rejected' : 'unknown', evidence: said.evidence };
}

/** Something was said about our id. Whether it has a job is asked, not guessed from the sentence. */
async function alreadyThere(
  api: Api,
  path: Kind,
  key: string,
  said: Said,
  ctx: CallContext,
): Promise<SubmitOutcome> {
  const found = await find(api, path, key, ctx);
  switch (found.kind) {
    case 'found':
      return { kind: 'accepted', handle: found.handle };
    case 'absent':
      return { kind: 'rejected', evidence: said.evidence };
    case 'undecided':
      return { kind: 'unknown', evidence: said.evidence };
    default: {
      const never: never = found;
      return never;
    }
  }
}

/** A success that holds no job may stand for one all the same. */
function saysNo({ answer, code, evidence }: Said): boolean {
  if (answer.kind === 'answer' && answer.status < 300) return code !== null && code !== 0;
  return refusedForCertain(evidence);
}

async function poll(api: Api, handle: JsonValue, ctx: CallContext): Promise<PollOutcome> {
  if (!isHandle(handle)) return { kind: 'unrecognized', state: 'a handle of another version' };
  const { code, body, evidence } = await get(api, `${handle.kind}/${encodeURIComponent(handle.id)}`, ctx);
  const job = code === 0 ? jobOf(body) : null;
  if (!job) return { kind: isUnknownId(code) ? 'failed' : 'unreachable', evidence };
  const state = (job.task_status ?? '').toLowerCase();
  switch (state) {
    case 'submitted':
    case 'processing':
      return { kind: 'running', progress: null };
    case 'succeed':
    case 'succeeded': {
      const { videos = [], images = [] } = job.task_result ?? {};
      const outputs = [...videos, ...images].map(
        ({ url }): OutputRef => ({ kind: 'url', url, mimeType: null }),
      );
      return outputs.length > 0 ? { kind: 'finished', outputs } : { kind: 'failed', evidence };
    }
    case 'failed':
      return { kind: 'failed', evidence };
    default:
      return { kind: 'unrecognized', state };
  }
}

/** Asking for a job sends nothing but its id, so an illegal value can only be that. */
function isUnknownId(code: number | null): boolean {
  return code === ILLEGAL_VALUE || code === NO_RESOURCE;
}

async function lookup(
  api: Api,
  missingSince: Map<string, number>,
  key: string,
  ctx: CallContext,
): Promise<LookupOutcome> {
  // A job is found only under the kind it was made as, which the key does not tell.
  for (const path of KINDS) {
    const found = await find(api, path, key, ctx);
    if (found.kind !== 'absent') return found;
  }
  const now = ctx.clock.now();
  const since = missingSince.get(key) ?? now;
  if (now - since >= SETTLED_AFTER_MS) {
    missingSince.delete(key);
    return { kind: 'absent' };
  }
  if (missingSince.size >= MOST_REMEMBERED) missingSince.clear();
  missingSince.set(key, since);
  return { kind: 'undecided' };
}

async function find(api: Api, path: Kind, key: string, ctx: CallContext): Promise<LookupOutcome> {
  const { code, body } = await get(api, `${path}/${encodeURIComponent(key)}`, ctx);
  const job = code === 0 ? jobOf(body) : null;
  if (job) return { kind: 'found', handle: { kind: path, id: job.task_id } };
  return { kind: isUnknownId(code) ? 'absent' : 'undecided' };
}
