/** Veo's long-running operations: running, and the ways they end. Facts: as in gemini.ts. */
import { type Call, json, type Reply, type Scenario } from './emulator.ts';
import { type Ends, googleError } from './gemini-errors.ts';
import type { Job, Jobs } from './jobs.ts';

interface Ending {
  readonly end: Readonly<Record<string, unknown>>;
  readonly description: string;
  readonly ends: Ends;
}

const RESPONSE_TYPE = 'type.googleapis.com/google.ai.generativelanguage.v1beta.PredictLongRunningResponse';

const ENDINGS: Readonly<Record<string, Ending>> = {
  filtered: filtered(
    'Sorry, we could not create the video because it goes against our usage guidelines. Support codes: 61493863',
    { code: 'content_policy_violation', subtype: 'violence' },
  ),
  celebrity: filtered(
    'Veo could not generate videos because the input image contains celebrity or their likenesses. Please remove the reference and try again.',
    { code: 'content_policy_violation', subtype: 'celebrity_likeness' },
  ),
  no_samples: {
    end: { response: { '@type': RESPONSE_TYPE, generateVideoResponse: {} } },
    description: 'Done, without a clip and without a reason.',
    ends: { code: 'generation_failed_no_content' },
  },
  operation_invalid: failed(3, 'Unsupported output video duration 7 seconds.', {
    code: 'invalid_parameters',
    subtype: 'video_duration',
  }),
  operation_overload: failed(14, 'Service is currently overloaded', { code: 'resource_exhausted' }),
  operation_timeout: failed(4, 'Deadline exceeded', { code: 'generation_timeout' }),
  operation_internal: failed(13, 'Internal error encountered.', { code: 'service_error' }),
  operation_cancelled: failed(1, 'The operation was cancelled.', { code: 'request_cancelled' }),
};

export const CLIP_SCENARIOS: readonly Scenario[] = [
  ...Object.entries(ENDINGS).map(([name, { description, ends }]) => ({ name, description, ends })),
  { name: 'some_filtered', description: 'One of two clips is filtered.', ends: 'completed' },
  { name: 'garbage_poll', description: 'Two polls break; the operation goes on.', ends: 'completed' },
  { name: 'empty_poll', description: 'Two polls are answered with an empty object.', ends: 'completed' },
  {
    name: 'vanishes',
    description: 'The operation is gone when polled.',
    ends: { code: 'resource_not_found' },
  },
  { name: 'broken_content', description: 'The clip cannot be had at the first try.', ends: 'completed' },
  { name: 'content_elsewhere', description: 'The clip is at another host.', ends: 'completed' },
  {
    name: 'content_expired',
    description: 'The operation is done, and its clip was removed already.',
    ends: { code: 'resource_not_found' },
  },
];

export function operationState(jobs: Jobs, job: Job, { origin }: Call): Reply {
  const name = `models/${String(job.input.model)}/operations/${job.id}`;
  const state = jobs.poll(job);
  if (state !== 'over') {
    if (job.scenario === 'garbage_poll')
      return state === 'queued'
        ? { kind: 'hang_up', after: 'headers' }
        : googleError(503, 'UNAVAILABLE', 'The service is currently unavailable.');
    return json(200, job.scenario === 'empty_poll' ? {} : { name });
  }
  const ending = job.scenario === null ? undefined : ENDINGS[job.scenario];
  if (ending) return json(200, { name, done: true, ...ending.end });
  const host = job.scenario === 'content_elsewhere' ? origin.replace('127.0.0.1', 'localhost') : origin;
  const video = { uri: `${host}/v1beta/files/${job.id}:download?alt=media` };
  const reasons = { raiMediaFilteredCount: 1, raiMediaFilteredReasons: ['Support codes: 61493863'] };
  const generateVideoResponse = {
    generatedSamples: [{ video }],
    ...(job.scenario === 'some_filtered' ? reasons : {}),
  };
  return json(200, { name, done: true, response: { '@type': RESPONSE_TYPE, generateVideoResponse } });
}

function filtered(reason: string, ends: Ends): Ending {
  const generateVideoResponse = { raiMediaFilteredCount: 1, raiMediaFilteredReasons: [reason] };
  return {
    end: { response: { '@type': RESPONSE_TYPE, generateVideoResponse } },
    description: 'Done and filtered: no error, and no clip.',
    ends,
  };
}

/** In an operation the code is a gRPC number, and there is no name of the status. */
function failed(code: number, message: string, ends: Ends): Ending {
  return {
    end: { error: { code, message } },
    description: `The operation fails with gRPC code ${code}.`,
    ends,
  };
}
