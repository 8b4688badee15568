/** Ideogram: https://developer.ideogram.ai. Only 422 has a body; an unsafe picture is a 200 without a link. */
import type { ProviderRules } from './provider.ts';

export const IDEOGRAM: ProviderRules = {
  provider: 'ideogram',
  fields: [
    { at: 'data[].is_image_safe', means: { false: 'content_policy_violation/general' } },
    {
      at: 'failed_assets[].failure_reason',
      means: {
        FAILED_SAFETY_CHECK: 'content_policy_violation/general',
        FILE_TOO_LARGE: 'invalid_parameters/file_too_large',
        INVALID_IMAGE: 'image_processing_error/corrupted',
        INVALID_ZIP: 'invalid_parameters/unsupported_format',
        INVALID_CAPTION: 'invalid_parameters/general',
        TOO_MANY_IMAGES: 'invalid_parameters/general',
        INTERNAL_ERROR: 'service_error',
      },
    },
  ],
  text: [
    { means: 'content_policy_violation/general', say: ['safety check'] },
    { means: 'image_processing_error/general', say: ['segmentation failed'] },
    { means: 'service_unavailable', say: ['not authorized to generate'] },
    { means: 'quota_exceeded/account_quota', say: ['insufficient credits'] },
  ],
};
