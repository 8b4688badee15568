/** What the Gemini API refuses a submit with. Facts: Google's guide to API errors, and recorded answers. */
import { json, type Reply, type Scenario } from './emulator.ts';

export type Ends = Exclude<Scenario['ends'], 'completed'>;

interface Refusal {
  readonly reply: Reply;
  readonly description: string;
  readonly ends: Ends;
}

export function googleError(
  status: number,
  name: string,
  message: string,
  details: readonly object[] = [],
): Reply {
  const error = { code: status, message, status: name, ...(details.length > 0 ? { details } : {}) };
  return json(status, { error });
}

const info = (reason: string) => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason,
  domain: 'googleapis.com',
});
const quota = (quotaId: string) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaMetric: 'generativelanguage.googleapis.com/generate_requests', quotaId }],
});

const REFUSALS: Readonly<Record<string, Refusal>> = {
  bad_key: {
    reply: googleError(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
      info('API_KEY_INVALID'),
    ]),
    description: 'The key is wrong, with the status of a bad request.',
    ends: { code: 'service_unavailable' },
  },
  region: {
    reply: googleError(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
    description: 'The gateway calls from a place that is not served.',
    ends: { code: 'service_unavailable' },
  },
  invalid: {
    reply: googleError(400, 'INVALID_ARGUMENT', 'Request contains an invalid argument.'),
    description: 'Something is wrong, and Google does not say what.',
    ends: { code: 'invalid_parameters' },
  },
  unknown_option: {
    reply: googleError(
      400,
      'INVALID_ARGUMENT',
      'Invalid JSON payload received. Unknown name "colour": Cannot find field.',
    ),
    description: 'An option nobody knows.',
    ends: { code: 'invalid_parameters', subtype: 'general' },
  },
  long_prompt: {
    reply: googleError(
      400,
      'INVALID_ARGUMENT',
      'The input token count (40000) exceeds the maximum number of tokens allowed (32768).',
    ),
    description: 'The prompt is too long.',
    ends: { code: 'invalid_parameters', subtype: 'prompt_too_long' },
  },
  bad_image: {
    reply: googleError(
      400,
      'INVALID_ARGUMENT',
      'Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
    ),
    description: 'An input that cannot be read.',
    ends: { code: 'image_processing_error', subtype: 'corrupted' },
  },
  no_model: {
    reply: googleError(
      404,
      'NOT_FOUND',
      'models/sandbox is not found for API version v1beta, or is not supported for generateContent.',
    ),
    description: 'A model that was taken out, or that the key has no plan for.',
    ends: { code: 'service_unavailable' },
  },
  rate: {
    reply: googleError(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota. Please retry in 48.9s.', [
      quota('GenerateRequestsPerMinutePerProjectPerModel'),
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '48s' },
    ]),
    description: 'Too many a minute.',
    ends: { code: 'quota_exceeded', subtype: 'rate_limit' },
  },
  quota: {
    reply: googleError(429, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.'),
    description: 'No money, with the status of a rate limit.',
    ends: { code: 'quota_exceeded', subtype: 'account_quota' },
  },
  overload: {
    reply: googleError(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
    description: 'No capacity.',
    ends: { code: 'resource_exhausted' },
  },
  deadline: {
    reply: googleError(503, 'UNAVAILABLE', 'Deadline expired before operation could complete.'),
    description: 'A time-out, with the status of an outage.',
    ends: { code: 'generation_timeout' },
  },
  internal: {
    reply: googleError(500, 'INTERNAL', 'An internal error has occurred. Please retry.'),
    description: 'An internal error.',
    ends: { code: 'service_error' },
  },
};

const LOST: readonly Scenario[] = [
  {
    name: 'lost_answer',
    description: 'It is made, and the connection breaks before the answer.',
    ends: { code: 'service_error' },
  },
  { name: 'cut_answer', description: 'The answer breaks in the middle.', ends: { code: 'service_error' } },
  {
    name: 'garbage',
    description: 'A success that is a page of someone in between.',
    ends: { code: 'service_error' },
  },
];

/** Of both interfaces. */
export const SUBMIT_SCENARIOS: readonly Scenario[] = [
  ...Object.entries(REFUSALS).map(([name, { description, ends }]) => ({ name, description, ends })),
  ...LOST,
];

export function refusalFor(scenario: string | null): Reply | null {
  return (scenario === null ? undefined : REFUSALS[scenario]?.reply) ?? null;
}

export function failureOf(name: 'bad_key' | 'invalid'): Reply {
  return refusalFor(name) ?? googleError(500, 'INTERNAL', 'no such scenario');
}
