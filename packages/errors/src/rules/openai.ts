/** OpenAI images, videos and Responses: https://developers.openai.com/docs/guides/error-codes. Azure speaks the same codes and more. */
import type { PhraseRow } from '../phrases.ts';
import type { FieldRule, ProviderRules } from './provider.ts';

export const OPENAI_CODES: FieldRule['means'] = {
  moderation_blocked: 'content_policy_violation/general',
  content_policy_violation: 'content_policy_violation/general',
  image_content_policy_violation: 'content_policy_violation/general',
  content_filter: 'content_policy_violation/general',
  bio_policy: 'content_policy_violation/general',
  invalid_prompt: 'content_policy_violation/general',
  sentinel_block: 'unknown_error',
  billing_hard_limit_reached: 'quota_exceeded/account_quota',
  insufficient_quota: 'quota_exceeded/account_quota',
  credit_balance_exhausted: 'quota_exceeded/account_quota',
  project_spend_limit_exceeded: 'quota_exceeded/account_quota',
  organization_spend_limit_exceeded: 'quota_exceeded/account_quota',
  organization_usage_limit_exceeded: 'quota_exceeded/account_quota',
  rate_limit_exceeded: 'quota_exceeded/rate_limit',
  server_error: 'service_error',
  vector_store_timeout: 'generation_timeout',
  invalid_api_key: 'service_unavailable',
  no_organization: 'service_unavailable',
  unsupported_country_region_territory: 'service_unavailable',
  unknown_parameter: 'invalid_parameters/general',
  unsupported_parameter: 'invalid_parameters/general',
  unsupported_value: { hint: 'invalid_parameters/general' },
  missing_required_parameter: 'invalid_parameters/general',
  invalid_input_fidelity_model: 'invalid_parameters/general',
  invalid_type: { hint: 'invalid_parameters/general' },
  invalid_value: {
    hint: 'invalid_parameters/general',
    text: [
      { means: 'image_processing_error/url_inaccessible', say: ['while downloading', 'download'] },
      { means: 'invalid_parameters/general', or: ['service_unavailable'], say: ['model .. does not exist'] },
      { means: 'invalid_parameters/general', say: ['not supported for', 'supported values are .. and'] },
    ],
  },
  invalid_request_error: { hint: 'invalid_parameters/general' },
  string_above_max_length: 'invalid_parameters/prompt_too_long',
  context_length_exceeded: 'invalid_parameters/prompt_too_long',
  data_residency_mismatch: 'invalid_parameters/general',
  invalid_image_mode: 'invalid_parameters/general',
  image_too_large: 'invalid_parameters/image_dimension',
  image_too_small: 'invalid_parameters/image_dimension',
  image_file_too_large: 'invalid_parameters/file_too_large',
  invalid_image_file: 'image_processing_error/corrupted',
  invalid_image_format: 'image_processing_error/corrupted',
  invalid_base64_image: 'image_processing_error/corrupted',
  image_parse_error: 'image_processing_error/corrupted',
  empty_image_file: 'image_processing_error/corrupted',
  invalid_image: 'image_processing_error/general',
  unsupported_file_mimetype: 'image_processing_error/unsupported_format',
  unsupported_image_media_type: 'image_processing_error/unsupported_format',
  unsupported_file: 'image_processing_error/unsupported_format',
  invalid_image_url: 'image_processing_error/url_inaccessible',
  failed_to_download_image: 'image_processing_error/url_inaccessible',
  image_file_not_found: 'resource_not_found',
  fine_tune_not_found: 'resource_not_found',
  video_not_found: 'resource_not_found',
  response_not_found: 'resource_not_found',
};

export const OPENAI_TEXT: readonly PhraseRow[] = [
  { means: 'image_dimension_mismatch', say: ['must match the requested width and height'] },
  { means: 'resource_not_found', say: ['no .. found with id'] },
  {
    means: 'service_unavailable',
    say: ['insufficient permissions', 'must be verified', 'ip not authorized'],
  },
  { means: 'quota_exceeded/rate_limit', or: ['resource_exhausted'], say: ['slow down'] },
  { means: 'resource_exhausted', say: ['engine is currently overloaded'] },
];

export const OPENAI: ProviderRules = {
  provider: 'openai',
  also: ['openai-images', 'openai-videos', 'sora'],
  fields: [
    { at: 'error.code', means: OPENAI_CODES },
    { at: 'response.error.code', means: OPENAI_CODES },
    { at: 'code', means: OPENAI_CODES },
    {
      // The Images API takes an unknown model for a bad value, the Responses API for a bad request, chat for a missing object.
      at: 'error.code',
      means: { model_not_found: { hint: 'service_unavailable' } },
    },
    {
      at: 'error.type',
      means: {
        insufficient_quota: 'quota_exceeded/account_quota',
        // "Overloaded" and "slow down" come with this type as well.
        server_error: { hint: 'service_error', text: OPENAI_TEXT },
        request_forbidden: 'service_unavailable',
      },
    },
  ],
  text: OPENAI_TEXT,
};
