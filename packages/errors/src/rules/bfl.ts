/** Black Forest Labs FLUX: https://docs.bfl.ai/api_integration/errors. Moderation is a job status, mostly in a 200. */
import type { ProviderRules } from './provider.ts';

export const BFL: ProviderRules = {
  provider: 'bfl',
  also: ['black-forest-labs', 'flux'],
  fields: [
    {
      at: 'status',
      means: {
        'Request Moderated': 'content_policy_violation/general',
        'Content Moderated': 'content_policy_violation/general',
        'Task not found': 'resource_not_found',
        Error: { hint: 'service_error' },
        Failed: { hint: 'service_error' },
      },
    },
    { at: 'http', means: { 429: 'quota_exceeded/concurrency_limit' } },
    {
      at: 'error',
      means: {
        content_policy_violation: 'content_policy_violation/general',
        generation_timeout: 'generation_timeout',
        internal_error: 'service_error',
        invalid_image: 'image_processing_error/general',
        validation_error: { hint: 'invalid_parameters/general' },
        invalid_api_key: 'service_unavailable',
        insufficient_credits: 'quota_exceeded/account_quota',
        rate_limit_exceeded: 'quota_exceeded/concurrency_limit',
      },
    },
    {
      at: 'detail[].type',
      means: { extra_forbidden: 'invalid_parameters/general', missing: 'invalid_parameters/general' },
    },
  ],
  text: [
    { means: 'service_unavailable', say: ['invalid api key', 'not authenticated'] },
    { means: 'quota_exceeded/account_quota', say: ['insufficient credits', 'out of credits'] },
    { means: 'quota_exceeded/concurrency_limit', say: ['active tasks'] },
  ],
};
