/**
 * What can go wrong at DashScope: its error codes with the wording it gives them (help.aliyun.com/zh/model-studio/error-code and
 * captured answers), and what its key holder should conclude from each.
 */
import type { Scenario } from './emulator.ts';

type Ends = Exclude<Scenario['ends'], 'completed'>;

export interface DashScopeError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export interface Failure extends DashScopeError {
  readonly ends: Ends;
}

const POLICY: Ends = { code: 'content_policy_violation', subtype: 'general' };
const NO_MEANS: Ends = { code: 'quota_exceeded', subtype: 'account_quota' };
const RATE: Ends = { code: 'quota_exceeded', subtype: 'rate_limit' };
const OURS: Ends = { code: 'service_unavailable' };

/** Answers to a submit. */
export const REFUSALS: Readonly<Record<string, Failure>> = {
  policy: of(400, 'DataInspectionFailed', 'Input data may contain inappropriate content.', POLICY),
  copyright: of(
    400,
    'IPInfringementSuspect',
    'Input data is suspected of being involved in IP infringement.',
    {
      code: 'content_policy_violation',
      subtype: 'third_party_content',
    },
  ),
  own_rule: of(
    400,
    'CustomRoleBlocked',
    'Input or output data may contain inappropriate content with custom rule.',
    POLICY,
  ),
  bad_value: of(
    400,
    'InvalidParameter',
    'Required parameter is missing or invalid, please check the request parameters.',
    {
      code: 'invalid_parameters',
    },
  ),
  bad_size: of(400, 'InvalidParameter', 'size is not match the requirements', {
    code: 'invalid_parameters',
    subtype: 'image_dimension',
  }),
  bad_image_size: of(400, 'InvalidImageResolution', 'The input image resolution is too large or small.', {
    code: 'invalid_parameters',
    subtype: 'image_dimension',
  }),
  big_item: of(400, 'InvalidParameter', 'Exceeded limit on max bytes per data-uri item : 10485760', {
    code: 'invalid_parameters',
    subtype: 'file_too_large',
  }),
  big_file: of(400, 'InvalidURL', 'File size is larger than 15MB.', {
    code: 'invalid_parameters',
    subtype: 'file_too_large',
  }),
  bad_url: of(
    400,
    'InvalidURL.ConnectionRefused',
    'Connection to the address refused, please provide available URL.',
    {
      code: 'image_processing_error',
      subtype: 'url_inaccessible',
    },
  ),
  slow_url: of(400, 'InvalidURL.Timeout', 'Download timeout, please check network connection.', {
    code: 'image_processing_error',
    subtype: 'network',
  }),
  broken_image: of(400, 'InvalidParameter', 'Invalid image format or corrupted file', {
    code: 'image_processing_error',
    subtype: 'corrupted',
  }),
  // Named like the moderation's refusal, but it is a download that failed.
  not_inspected: of(
    400,
    'InvalidParameter.DataInspection',
    'Unable to download the media resource during the data inspection process.',
    { code: 'image_processing_error', subtype: 'url_inaccessible' },
  ),
  in_debt: of(
    400,
    'Arrearage',
    'Access denied, please make sure your account is in good standing.',
    NO_MEANS,
  ),
  bad_key: of(401, 'InvalidApiKey', 'Invalid API-key provided.', OURS),
  denied: of(
    403,
    'AccessDenied.Unpurchased',
    'Access to model denied. Please make sure you are eligible for using the model.',
    OURS,
  ),
  free_tier: of(
    403,
    'AllocationQuota.FreeTierOnly',
    'The free tier of the model has been exhausted. To go on, disable the "use free tier only" mode.',
    NO_MEANS,
  ),
  no_model: of(404, 'ModelNotFound', 'Model can not be found.', { code: 'invalid_parameters' }),
  rate: of(429, 'Throttling.RateQuota', 'Requests rate limit exceeded, please try again later.', RATE),
  burst: of(429, 'Throttling.BurstRate', 'Request rate increased too quickly, please slow down.', RATE),
  unpaid: of(429, 'PostpaidBillOverdue', 'The postpaid bill is overdue.', NO_MEANS),
  not_bought: of(429, 'CommodityNotPurchased', 'Commodity has not purchased yet.', OURS),
  internal: of(
    500,
    'InternalError',
    'An internal error has occured, please try again later or contact service support.',
    {
      code: 'service_error',
    },
  ),
  // Reads like the caller's limit, and is the platform's.
  overloaded: of(
    503,
    'ModelServingError',
    'Too many requests. Your requests are being throttled due to system capacity limits. Please try again later.',
    { code: 'resource_exhausted' },
  ),
  model_down: of(503, 'ModelUnavailable', 'Model is unavailable, please try again later.', OURS),
};

