/**
 * Google's Gemini API: pictures by `generateContent`, clips by Veo as long-running operations. Read this first; `gemini-answers.ts`
 * has what goes wrong with a picture, `gemini-operations.ts` with a clip. Facts from Google's API reference, its guides to
 * image generation, Veo and errors, the official Node client, and recorded answers.
 */
import { type Call, json, type ProviderEmulator, type Reply, scenarioIn } from './emulator.ts';
import { answerFor, PICTURE_SCENARIOS } from './gemini-answers.ts';
import { failureOf, googleError, refusalFor, SUBMIT_SCENARIOS } from './gemini-errors.ts';
import { CLIP_SCENARIOS, operationState } from './gemini-operations.ts';
import { Jobs } from './jobs.ts';
import { mediaBytes } from './media.ts';

/** One interface's scenarios mean nothing to the other: `about` narrows the list, not what is answered. */
export type GeminiPart = 'pictures' | 'clips';

/** A picture that is paid counts like a job. */
export function createGemini(about?: GeminiPart): ProviderEmulator {
  const jobs = new Jobs('op');
  return {
    provider: 'gemini',
    scenarios: [
      ...SUBMIT_SCENARIOS,
      ...(about === 'clips' ? [] : PICTURE_SCENARIOS),
      ...(about === 'pictures' ? [] : CLIP_SCENARIOS),
    ],
    jobsMade: () => jobs.made,
    answer(call) {
      if (!hasKey(call)) return failureOf('bad_key');
      if (call.path.includes('/files/')) return download(call, jobs);
      const [, model, method] = /\/models\/([^/:]+):(\w+)$/.exec(call.path) ?? [];
      if (call.method === 'POST' && model !== undefined) return submit(jobs, call, model, method ?? '');
      const [, operation] = /\/models\/[^/]+\/operations\/([^/]+)$/.exec(call.path) ?? [];
      const job = jobs.find(operation);
      if (!job || job.scenario === 'vanishes')
        return googleError(404, 'NOT_FOUND', 'Requested entity was not found.');
      return operationState(jobs, job, call);
    },
  };
}

function hasKey({ headers, query }: Call): boolean {
  return /\S/.test(headers['x-goog-api-key'] ?? '') || query.has('key');
}

function submit(jobs: Jobs, { body }: Call, model: string, method: string): Reply {
  const fields = recordOf(body);
  const isClip = method === 'predictLongRunning';
  const prompt = isClip ? promptOfClip(fields) : promptOfPicture(fields);
  if (prompt === null) return failureOf('invalid');
  const refused = check(fields, isClip);
  if (refused) return refused;
  const scenario = scenarioIn(prompt);
  const refusal = refusalFor(scenario);
  if (refusal) return refusal;
  const job = jobs.make(scenario, { ...fields, model });
  if (scenario === 'lost_answer') return { kind: 'hang_up', after: 'nothing' };
  if (scenario === 'cut_answer') return { kind: 'hang_up', after: 'headers' };
  if (scenario === 'garbage')
    return { kind: 'text', status: 200, type: 'text/html', body: '<html><body>Please sign in</body></html>' };
  return isClip ? json(200, { name: `models/${model}/operations/${job.id}` }) : answerFor(scenario, model);
}

/** The checks that the real API makes of what adapters may get wrong. */
function check(fields: Readonly<Record<string, unknown>>, isClip: boolean): Reply | null {
  const size = recordOf(recordOf(fields.generationConfig).imageConfig).imageSize;
  if (!isClip && size !== undefined && !/^(512|[124]K)$/.test(String(size)))
    return googleError(
      400,
      'INVALID_ARGUMENT',
      `Invalid value at 'generation_config.image_config.image_size' (TYPE_STRING), "${size}"`,
    );
  const { durationSeconds, resolution } = recordOf(fields.parameters);
  if (isClip && durationSeconds !== undefined && typeof durationSeconds !== 'number')
    return googleError(400, 'INVALID_ARGUMENT', 'The value type for `durationSeconds` needs to be a number.');
  if (
    resolution !== undefined &&
    resolution !== '720p' &&
    durationSeconds !== undefined &&
    durationSeconds !== 8
  )
    return googleError(
      400,
      'INVALID_ARGUMENT',
      `${resolution} is not supported for a duration of ${durationSeconds} seconds.`,
    );
  return null;
}

/** Google answers with a redirect whose body looks like an error, to another path of the same host. */
function download(call: Call, jobs: Jobs): Reply {
  const [, id] = /\/files\/([^/:]+):download$/.exec(call.path) ?? [];
  const job = jobs.find(id);
  if (!job || job.scenario === 'content_expired')
    return googleError(404, 'NOT_FOUND', `File ${id} does not exist.`);
  if (!call.path.startsWith('/download/')) {
    if (job.scenario === 'broken_content' && job.polls === 3)
      return googleError(503, 'UNAVAILABLE', 'The service is currently unavailable.');
    const location = `${call.origin}/download${call.path}?alt=media`;
    return json(302, { error: { code: 302, message: 'Unknown Error.', status: 'UNKNOWN' } }, { location });
  }
  return { kind: 'bytes', status: 200, body: mediaBytes('/media/clip.mp4'), type: 'video/mp4' };
}

function promptOfPicture({ contents }: Readonly<Record<string, unknown>>): string | null {
  if (!Array.isArray(contents)) return null;
  const parts = contents.flatMap((content: unknown) => {
    const { parts } = recordOf(content);
    return Array.isArray(parts) ? parts.map(recordOf) : [];
  });
  return parts.length === 0 ? null : parts.map(({ text }) => text ?? '').join(' ');
}

function promptOfClip({ instances }: Readonly<Record<string, unknown>>): string | null {
  const { prompt } = recordOf(Array.isArray(instances) ? instances[0] : null);
  return typeof prompt === 'string' ? prompt : null;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
