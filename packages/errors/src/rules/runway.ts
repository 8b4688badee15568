/** Runway: https://docs.dev.runwayml.com/errors/task-failures/. `failureCode` is read by its dotted beginnings; out of credit is a 400. */
import type { ProviderRules } from './provider.ts';

export const RUNWAY: ProviderRules = {
  provider: 'runway',
  also: ['runwayml'],
  fields: [
    {
      at: 'failureCode',
      means: {
        SAFETY: 'content_policy_violation/general',
        'INPUT_PREPROCESSING.SAFETY': 'content_policy_violation/general',
        'INPUT_PREPROCESSING.INTERNAL': 'service_error',
        INPUT_PREPROCESSING: 'service_error',
        'ASSET.INVALID': 'invalid_parameters/general',
        ASSET: 'invalid_parameters/general',
        'INTERNAL.BAD_OUTPUT': 'generation_failed_no_content/general',
        INTERNAL: 'service_error',
        'THIRD_PARTY.UNAVAILABLE': 'service_error',
        THIRD_PARTY: 'service_error',
      },
    },
    { at: 'status', means: { CANCELLED: 'request_cancelled' } },
  ],
  text: [
    {
      means: 'quota_exceeded/account_quota',
      say: ['not have enough credits', 'daily task limit', 'monthly spend'],
    },
    { means: 'service_unavailable', say: ['is not available'] },
    { means: 'image_processing_error/url_inaccessible', say: ['failed to fetch asset'] },
    { means: 'image_processing_error/network', say: ['timeout while fetching asset'] },
    { means: 'image_processing_error/unsupported_format', say: ['unsupported asset type'] },
    { means: 'image_processing_error/corrupted', say: ['invalid data uri'] },
    { means: 'invalid_parameters/file_too_large', say: ['asset size exceeds'] },
    { means: 'invalid_parameters/image_dimension', say: ['asset dimensions', 'asset aspect ratio'] },
    { means: 'invalid_parameters/video_duration', say: ['asset duration'] },
    { means: 'resource_not_found', say: ['could not find task'] },
  ],
};
