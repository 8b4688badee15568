/**
 * What can go wrong at Ark: its error codes with the wording it gives them (volcengine.com/docs/82379/1299023 and captured answers),
 * and what its key holder should conclude from each.
 */
import type { Scenario } from './emulator.ts';

type Ends = Exclude<Scenario['ends'], 'completed'>;

export interface ArkError {
  readonly code: string;
  readonly message: string;
}

export interface Refusal extends ArkError {
  readonly status: number;
  readonly ends: Ends;
}

export interface Failure extends ArkError {
  readonly ends: Ends;
}

const POLICY: Ends = { code: 'content_policy_violation', subtype: 'general' };
const NO_MEANS: Ends = { code: 'quota_exceeded', subtype: 'account_quota' };

/** Answers to a submit, of a clip or of pictures. */
export const REFUSALS: Readonly<Record<string, Refusal>> = {
  policy: bad(
    'InputTextSensitiveContentDetected',
    'The request failed because the input text may contain sensitive information.',
    POLICY,
  ),
  violence: bad(
    'SensitiveContentDetected.Violence',
    'The request failed because the input text may contain violence information.',
    { code: 'content_policy_violation', subtype: 'violence' },
  ),
  real_person: bad(
    'InputImageSensitiveContentDetected.PrivacyInformation',
    "The request failed because the input image 'content[1]' may contain real person.",
    { code: 'content_policy_violation', subtype: 'photorealistic_people' },
  ),
  copyright: bad(
    'InputTextSensitiveContentDetected.PolicyViolation',
    'The request failed because the input text may be related to copyright restrictions.',
    { code: 'content_policy_violation', subtype: 'third_party_content' },
  ),
  missing: bad('MissingParameter', 'The request failed because it is missing `content` parameter.', {
    code: 'invalid_parameters',
  }),
  bad_value: bad(
    'InvalidParameter',
    'The parameter `seed` specified in the request is not valid: seed must be an integer.',
    { code: 'invalid_parameters' },
  ),
  bad_duration: bad(
    'InvalidParameter',
    'The parameter `duration` specified in the request is not valid for this model.',
    { code: 'invalid_parameters', subtype: 'video_duration' },
  ),
  small_size: bad(
    'InvalidParameter',
    'The parameter `size` specified in the request is not valid: image size must be at least 3686400 pixels.',
    { code: 'invalid_parameters', subtype: 'image_dimension' },
  ),
  big_image: bad(
    'InvalidParameter.OversizedImage',
    'The request failed because the size of the input image exceeds the limit.',
    { code: 'invalid_parameters', subtype: 'file_too_large' },
  ),
  image_format: bad(
    'InvalidParameter.UnsupportedImageFormat',
    'The request failed because the image format is not supported by the API.',
    { code: 'invalid_parameters', subtype: 'unsupported_format' },
  ),
  slow_image: bad(
    'InvalidParameter',
    'The parameter `content[1].image_url` specified in the request is not valid: timeout while fetching resource.',
    { code: 'image_processing_error', subtype: 'network' },
  ),
  bad_url: bad(
    'InvalidParameter',
    'The parameter `image` specified in the request is not valid: invalid url specified',
    { code: 'image_processing_error', subtype: 'url_inaccessible' },
  ),
  bad_key: no(401, 'AuthenticationError', 'The API key format is incorrect.', {
    code: 'service_unavailable',
  }),
  overdue: no(
    403,
    'AccountOverdueError',
    'The request failed because your account has an overdue balance.',
    NO_MEANS,
  ),
  denied: no(
    403,
    'AccessDenied',
    'The request failed because you do not have access to the requested resource.',
    { code: 'service_unavailable' },
  ),
  not_open: no(
    404,
    'ModelNotOpen',
    'Your account has not activated the model. Please activate the model service in the Ark Console.',
    { code: 'service_unavailable' },
  ),
  no_model: no(
    404,
    'InvalidEndpointOrModel.NotFound',
    'The model or endpoint does not exist or you do not have access to it.',
    { code: 'service_unavailable' },
  ),
  rate: no(
    429,
    'ModelAccountRpmRateLimitExceeded',
    'The Requests Per Minute (RPM) limit of the associated model for your account has been exceeded.',
    { code: 'quota_exceeded', subtype: 'rate_limit' },
  ),
  burst: no(
    429,
    'RequestBurstTooFast',
    'The request volume has risen too quickly and system protection was triggered.',
    { code: 'quota_exceeded', subtype: 'rate_limit' },
  ),
  queue_full: no(429, 'QuotaExceeded', 'The request has exceeded the quota.', {
    code: 'quota_exceeded',
    subtype: 'concurrency_limit',
  }),
  free_trial: no(
    429,
    'QuotaExceeded',
    'Your account has exhausted its free trial quota for the model. To continue, activate the model service.',
    NO_MEANS,
  ),
  own_cap: no(
    429,
    'SetLimitExceeded',
    'Your account has reached the set inference limit for the model, and the model service has been paused.',
    NO_MEANS,
  ),
  overloaded: no(
    429,
    'ServerOverloaded',
    'The service is currently unable to handle additional requests due to server overload. Please retry later.',
    { code: 'resource_exhausted' },
  ),
  internal: no(
    500,
    'InternalServiceError',
    'The service encountered an unexpected internal error. Please retry later.',
    { code: 'service_error' },
  ),
  outage: no(503, 'ServiceUnavailableTemp', 'The service is temporarily unavailable.', {
    code: 'service_unavailable',
  }),
  // A front that waited too long cannot tell what became of the request.
  too_slow: no(504, 'InternalServiceTimeout', 'The service timed out while handling the request.', {
    code: 'service_error',
  }),
};

