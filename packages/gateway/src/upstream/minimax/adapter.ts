/**
 * MiniMax: Hailuo's clips and image-01 (v1.ts), and MiniMax-H3 (v2.ts). Read this first. Facts: the API documents at
 * platform.minimax.io, the vendor's own command-line tool, and public clients.
 *
 * There is neither an idempotency key nor a way to find a job by anything but its id, so a lost answer cannot be looked up; v1
 * cannot cancel. Callbacks are unsigned and begin with a challenge, so none are asked for.
 * Not confirmed: whether H3 takes 768P on every account, which Hailuo models take a last frame, and whether a code 1001 at submit
 * can leave a job behind (taken to be possible).
 */
import type { JsonValue } from '../../json.ts';
import type {
  CallContext,
  CancelOutcome,
  PollOutcome,
  SubmitJob,
  SubmitOutcome,
  UpstreamAdapter,
} from '../adapter.ts';
import { createCaller } from '../call.ts';
import type { HostedApi, HostedSettings } from '../hosted.ts';
import { readInputs } from '../read-inputs.ts';
import { refuseUnsupported } from '../unsupported.ts';
import { requestFor } from './request.ts';
import * as v1 from './v1.ts';
import * as v2 from './v2.ts';
import { isHandle } from './wire.ts';

/** For keys of the global site; keys of the Chinese one belong to api.minimaxi.com. */
export const MINIMAX_BASE_URL = 'https://api.minimax.io';

export function createMinimax(settings: HostedSettings): UpstreamAdapter {
  const api: HostedApi = {
    caller: createCaller({ provider: 'minimax', api: 'generation', secrets: [settings.apiKey] }),
    baseUrl: settings.baseUrl,
    headers: { authorization: `Bearer ${settings.apiKey}` },
  };
  return {
    provider: 'minimax',
    submit: (job, ctx) => submit(api, job, ctx),
    poll: (handle, ctx) => poll(api, handle, ctx),
    cancel: (handle, ctx) => cancel(api, handle, ctx),
    close: () => api.caller.close(),
  };
}

async function submit(api: HostedApi, job: SubmitJob, ctx: CallContext): Promise<SubmitOutcome> {
  const request = requestFor(job);
  if (request.kind === 'none') return refuseUnsupported(request);
  const read = await readInputs(job.inputs, 'minimax');
  if (read.kind === 'rejected') return read;
  const body = { ...request.media(read.files), ...request.body };
  switch (request.via) {
    case 'v1_video':
      return v1.submitVideo(api, body, ctx);
    case 'v1_image':
      return v1.makeImage(api, body, ctx);
    case 'v2_video':
      return v2.submit(api, body, ctx);
    default: {
      const never: never = request.via;
      return never;
    }
  }
}

async function poll(api: HostedApi, handle: JsonValue, ctx: CallContext): Promise<PollOutcome> {
  if (!isHandle(handle)) return { kind: 'unrecognized', state: 'a handle of another version' };
  return handle.api === 'v1' ? v1.poll(api, handle.id, ctx) : v2.poll(api, handle.id, ctx);
}

async function cancel(api: HostedApi, handle: JsonValue, ctx: CallContext): Promise<CancelOutcome> {
  if (!isHandle(handle) || handle.api === 'v1') return { kind: 'not_possible' };
  return v2.cancel(api, handle.id, ctx);
}
