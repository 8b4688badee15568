/** How MiniMax's emulator goes wrong, by interface and scenario. The first says everything with a 200; the second has statuses. */
import { json, type Reply, type Scenario } from './emulator.ts';

type Ends = Exclude<Scenario['ends'], 'completed'>;

interface Failure {
  readonly description: string;
  readonly ends: Ends;
}

const UNAVAILABLE: Ends = { code: 'service_unavailable' };
const BROKEN: Ends = { code: 'service_error' };
const POLICY: Ends = { code: 'content_policy_violation', subtype: 'general' };
const PARAMETERS: Ends = { code: 'invalid_parameters', subtype: 'general' };
const DIMENSION: Ends = { code: 'invalid_parameters', subtype: 'image_dimension' };
const ACCOUNT: Ends = { code: 'quota_exceeded', subtype: 'account_quota' };
const RATE: Ends = { code: 'quota_exceeded', subtype: 'rate_limit' };

/** `base_resp` of a refusal, of clips and of pictures. */
export const REFUSALS: Readonly<
  Record<string, Failure & { readonly code: number; readonly message: string }>
> = {
  unknown: no(1000, 'unknown error', BROKEN),
  rate: no(1002, 'rate limit exceeded(RPM)', RATE),
  bad_key: no(1004, "login fail: Please carry the API secret key in the 'Authorization' field", UNAVAILABLE),
  no_balance: no(1008, 'insufficient balance', ACCOUNT),
  policy: no(1026, 'input new_sensitive', POLICY),
  daily_quota: no(1028, 'Daily quota exhausted for image-01', ACCOUNT),
  system: no(1033, 'system error / mysql failed', BROKEN),
  tokens: no(1039, 'token limit', RATE),
  connections: no(1041, 'conn limit', { code: 'quota_exceeded', subtype: 'concurrency_limit' }),
  invisible: no(1042, 'invisible character ratio limit', PARAMETERS),
  bad_image_url: no(2013, 'invalid params, first_frame_image: invalid image url', PARAMETERS),
  bad_dimension: no(2013, 'invalid params, first_frame_image: dimensions must be over 300 pixels', DIMENSION),
  no_plan_model: no(2013, 'TokenPlan or Credit does not currently support this model', UNAVAILABLE),
  growth: no(2045, 'rate growth limit', RATE),
  wrong_key: no(2049, 'invalid api key', UNAVAILABLE),
  plan_used_up: no(2056, '已达到 Token Plan 用量上限：请升级 Token Plan 套餐或购买积分补充用量。', ACCOUNT),
  no_plan: no(2061, 'your current token plan not support model', UNAVAILABLE),
  // Somebody inside gave up waiting: the job may exist, so the gateway has to wait its window out.
  timed_out: no(1001, 'request timeout', BROKEN),
};

/** `base_resp` of a clip that failed. */
export const CLIP_FAILURES: Readonly<
  Record<string, Failure & { readonly code: number; readonly message: string }>
> = {
  policy_output: { ...no(1027, 'output new_sensitive', POLICY), description: 'The result is blocked.' },
  broke_later: { ...no(1024, 'internal error', BROKEN), description: 'The job breaks.' },
};

const LOST: readonly Scenario[] = [
  { name: 'lost_answer', description: 'It is made and the answer is lost.', ends: BROKEN },
  { name: 'garbage_answer', description: 'It is made and the answer cannot be read.', ends: BROKEN },
];
const WATCHED: readonly Scenario[] = [
  ...LOST,
  { name: 'garbage_poll', description: 'Two polls break; the job goes on.', ends: 'completed' },
  { name: 'poll_refused', description: 'Two polls are refused; the job goes on.', ends: 'completed' },
  { name: 'unknown_state', description: 'Two polls report a state nobody knows.', ends: 'completed' },
  { name: 'vanishes', description: 'The job is gone when polled.', ends: { code: 'resource_not_found' } },
  {
    name: 'no_output',
    description: 'A success without output.',
    ends: { code: 'generation_failed_no_content', subtype: 'empty_result' },
  },
];

