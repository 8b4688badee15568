/** The built-in studio: `{"error": {code, reason, message, param, limits, stage}}` with a status like HTTP's. */
import type { Meaning } from '../meaning.ts';
import type { FieldRule, ProviderRules, ValueMeaning } from './provider.ts';

/** The studio is the gateway's own, so it can speak of the gateway's client: that one is over its own limit. */
const ofTheClient = (means: Meaning): ValueMeaning => ({ means, whose: 'client' });

/** `error.reason` under each `error.code`, looked up as `moderation_blocked.adult`. */
const REASONS: Readonly<Record<string, Readonly<Record<string, ValueMeaning>>>> = {
  moderation_blocked: {
    real_person: 'content_policy_violation/photorealistic_people',
    celebrity: 'content_policy_violation/celebrity_likeness',
    copyright: 'content_policy_violation/third_party_content',
    adult: 'content_policy_violation/adult',
    violence: 'content_policy_violation/violence',
    minor: 'content_policy_violation/minor_protection',
    other: 'content_policy_violation/general',
  },
  invalid_request: {
    prompt_too_long: 'invalid_parameters/prompt_too_long',
    image_dimension: 'invalid_parameters/image_dimension',
    file_too_large: 'invalid_parameters/file_too_large',
    unsupported_format: 'invalid_parameters/unsupported_format',
    video_duration: 'invalid_parameters/video_duration',
    rehearsal: 'invalid_parameters/unknown_rehearsal',
    other: 'invalid_parameters/general',
  },
  input_unreadable: {
    inaccessible: 'image_processing_error/url_inaccessible',
    corrupted: 'image_processing_error/corrupted',
    unsupported_format: 'image_processing_error/unsupported_format',
    network: 'image_processing_error/network',
    other: 'image_processing_error/general',
  },
  no_output: {
    poor_prompt: 'generation_failed_no_content/poor_prompt',
    model_limit: 'generation_failed_no_content/model_limit',
    empty: 'generation_failed_no_content/empty_result',
    protected: 'generation_failed_no_content/protected_content',
    other: 'generation_failed_no_content/general',
  },
  rate_limited: {
    rate: 'quota_exceeded/rate_limit',
    concurrency: 'quota_exceeded/concurrency_limit',
    balance: 'quota_exceeded/account_quota',
  },
  client_limit: {
    rate: ofTheClient('quota_exceeded/rate_limit'),
    concurrency: ofTheClient('quota_exceeded/concurrency_limit'),
    balance: ofTheClient('quota_exceeded/account_quota'),
  },
};

const CODES: FieldRule['means'] = {
  moderation_blocked: 'content_policy_violation/general',
  invalid_request: 'invalid_parameters/general',
  input_unreadable: 'image_processing_error/general',
  size_mismatch: 'image_dimension_mismatch',
  cancelled: 'request_cancelled',
  no_output: 'generation_failed_no_content/general',
  internal: 'service_error',
  timed_out: 'generation_timeout',
  overloaded: 'resource_exhausted',
  rate_limited: 'quota_exceeded/rate_limit',
  client_limit: ofTheClient('quota_exceeded/rate_limit'),
  job_not_found: 'resource_not_found',
  unauthenticated: 'service_unavailable',
  maintenance: 'service_unavailable',
};

export const STUDIO: ProviderRules = {
  provider: 'studio',
  fields: [
    {
      at: 'error.code',
      with: 'error.reason',
      means: Object.fromEntries(
        Object.entries(REASONS).flatMap(([code, reasons]) =>
          Object.entries(reasons).map(([reason, meaning]) => [`${code}.${reason}`, meaning]),
        ),
      ),
    },
    // Every other code is one nobody knows: that is what the studio has it for.
    { at: 'error.code', means: CODES, otherwise: 'unknown_error' },
  ],
};
