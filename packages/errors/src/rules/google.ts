/** What Google means on both of its doors, the Gemini API and Vertex AI. */
import type { PhraseRow } from '../phrases.ts';
import type { FieldRule } from './provider.ts';

/**
 * The numbers at the end of a policy sentence: the only stable key, since the sentence around them changes.
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/multimodal/gemini-image-responsible-ai
 */
export const SUPPORT_CODES: readonly PhraseRow[] = [
  { means: 'content_policy_violation/minor_protection', say: ['58061214', '17301594'] },
  { means: 'content_policy_violation/celebrity_likeness', say: ['29310472', '15236754'] },
  { means: 'content_policy_violation/photorealistic_people', say: ['39322892'] },
  { means: 'content_policy_violation/adult', say: ['90789179', '63429089', '43188360'] },
  { means: 'content_policy_violation/violence', say: ['61493863', '56562880'] },
  { means: 'content_policy_violation/third_party_content', say: ['35561574', '35561575'] },
];

export const GOOGLE_TEXT: readonly PhraseRow[] = [
  ...SUPPORT_CODES,
  { means: 'content_policy_violation/third_party_content', say: ['interests of third party content'] },
  { means: 'content_policy_violation/celebrity_likeness', say: ['celebrity or their likeness|likenesses'] },
  { means: 'content_policy_violation/general', say: ['support code|codes'] },
  {
    means: 'image_processing_error/corrupted',
    say: ['photos thumbnailer', 'unable to process input image', 'provided image is not valid'],
  },
  { means: 'image_processing_error/url_inaccessible', say: ['cannot fetch content', 'url roboted'] },
  { means: 'service_unavailable', or: ['quota_exceeded'], say: ['only accessible to billed users'] },
  {
    means: 'service_unavailable',
    say: [
      'not available in your country',
      'user location is not supported',
      'api key not valid|found|expired',
      'reported as leaked',
      'has not been used in project',
    ],
  },
  {
    means: 'service_unavailable',
    or: ['invalid_parameters'],
    say: [
      'is not found for api version',
      'publisher model .. not found',
      'was not found or your project',
      'reached its end of life',
    ],
  },
  { means: 'resource_not_found', or: ['service_unavailable'], say: ['not found or permission denied'] },
  {
    means: 'quota_exceeded/account_quota',
    say: ['prepayment credit|credits', 'limit 0', 'perday', 'per day', 'free tier .. limit'],
  },
  {
    means: 'quota_exceeded/rate_limit',
    say: ['perminute', 'per minute', 'quota exceeded for metric', 'retry in #'],
  },
  {
    means: 'quota_exceeded/rate_limit',
    or: ['resource_exhausted'],
    say: ['resource has been exhausted .. check quota'],
  },
  {
    means: 'resource_exhausted',
    or: ['quota_exceeded'],
    say: [
      'resource exhausted .. try again later',
      'model is overloaded',
      'currently overloaded',
      'high load',
    ],
  },
  {
    means: 'invalid_parameters/general',
    say: [
      'must be accessed through',
      'cannot find field',
      'isnt supported by this model',
      'currently not supported',
    ],
  },
  {
    means: 'invalid_parameters/video_duration',
    say: ['unsupported output video duration', 'not supported for a duration of'],
  },
];

