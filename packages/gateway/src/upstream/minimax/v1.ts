/** MiniMax's first interface: clips in three steps (create, look, fetch the file's link), pictures in one. */

import type { JsonObject } from '../../json.ts';
import type { CallContext, OutputSource, PollOutcome, SubmitOutcome } from '../adapter.ts';
import type { HostedApi } from '../hosted.ts';
import { call, isUnknownId, withoutJob } from './api.ts';
import { createdId, fileId, isFirstTask, isRetrieved, picturesOf } from './wire.ts';

/** A picture is made while the call waits. */
const IMAGE_TIMEOUT_MS = 300_000;

export async function submitVideo(
  api: HostedApi,
  body: JsonObject,
  ctx: CallContext,
): Promise<SubmitOutcome> {
  const said = await call(api, { method: 'POST', path: '/v1/video_generation', body }, 'submit', ctx);
  const id = said.code === 0 ? createdId(said.body) : null;
  return id === null ? withoutJob(said) : { kind: 'accepted', handle: { api: 'v1', id } };
}

export async function makeImage(api: HostedApi, body: JsonObject, ctx: CallContext): Promise<SubmitOutcome> {
  const request = {
    method: 'POST',
    path: '/v1/image_generation',
    body,
    timeoutMs: IMAGE_TIMEOUT_MS,
  } as const;
  const said = await call(api, request, 'submit', ctx);
  if (said.code !== 0) return withoutJob(said);
  const { links, inline } = picturesOf(said.body);
  const outputs: OutputSource[] = [
    ...links.map((url) => ({ kind: 'url' as const, url, mimeType: null })),
    ...inline.map((text) => ({ kind: 'bytes' as const, data: Buffer.from(text, 'base64'), mimeType: null })),
  ];
  // Blocked pictures are left out without an error, and only those that were made are charged.
  if (outputs.length === 0) return { kind: 'rejected', evidence: { ...said.evidence, phase: 'result' } };
  return { kind: 'finished', outputs };
}

export async function poll(api: HostedApi, id: string, ctx: CallContext): Promise<PollOutcome> {
  const path = `/v1/query/video_generation?task_id=${encodeURIComponent(id)}`;
  const said = await call(api, { method: 'GET', path }, 'poll', ctx);
  if (!isFirstTask(said.body) || said.body.status === '') {
    return { kind: isUnknownId(said) ? 'failed' : 'unreachable', evidence: said.evidence };
  }
  const state = said.body.status.toLowerCase();
  switch (state) {
    case 'preparing':
    case 'queueing':
    case 'processing':
      return { kind: 'running', progress: null };
    case 'success': {
      const file = fileId(said.body.file_id);
      return file === null ? { kind: 'failed', evidence: said.evidence } : retrieve(api, file, ctx);
    }
    case 'fail':
    case 'failed':
      return { kind: 'failed', evidence: said.evidence };
    default:
      return { kind: 'unrecognized', state };
  }
}

/** The clip is made and paid: only a file that is not there ends the job, everything else is asked again. */
async function retrieve(api: HostedApi, file: string, ctx: CallContext): Promise<PollOutcome> {
  const path = `/v1/files/retrieve?file_id=${encodeURIComponent(file)}`;
  const said = await call(api, { method: 'GET', path }, 'result', ctx);
  if (said.code === 0 && isRetrieved(said.body)) {
    return { kind: 'finished', outputs: [{ kind: 'url', url: said.body.file.download_url, mimeType: null }] };
  }
  return { kind: isUnknownId(said) ? 'failed' : 'unreachable', evidence: said.evidence };
}