/** Why a job failed; where the answer is the result, it comes with the status. */
export const FAILURES: Readonly<Record<string, Failure>> = {
  input_blocked: of(
    400,
    'DataInspectionFailed',
    'Green net check failed for text (input): Input data may contain inappropriate content.',
    POLICY,
  ),
  output_blocked: of(400, 'DataInspectionFailed', 'Output data may contain inappropriate content.', POLICY),
  no_download: of(400, 'InvalidParameter', 'download image failed', {
    code: 'image_processing_error',
    subtype: 'url_inaccessible',
  }),
  unreadable: of(400, 'InvalidFile.Openerror', 'Invalid file, cannot open file as video/audio/image.', {
    code: 'image_processing_error',
    subtype: 'corrupted',
  }),
  no_face: of(400, 'InvalidImage.NoHumanFace', 'No human face detected.', {
    code: 'image_processing_error',
    subtype: 'general',
  }),
  clip_too_long: of(
    400,
    'InvalidFile.Duration',
    'The input video duration must be less than the requested duration.',
    {
      code: 'invalid_parameters',
      subtype: 'video_duration',
    },
  ),
  cannot: of(400, 'InvalidParameter', 'Could not process with this prompt.', {
    code: 'generation_failed_no_content',
    subtype: 'poor_prompt',
  }),
  algorithm: of(500, 'InternalError.Algo', 'Inference error: Inference error.', { code: 'service_error' }),
  too_slow: of(
    500,
    'InternalError.Timeout',
    'An internal timeout error has occured during execution, please try again later or contact service support.',
    { code: 'generation_timeout' },
  ),
};

const EMPTY: Ends = { code: 'generation_failed_no_content', subtype: 'empty_result' };

const ALL: readonly Scenario[] = [
  { name: 'empty', description: 'A success without any output.', ends: EMPTY },
  { name: 'refused_with_200', description: 'A refusal under status 200.', ends: RATE },
  {
    name: 'lost_answer',
    description: 'The job is made, and the connection breaks before the answer.',
    ends: { code: 'service_error' },
  },
  {
    name: 'half_answer',
    description: 'The job is made, and the connection breaks in the middle of the answer.',
    ends: { code: 'service_error' },
  },
  {
    name: 'garbage',
    description: 'The job is made, and a page is answered with status 200.',
    ends: { code: 'service_error' },
  },
  {
    name: 'bad_gateway',
    description: 'The proxy in front answers with a page of its own.',
    ends: { code: 'service_error' },
  },
];

const JOBS: readonly Scenario[] = [
  {
    name: 'no_code',
    description: 'The job failed, with a message and no code.',
    ends: { code: 'content_policy_violation' },
  },
  {
    name: 'cancelled',
    description: 'The job was cancelled in the console.',
    ends: { code: 'request_cancelled' },
  },
  { name: 'suspended', description: 'The job is put aside for two polls.', ends: 'completed' },
  {
    name: 'debt_while_polling',
    description: 'Two polls are refused for a debt; the job goes on.',
    ends: 'completed',
  },
  { name: 'garbage_poll', description: 'Two polls break; the job goes on.', ends: 'completed' },
  { name: 'unknown_state', description: 'Two polls report a state nobody knows.', ends: 'completed' },
  {
    name: 'vanishes',
    description: 'The job is UNKNOWN when polled.',
    ends: { code: 'resource_not_found' },
  },
];

const BATCHES: readonly Scenario[] = [
  { name: 'some', description: 'One picture of the batch failed, the others are there.', ends: 'completed' },
  { name: 'none', description: 'A success in which every picture has failed.', ends: POLICY },
];

/** All, or those that a clip, a batch of pictures made as a job, or an answer at once can meet. */
export function dashscopeScenarios(which: 'clips' | 'batches' | 'answers' | 'all'): readonly Scenario[] {
  return [
    ...listed(REFUSALS, 'Refused'),
    ...listed(FAILURES, 'Fails'),
    ...ALL,
    ...(which === 'answers' ? [] : JOBS),
    ...(which === 'batches' || which === 'all' ? BATCHES : []),
  ];
}

function listed(table: Readonly<Record<string, Failure>>, what: string): Scenario[] {
  return Object.entries(table).map(([name, { code, ends }]) => ({
    name,
    description: `${what} with \`${code}\`.`,
    ends,
  }));
}

function of(status: number, code: string, message: string, ends: Ends): Failure {
  return { status, code, message, ends };
}