/** Reasons of clips that failed while they were made. */
export const CLIP_FAILURES: Readonly<Record<string, Failure>> = {
  clip_policy: {
    code: 'OutputVideoSensitiveContentDetected',
    message: 'The request failed because the output video may contain sensitive information.',
    ends: POLICY,
  },
  clip_copyright: {
    code: 'OutputVideoSensitiveContentDetected.PolicyViolation',
    message: 'The request failed because the output video may be related to copyright restrictions.',
    ends: { code: 'content_policy_violation', subtype: 'third_party_content' },
  },
  no_asset: {
    code: 'InvalidParameter',
    message: 'The specified asset asset-20260401-abcde is not found.',
    ends: { code: 'resource_not_found' },
  },
  clip_broken: {
    code: 'InternalServiceError',
    message: 'The service encountered an unexpected internal error. Please retry later.',
    ends: { code: 'service_error' },
  },
};

/** Reasons that stand in the place of a picture. */
export const PICTURE_FAILURES: Readonly<Record<string, Failure>> = {
  picture_policy: {
    code: 'OutputImageSensitiveContentDetected',
    message: 'The request failed because the output image may contain sensitive information.',
    ends: POLICY,
  },
  picture_copyright: {
    code: 'OutputImageSensitiveContentDetected.PolicyViolation',
    message: 'The request failed because the output image may be related to copyright restrictions.',
    ends: { code: 'content_policy_violation', subtype: 'third_party_content' },
  },
};

const EMPTY: Ends = { code: 'generation_failed_no_content', subtype: 'empty_result' };

const BOTH: readonly Scenario[] = [
  { name: 'empty', description: 'A success without any output.', ends: EMPTY },
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

const CLIPS: readonly Scenario[] = [
  { name: 'expired', description: 'The task was not done in time.', ends: { code: 'generation_timeout' } },
  {
    name: 'cancelled',
    description: 'The task was cancelled in the console.',
    ends: { code: 'request_cancelled' },
  },
  { name: 'no_reason', description: 'The task failed and says no more.', ends: { code: 'service_error' } },
  { name: 'garbage_poll', description: 'Two polls break; the task goes on.', ends: 'completed' },
  { name: 'busy_poll', description: 'Two polls are refused for their rate.', ends: 'completed' },
  { name: 'unknown_state', description: 'Two polls report a state nobody knows.', ends: 'completed' },
  {
    name: 'vanishes',
    description: 'The task is gone when polled.',
    ends: { code: 'resource_not_found' },
  },
];

const PICTURES: readonly Scenario[] = [
  {
    name: 'some',
    description: 'One picture of the group is blocked, the others are there.',
    ends: 'completed',
  },
  {
    name: 'none',
    description: 'No picture, and one reason for all.',
    ends: { code: 'content_policy_violation', subtype: 'general' },
  },
];

/** All, or those that a clip or a picture can meet. */
export function arkScenarios(of: 'clips' | 'pictures' | 'all'): readonly Scenario[] {
  return [
    ...listed(REFUSALS, 'Refused'),
    ...BOTH,
    ...(of === 'pictures' ? [] : [...listed(CLIP_FAILURES, 'The clip fails'), ...CLIPS]),
    ...(of === 'clips' ? [] : [...listed(PICTURE_FAILURES, 'Every picture fails'), ...PICTURES]),
  ];
}

function listed(table: Readonly<Record<string, Failure>>, what: string): Scenario[] {
  return Object.entries(table).map(([name, { code, ends }]) => ({
    name,
    description: `${what} with \`${code}\`.`,
    ends,
  }));
}

function bad(code: string, message: string, ends: Ends): Refusal {
  return no(400, code, message, ends);
}

function no(status: number, code: string, message: string, ends: Ends): Refusal {
  return { status, code, message, ends };
}