export const GOOGLE_FIELDS: readonly FieldRule[] = [
  {
    at: 'promptFeedback.blockReason',
    means: {
      SAFETY: 'content_policy_violation/general',
      BLOCKLIST: 'content_policy_violation/general',
      PROHIBITED_CONTENT: 'content_policy_violation/general',
      IMAGE_SAFETY: 'content_policy_violation/general',
      MODEL_ARMOR: 'content_policy_violation/general',
      JAILBREAK: 'content_policy_violation/general',
      OTHER: 'content_policy_violation/general',
    },
  },
  {
    at: 'candidates[].finishReason',
    means: {
      SAFETY: 'content_policy_violation/general',
      BLOCKLIST: 'content_policy_violation/general',
      PROHIBITED_CONTENT: 'content_policy_violation/general',
      SPII: 'content_policy_violation/general',
      IMAGE_SAFETY: 'content_policy_violation/general',
      IMAGE_PROHIBITED_CONTENT: 'content_policy_violation/general',
      MODEL_ARMOR: 'content_policy_violation/general',
      RECITATION: 'content_policy_violation/third_party_content',
      IMAGE_RECITATION: 'content_policy_violation/third_party_content',
      IMAGE_OTHER: 'generation_failed_no_content/poor_prompt',
      NO_IMAGE: 'generation_failed_no_content/empty_result',
      MAX_TOKENS: 'generation_failed_no_content/model_limit',
      MALFORMED_FUNCTION_CALL: 'service_error',
      LANGUAGE: 'generation_failed_no_content/general',
      STOP: { hint: 'generation_failed_no_content/general' },
      OTHER: {
        hint: 'generation_failed_no_content/general',
        text: [{ means: 'service_error', or: ['generation_failed_no_content'], say: ['internal error'] }],
      },
    },
    // New reasons come without notice; all of them mean that there is no picture.
    otherwise: { hint: 'generation_failed_no_content/general' },
  },
  {
    at: 'response.generateVideoResponse.raiMediaFilteredCount',
    means: { 0: { hint: 'generation_failed_no_content/empty_result' } },
    otherwise: { hint: 'content_policy_violation/general' },
  },
  {
    at: 'response.generateVideoResponse.raiMediaFilteredReasons[]',
    means: {},
    otherwise: { hint: 'content_policy_violation/general' },
  },
  {
    at: 'error.details[].reason',
    means: {
      API_KEY_INVALID: 'service_unavailable',
      API_KEY_EXPIRED: 'service_unavailable',
      API_KEY_SERVICE_BLOCKED: 'service_unavailable',
      CREDENTIALS_MISSING: 'service_unavailable',
      ACCESS_TOKEN_EXPIRED: 'service_unavailable',
      ACCESS_TOKEN_SCOPE_INSUFFICIENT: 'service_unavailable',
      IAM_PERMISSION_DENIED: 'service_unavailable',
      SERVICE_DISABLED: 'service_unavailable',
      CONSUMER_INVALID: 'service_unavailable',
      BILLING_DISABLED: 'service_unavailable',
      MODEL_CAPACITY_EXHAUSTED: 'resource_exhausted',
      RATE_LIMIT_EXCEEDED: 'quota_exceeded/rate_limit',
    },
  },
];

/** A finished operation carries a gRPC number where an HTTP answer carries its status. */
export const GOOGLE_CODES: readonly FieldRule[] = [
  {
    at: 'error.status',
    means: {
      INVALID_ARGUMENT: { hint: 'invalid_parameters/general' },
      FAILED_PRECONDITION: { hint: 'service_unavailable' },
      RESOURCE_EXHAUSTED: { hint: 'quota_exceeded/rate_limit' },
      CANCELLED: 'request_cancelled',
      UNAUTHENTICATED: 'service_unavailable',
      PERMISSION_DENIED: { hint: 'service_unavailable' },
      DEADLINE_EXCEEDED: 'generation_timeout',
      UNKNOWN: { hint: 'unknown_error' },
    },
  },
  {
    at: 'error.code',
    means: {
      1: 'request_cancelled',
      2: 'service_error',
      3: { hint: 'invalid_parameters/general' },
      4: 'generation_timeout',
      5: 'resource_not_found',
      7: 'service_unavailable',
      8: { hint: 'quota_exceeded/rate_limit' },
      9: { hint: 'service_unavailable' },
      13: 'service_error',
      14: { hint: 'service_unavailable' },
      16: 'service_unavailable',
    },
  },
];
