/**
 * The errors of OpenAI's APIs as they come over the wire: the images emulator and the videos emulator answer with them. Facts:
 * OpenAI's error guide, and answers that users published.
 */
import { json, type Reply, type Scenario } from './emulator.ts';

export type Ends = Exclude<Scenario['ends'], 'completed'>;

export interface Refusal {
  readonly reply: Reply;
  readonly description: string;
  readonly ends: Ends;
}

export interface OpenaiError {
  readonly message: string;
  readonly type?: string;
  readonly param?: string | null;
  readonly code?: string | null;
  readonly [more: string]: unknown;
}

export function openaiError(status: number, error: OpenaiError, headers: Record<string, string> = {}): Reply {
  const whole = { type: 'invalid_request_error', param: null, code: null, ...error };
  return json(status, { error: whole }, { 'x-request-id': 'req_sandbox', ...headers });
}

function refusal(status: number, error: OpenaiError, description: string, ends: Ends): Refusal {
  return { reply: openaiError(status, error), description, ends };
}

/** What any submit may be refused with, whatever is to be made. */
export const COMMON_REFUSALS: Readonly<Record<string, Refusal>> = {
  bad_key: refusal(
    401,
    {
      message: 'Incorrect API key provided: sandbox. You can find your API key in your account.',
      code: 'invalid_api_key',
    },
    'The key is wrong.',
    { code: 'service_unavailable' },
  ),
  region: refusal(
    403,
    {
      message: 'Country, region, or territory not supported',
      type: 'request_forbidden',
      code: 'unsupported_country_region_territory',
    },
    'The gateway calls from a place that is not served.',
    { code: 'service_unavailable' },
  ),
  unverified: refusal(
    403,
    { message: 'Your organization must be verified to use this model.' },
    'The organization is not verified for the model.',
    { code: 'service_unavailable' },
  ),
  quota: refusal(
    429,
    {
      message: 'You exceeded your current quota, please check your plan and billing details.',
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    },
    'The account is out of credit, with the status of a rate limit.',
    { code: 'quota_exceeded', subtype: 'account_quota' },
  ),
  billing_limit: refusal(
    400,
    { message: 'Billing hard limit has been reached', code: 'billing_hard_limit_reached' },
    'The budget is used up, with the status of a bad request.',
    { code: 'quota_exceeded', subtype: 'account_quota' },
  ),
  rate: {
    reply: openaiError(
      429,
      {
        message:
          'Rate limit reached on images per min (IPM): Limit 5, Used 5, Requested 1. Please try again in 12s.',
        type: 'input-images',
        code: 'rate_limit_exceeded',
      },
      { 'retry-after': '12' },
    ),
    description: 'Too many a minute.',
    ends: { code: 'quota_exceeded', subtype: 'rate_limit' },
  },
  overload: refusal(
    503,
    { message: 'The engine is currently overloaded, please try again later', type: 'server_error' },
    'No capacity.',
    { code: 'resource_exhausted' },
  ),
  server_error: refusal(
    500,
    {
      message: 'The server had an error while processing your request. Sorry about that!',
      type: 'server_error',
      code: 'server_error',
    },
    'An internal error.',
    { code: 'service_error' },
  ),
  long_prompt: refusal(
    400,
    {
      message:
        "Invalid 'prompt': string too long. Expected a string with maximum length 32000, but got a string with length 40000 instead.",
      param: 'prompt',
      code: 'string_above_max_length',
    },
    'The prompt is too long.',
    { code: 'invalid_parameters', subtype: 'prompt_too_long' },
  ),
};

/** An HTML page of the proxy in front. */
export function page(status: number, title: string): Reply {
  const body = `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>`;
  return { kind: 'text', status, type: 'text/html', body };
}

export function listed(table: Readonly<Record<string, Refusal>>): Scenario[] {
  return Object.entries(table).map(([name, { description, ends }]) => ({ name, description, ends }));
}