const CLIPS: readonly Scenario[] = [
  ...listed(REFUSALS),
  ...listed(CLIP_FAILURES),
  ...WATCHED,
  {
    name: 'file_busy',
    description: "The clip is made; asking for its file's link fails twice.",
    ends: 'completed',
  },
  { name: 'file_refused', description: 'The clip is made, and its file is refused.', ends: PARAMETERS },
];

const PICTURES: readonly Scenario[] = [
  ...listed(REFUSALS),
  ...LOST,
  { name: 'blocked', description: 'Every picture is blocked, which is no error.', ends: POLICY },
  { name: 'partly_blocked', description: 'All pictures but one are blocked.', ends: 'completed' },
  { name: 'inline', description: 'The picture is in the answer itself.', ends: 'completed' },
  {
    name: 'no_picture',
    description: 'A success without pictures, and without a word why.',
    ends: { code: 'generation_failed_no_content', subtype: 'empty_result' },
  },
];

/** The second interface's refusals: `error.type`, and the first one's number at the end of the sentence. */
export const H3_REFUSALS: Readonly<Record<string, Failure & { readonly reply: Reply }>> = {
  bad_request: h3(
    400,
    'bad_request_error',
    'invalid params, content must include a non-empty text item (prompt is required) (2013)',
    PARAMETERS,
  ),
  bad_key: h3(401, 'authorized_error', 'login fail: Please carry the API secret key (1004)', UNAVAILABLE),
  no_balance: h3(402, 'insufficient_balance_error', 'insufficient balance (1008)', ACCOUNT),
  policy: h3(422, 'unprocessable_entity_error', 'input new_sensitive (1026)', POLICY),
  rate: h3(429, 'rate_limit_error', 'rate limit, please retry later (1002)', RATE),
  unknown: h3(500, 'server_error', 'internal error (1000)', BROKEN),
  overloaded: h3(529, 'overloaded_error', 'the service is overloaded', { code: 'resource_exhausted' }),
};

/** `task.error` of a failed job: its code is a text. */
export const H3_FAILURES: Readonly<
  Record<string, Failure & { readonly code: string; readonly message: string }>
> = {
  policy_output: {
    code: '1027',
    message: 'output new_sensitive',
    description: 'The result is blocked.',
    ends: POLICY,
  },
  bad_dimension: {
    code: '2013',
    message: 'content[1].image_url: media dimensions must be between 256 and 5760 pixels',
    description: 'An input is found wanting after submission.',
    ends: DIMENSION,
  },
  broke_later: { code: '1000', message: 'internal error', description: 'The job breaks.', ends: BROKEN },
};

const H3: readonly Scenario[] = [
  ...listed(H3_REFUSALS),
  ...listed(H3_FAILURES),
  ...WATCHED,
  { name: 'taken_back', description: 'Somebody cancels the job.', ends: { code: 'request_cancelled' } },
  { name: 'expires', description: 'The job expires while it waits.', ends: { code: 'resource_not_found' } },
];

export const MINIMAX_SCENARIOS = { clips: CLIPS, pictures: PICTURES, h3: H3 } as const;

export function enveloped(
  code: number,
  message: string,
  rest: Readonly<Record<string, unknown>> = {},
): Reply {
  return json(
    200,
    { ...rest, base_resp: { status_code: code, status_msg: message } },
    { 'trace-id': 'sandbox' },
  );
}

export function h3Error(status: number, type: string, message: string): Reply {
  const error = { type, message, http_code: String(status) };
  return json(status, { type: 'error', error, request_id: '021785229015510a2c883cf675b9804d' });
}

function listed(table: Readonly<Record<string, Failure>>): Scenario[] {
  return Object.entries(table).map(([name, { description, ends }]) => ({ name, description, ends }));
}

function no(code: number, message: string, ends: Ends) {
  return { code, message, description: `Refused with ${code}, and the status 200.`, ends };
}

function h3(status: number, type: string, message: string, ends: Ends) {
  return { reply: h3Error(status, type, message), description: `Refused with ${status}, ${type}.`, ends };
}
