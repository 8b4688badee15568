/** Stability AI: `name` decides, never the status (403 is moderation in v2beta and permission in v1). https://platform.stability.ai */
import type { FieldRule, ProviderRules } from './provider.ts';

const FINISH: FieldRule['means'] = {
  CONTENT_FILTERED: 'content_policy_violation/general',
  ERROR: 'service_error',
};

export const STABILITY: ProviderRules = {
  provider: 'stability',
  also: ['stability-ai'],
  fields: [
    { at: 'finish_reason', means: FINISH },
    { at: 'header:finish-reason', means: FINISH },
    { at: 'artifacts[].finishReason', means: FINISH },
    {
      at: 'name',
      means: {
        content_moderation: 'content_policy_violation/general',
        invalid_prompts: 'content_policy_violation/general',
        payment_required: 'quota_exceeded/account_quota',
        insufficient_balance: 'quota_exceeded/account_quota',
        rate_limit_exceeded: 'quota_exceeded/rate_limit',
        unauthorized: 'service_unavailable',
        permission_denied: 'service_unavailable',
        not_found: {
          hint: 'resource_not_found',
          text: [{ means: 'invalid_parameters/general', or: ['resource_not_found'], say: ['engine'] }],
        },
        server_error: 'service_error',
        internal_error: 'service_error',
        bad_request: { hint: 'invalid_parameters/general' },
        invalid_samples: 'invalid_parameters/general',
        invalid_mask_image: 'invalid_parameters/general',
        invalid_height_or_width: 'invalid_parameters/image_dimension',
        invalid_pixel_count: 'invalid_parameters/image_dimension',
        invalid_sdxl_v222_dimensions: 'invalid_parameters/image_dimension',
        invalid_sdxl_v1_dimensions: 'invalid_parameters/image_dimension',
        invalid_file_size: 'invalid_parameters/file_too_large',
        payload_too_large: 'invalid_parameters/file_too_large',
        invalid_mime_type: 'image_processing_error/unsupported_format',
        invalid_image_dimensions: 'image_dimension_mismatch',
        invalid_language: 'invalid_parameters/general',
      },
    },
  ],
};
