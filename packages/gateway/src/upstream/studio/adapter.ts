/** The studio as the engine sees it: jobs to requests, answers to outcomes. Decides nothing. */
import type { Evidence, EvidencePhase, NetworkFault } from '@sluice/errors';
import { type Static, Type } from 'typebox';
import { guard } from '../../guard.ts';
import type { JsonObject, JsonValue } from '../../json.ts';
import type {
  InputMedia,
  LookupOutcome,
  PollOutcome,
  SubmitJob,
  SubmitOutcome,
  UpstreamAdapter,
} from '../adapter.ts';
import { STUDIO, studioModels } from './models.ts';
import type { StudioService } from './service.ts';
import { isErrorAnswer, isJobResult, isJobStatus, type RenderRequest, type Reply } from './wire.ts';

const Handle = Type.Object({ job: Type.String() });
const isHandle = guard(Handle);

/** The studio is in the same process: asking costs next to nothing. */
const POLL_AFTER_MS = 250;

export function createStudioAdapter(service: StudioService): UpstreamAdapter {
  return {
    provider: STUDIO,

    async submit(job, { signal }): Promise<SubmitOutcome> {
      const files = await bytesOf(job.inputs, signal);
      if (!Array.isArray(files))
        return { kind: 'rejected', evidence: evidence('network', { kind: 'lost', fault: files }) };
      const reply = await service.create(requestOf(job), files, signal);
      if (reply.kind === 'lost') return { kind: 'unknown', evidence: evidence('network', reply) };
      if (reply.status === 200 && isJobStatus(reply.body)) {
        const handle: Static<typeof Handle> = { job: reply.body.job };
        return { kind: 'accepted', handle, pollAfterMs: POLL_AFTER_MS };
      }
      // The studio answers an error only when it made no job; any other answer leaves that open.
      const kind = isErrorAnswer(reply.body) ? 'rejected' : 'unknown';
      return { kind, evidence: evidence('submit', reply) };
    },

    async poll(handle): Promise<PollOutcome> {
      const job = jobOf(handle);
      const reply = await service.status(job);
      if (reply.kind === 'lost' || reply.status !== 200) return badAnswer('poll', reply);
      if (!isJobStatus(reply.body)) return { kind: 'unreachable', evidence: evidence('poll', reply) };
      const { state, progress } = reply.body;
      switch (state) {
        case 'queued':
        case 'rendering':
          return { kind: 'running', progress, pollAfterMs: POLL_AFTER_MS };
        case 'failed':
          return { kind: 'failed', evidence: evidence('poll', reply) };
        case 'done':
          return collect(service, job);
        default:
          return { kind: 'unrecognized', state };
      }
    },

    async cancel(handle) {
      const reply = await service.stop(jobOf(handle));
      const stopped =
        reply.kind === 'answer' && isJobStatus(reply.body) && reply.body.error?.code === 'cancelled';
      return { kind: stopped ? 'cancelled' : 'not_possible' };
    },

    async lookup(idempotencyKey): Promise<LookupOutcome> {
      const reply = await service.find(idempotencyKey);
      if (reply.kind === 'lost') return { kind: 'undecided' };
      if (reply.status === 404) return { kind: 'absent' };
      return isJobStatus(reply.body)
        ? { kind: 'found', handle: { job: reply.body.job } }
        : { kind: 'undecided' };
    },

    release: (handle) => service.release(jobOf(handle)),
    close: () => service.close(),
  };
}

async function collect(service: StudioService, job: string): Promise<PollOutcome> {
  const reply = await service.result(job);
  if (reply.kind === 'lost' || reply.status !== 200) return badAnswer('result', reply);
  if (!isJobResult(reply.body)) return { kind: 'unreachable', evidence: evidence('result', reply) };
  const outputs = reply.body.outputs.map(
    ({ path, mime_type }) => ({ kind: 'file', path, mimeType: mime_type }) as const,
  );
  return { kind: 'finished', outputs };
}

/** An error that names the job, or says that there is none, is the job's end; any other is about this call alone. */
function badAnswer(phase: EvidencePhase, reply: Reply): PollOutcome {
  const ended =
    reply.kind === 'answer' &&
    (reply.status === 404 || (isErrorAnswer(reply.body) && reply.body.job !== undefined));
  return { kind: ended ? 'failed' : 'unreachable', evidence: evidence(phase, reply) };
}

function evidence(phase: EvidencePhase, reply: Reply): Evidence {
  const from = { provider: STUDIO, api: 'render' };
  return reply.kind === 'lost'
    ? { ...from, phase: 'network', status: null, headers: {}, body: reply.fault }
    : { ...from, phase, status: reply.status, headers: reply.headers, body: reply.body };
}

/** A handle that is none of ours names no job: the studio says so. */
const jobOf = (handle: JsonValue) => (isHandle(handle) ? handle.job : '');

/** Reads the inputs before anything is sent; what fails here has provably not left. */
async function bytesOf(
  inputs: readonly InputMedia[],
  signal: AbortSignal,
): Promise<Uint8Array[] | NetworkFault> {
  try {
    const files = await Promise.all(inputs.map((input) => input.read()));
    signal.throwIfAborted();
    return files;
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { name, message, code: 'NOT_SENT' };
  }
}

function requestOf(job: SubmitJob): RenderRequest {
  return {
    key: job.idempotencyKey,
    model: job.upstreamModel,
    attempt: job.attempt,
    params: ownParams(job.upstreamModel, job.params),
    media: job.inputs.map(({ param, index, mimeType, width, height }) => ({
      field: param,
      index,
      mime_type: mimeType,
      width,
      height,
    })),
  };
}

/** What is the gateway's alone (`metadata`, `auto_fix`, ...) does not go out. */
function ownParams(upstreamModel: string, params: JsonObject): JsonObject {
  const model = studioModels.find(({ id }) => id === upstreamModel);
  const known = model?.parameters.properties ?? {};
  return Object.fromEntries(Object.entries(params).filter(([name]) => Object.hasOwn(known, name)));
}
