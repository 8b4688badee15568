/** How Kling's emulator goes wrong, by scenario: refusals by code, failed jobs by sentence, and the rest. */
import { json, type Reply, type Scenario } from './emulator.ts';

type Ends = Exclude<Scenario['ends'], 'completed'>;

interface Failure {
  readonly description: string;
  readonly ends: Ends;
}

const UNAVAILABLE: Ends = { code: 'service_unavailable' };
const PARAMETERS: Ends = { code: 'invalid_parameters', subtype: 'general' };
const POLICY: Ends = { code: 'content_policy_violation', subtype: 'general' };
const ACCOUNT: Ends = { code: 'quota_exceeded', subtype: 'account_quota' };

/** What creating a job is answered with. Five different things share the status 429. */
export const REFUSALS: Readonly<Record<string, Failure & { readonly reply: Reply }>> = {
  auth_failed: no(401, 1000, 'Authentication failed', UNAVAILABLE),
  auth_empty: no(401, 1001, 'Authorization is empty', UNAVAILABLE),
  bad_key: no(401, 1002, 'access key not found', UNAVAILABLE),
  token_early: no(401, 1003, 'Authorization is not yet valid', UNAVAILABLE),
  account: no(429, 1100, 'Account exception', UNAVAILABLE),
  arrears: no(429, 1101, 'Account in arrears', ACCOUNT),
  no_balance: no(429, 1102, 'Account balance not enough', ACCOUNT),
  no_permission: no(403, 1103, 'Unauthorized access to requested resource', UNAVAILABLE),
  bad_request: no(400, 1200, 'Invalid request parameters', PARAMETERS),
  bad_value: no(400, 1201, "mode value 'ultra' is invalid", PARAMETERS),
  bad_duration: no(400, 1201, 'Duration only supports 5 or 10', {
    code: 'invalid_parameters',
    subtype: 'video_duration',
  }),
  small_image: no(400, 1201, 'Image pixel is invalid', {
    code: 'invalid_parameters',
    subtype: 'image_dimension',
  }),
  bad_base64: no(400, 1201, 'File is not in a valid base64 format', {
    code: 'image_processing_error',
    subtype: 'corrupted',
  }),
  bad_method: no(404, 1202, 'The requested method is invalid', PARAMETERS),
  no_model: no(404, 1203, 'The requested resource does not exist', { code: 'resource_not_found' }),
  platform_policy: no(400, 1300, 'Trigger the platform strategy', POLICY),
  policy: no(400, 1301, 'Trigger the content security policy of the platform', POLICY),
  rate: no(429, 1302, 'The API request is too fast, exceeding the rate limit', {
    code: 'quota_exceeded',
    subtype: 'rate_limit',
  }),
  parallel: no(429, 1303, 'parallel task over resource pack limit', {
    code: 'quota_exceeded',
    subtype: 'concurrency_limit',
  }),
  ip_list: no(429, 1304, 'IP is not in the whitelist', UNAVAILABLE),
  internal: no(500, 5000, 'Server internal error', { code: 'service_error' }),
  maintenance: no(503, 5001, 'Server is under maintenance', UNAVAILABLE),
  // The status says that somebody gave up waiting: the job may exist, so the gateway has to find out.
  backlog: no(504, 5002, 'Server internal timeout', { code: 'service_error' }),
};

/** `task_status_msg` of a failed job: there is no code for it. */
export const FAILURES: Readonly<Record<string, Failure & { readonly message: string }>> = {
  risk_control: {
    message: 'Failure to pass the risk control system',
    description: 'The content is blocked after submission.',
    ends: POLICY,
  },
  image_shape: {
    message:
      'The resolution or aspect ratio of the input image is invalid. Please ensure it meets the required specifications.',
    description: 'The input picture is found wanting after submission.',
    ends: { code: 'invalid_parameters', subtype: 'image_dimension' },
  },
};

const OTHERS: readonly Scenario[] = [
  {
    name: 'expired_token',
    description: 'The first call is told that its token has expired.',
    ends: 'completed',
  },
  {
    name: 'already_exists',
    description: 'The job was taken by an earlier try of the same request.',
    ends: 'completed',
  },
  { name: 'id_refused', description: 'The id is refused, and no job has it.', ends: PARAMETERS },
  { name: 'texts', description: 'A gateway in between turned numbers into texts.', ends: 'completed' },
  { name: 'new_words', description: 'The success is spelled as in the newer interface.', ends: 'completed' },
  {
    name: 'no_output',
    description: 'A success without output.',
    ends: { code: 'generation_failed_no_content', subtype: 'empty_result' },
  },
  {
    name: 'lost_answer',
    description: 'The job is made and the answer is lost.',
    ends: { code: 'service_error' },
  },
  {
    name: 'lost_request',
    description: 'The request is lost, and no job is made.',
    ends: { code: 'service_error' },
  },
  {
    name: 'garbage_answer',
    description: 'The job is made and the answer cannot be read.',
    ends: { code: 'service_error' },
  },
  { name: 'garbage_poll', description: 'Two polls break; the job goes on.', ends: 'completed' },
  { name: 'poll_refused', description: 'Two polls meet a limit; the job goes on.', ends: 'completed' },
  { name: 'unknown_state', description: 'Two polls report a state nobody knows.', ends: 'completed' },
  { name: 'vanishes', description: 'The job is gone when polled.', ends: { code: 'resource_not_found' } },
];

export const SCENARIOS: readonly Scenario[] = [
  ...[REFUSALS, FAILURES].flatMap((table) =>
    Object.entries<Failure>(table).map(([name, { description, ends }]) => ({ name, description, ends })),
  ),
  ...OTHERS,
];

export function envelope(status: number, code: number, message: string, data?: unknown): Reply {
  return json(status, {
    code,
    message,
    request_id: 'CjMT7WdSwWcAAAAAAALvAg',
    ...(data === undefined ? {} : { data }),
  });
}

function no(status: number, code: number, message: string, ends: Ends) {
  return { reply: envelope(status, code, message), description: `Refused with ${status} and ${code}.`, ends };
}
