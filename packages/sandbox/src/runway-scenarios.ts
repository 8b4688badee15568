/** How Runway's emulator goes wrong, by scenario: refusals of the create call, failures of the task, and the rest. */
import { json, type Reply, type Scenario } from './emulator.ts';

type Ends = Exclude<Scenario['ends'], 'completed'>;

interface Failure {
  readonly description: string;
  readonly ends: Ends;
}

export const DOCS = 'https://docs.dev.runwayml.com/api';
const POLICY: Ends = { code: 'content_policy_violation', subtype: 'general' };

/** `failure` and `failureCode` of a failed task. */
export const FAILURES: Readonly<
  Record<string, Failure & { readonly failureCode?: string; readonly failure: string }>
> = {
  policy_text: failure('SAFETY.INPUT.TEXT', 'The prompt is blocked.', POLICY),
  policy_image: failure('SAFETY.INPUT.IMAGE', 'An input picture is blocked.', POLICY),
  policy_output: failure('SAFETY.OUTPUT.VIDEO', 'The result is blocked.', POLICY),
  policy_early: failure(
    'INPUT_PREPROCESSING.SAFETY.TEXT',
    'The prompt is blocked before generation.',
    POLICY,
  ),
  preprocessing: failure('INPUT_PREPROCESSING.INTERNAL', 'A step before generation breaks.', {
    code: 'service_error',
  }),
  bad_asset: failure('ASSET.INVALID', 'An input is outside the limits of the model.', {
    code: 'invalid_parameters',
  }),
  bad_output: failure('INTERNAL.BAD_OUTPUT.CODE01', 'The result is not good enough for Runway itself.', {
    code: 'generation_failed_no_content',
  }),
  internal: failure('INTERNAL', 'Runway breaks.', { code: 'service_error' }),
  partner_down: failure('THIRD_PARTY.UNAVAILABLE', 'The company behind a hosted model is down.', {
    code: 'service_error',
  }),
  no_code: {
    failure: 'An unexpected error occurred.',
    description: 'A task fails without a code.',
    ends: { code: 'service_error' },
  },
};

/** What creating a task is answered with. */
export const REFUSALS: Readonly<Record<string, Failure & { readonly reply: Reply }>> = {
  no_credits: said(
    400,
    'You do not have enough credits to run this task.',
    'Out of credits, which is a 400.',
    {
      code: 'quota_exceeded',
      subtype: 'account_quota',
    },
  ),
  daily_limit: said(
    429,
    'You have reached your daily task limit for this model.',
    'The tasks of the day are used up.',
    {
      code: 'quota_exceeded',
      subtype: 'account_quota',
    },
  ),
  bad_key: said(401, 'The API key is invalid.', 'The key is wrong.', { code: 'service_unavailable' }),
  no_model: said(403, 'Model variant gen3a_turbo is not available', 'The account may not use the model.', {
    code: 'service_unavailable',
  }),
  fetch: asset('Failed to fetch asset. Received HTTP response code "404".', 'An input cannot be fetched.', {
    code: 'image_processing_error',
    subtype: 'url_inaccessible',
  }),
  slow_fetch: asset('Timeout while fetching asset', 'An input takes too long to fetch.', {
    code: 'image_processing_error',
    subtype: 'network',
  }),
  asset_type: asset('Unsupported asset type', 'An input is of a format that is not taken.', {
    code: 'image_processing_error',
    subtype: 'unsupported_format',
  }),
  data_uri: asset('Invalid data URI', 'An inline input cannot be read.', {
    code: 'image_processing_error',
    subtype: 'corrupted',
  }),
  asset_size: asset('Asset size exceeds 16.0MB', 'An input is too big.', {
    code: 'invalid_parameters',
    subtype: 'file_too_large',
  }),
  asset_dimensions: asset('Invalid asset dimensions', 'An input has too many pixels.', {
    code: 'invalid_parameters',
    subtype: 'image_dimension',
  }),
  bad_value: asset(
    'Invalid input: expected number, received string',
    'A value breaks the schema.',
    {
      code: 'invalid_parameters',
    },
    'seed',
  ),
  body_too_large: {
    description: 'The request is refused before anyone reads it.',
    ends: { code: 'invalid_parameters', subtype: 'file_too_large' },
    reply: { kind: 'text', status: 413, body: 'request entity too large' },
  },
  throttled: {
    description: 'The edge throttles, in its own envelope.',
    ends: { code: 'quota_exceeded', subtype: 'rate_limit' },
    reply: json(429, { message: 'Too Many Requests' }),
  },
  broken: said(500, 'An unexpected error occurred.', 'The API breaks.', { code: 'service_error' }),
  maintenance: {
    description: 'A balancer answers for a service that is down.',
    ends: { code: 'service_unavailable' },
    reply: {
      kind: 'text',
      status: 503,
      type: 'text/html',
      body: '<html><body>503 Service Unavailable</body></html>',
    },
  },
};

const OTHERS: readonly Scenario[] = [
  { name: 'throttled_task', description: 'The task waits for a free place first.', ends: 'completed' },
  {
    name: 'no_output',
    description: 'A success without output.',
    ends: { code: 'generation_failed_no_content', subtype: 'empty_result' },
  },
  {
    name: 'lost_answer',
    description: 'The task is made and the answer is lost.',
    ends: { code: 'service_error' },
  },
  {
    name: 'garbage_answer',
    description: 'The task is made and the answer cannot be read.',
    ends: { code: 'service_error' },
  },
  {
    name: 'gateway_timeout',
    description: 'A balancer gives up on the create call; the task may exist.',
    ends: { code: 'service_error' },
  },
  { name: 'garbage_poll', description: 'Two polls break; the task goes on.', ends: 'completed' },
  {
    name: 'poll_refused',
    description: 'Two polls are throttled and refused; the task goes on.',
    ends: 'completed',
  },
  { name: 'unknown_state', description: 'Two polls report a state nobody knows.', ends: 'completed' },
  { name: 'cancelled', description: 'Somebody cancels the task.', ends: { code: 'request_cancelled' } },
  { name: 'vanishes', description: 'The task is gone when looked at.', ends: { code: 'resource_not_found' } },
];

export const SCENARIOS: readonly Scenario[] = [
  ...[FAILURES, REFUSALS].flatMap((table) =>
    Object.entries<Failure>(table).map(([name, { description, ends }]) => ({ name, description, ends })),
  ),
  ...OTHERS,
];

export function invalid(issues: readonly Record<string, unknown>[]): Reply {
  return json(400, { error: 'Validation of body failed', issues, docUrl: DOCS });
}

function failure(failureCode: string, description: string, ends: Ends) {
  return { failureCode, failure: 'An unexpected error occurred.', description, ends };
}

function said(status: number, error: string, description: string, ends: Ends) {
  return { reply: json(status, { error, docUrl: DOCS }), description, ends };
}

function asset(message: string, description: string, ends: Ends, field = 'promptImage') {
  return { reply: invalid([{ code: 'custom', message, path: [field] }]), description, ends };
}
