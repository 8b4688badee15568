/** Replicate: https://replicate.com/docs/reference/error-codes. A failed prediction holds a sentence that may end in a code. */
import type { ProviderRules } from './provider.ts';

export const REPLICATE: ProviderRules = {
  provider: 'replicate',
  fields: [
    { at: 'status', means: { canceled: 'request_cancelled', aborted: 'request_cancelled' } },
    { at: 'http', means: { 402: 'quota_exceeded/account_quota', 429: 'quota_exceeded/rate_limit' } },
    {
      at: 'invalid_fields[].type',
      means: {
        required: 'invalid_parameters/general',
        additional_property_not_allowed: 'invalid_parameters/general',
      },
    },
  ],
  text: [
    // Codes of the official models, three digits
    { means: 'content_policy_violation/general', say: ['e005'] },
    { means: 'resource_exhausted', say: ['e003'] },
    { means: 'service_unavailable', or: ['service_error'], say: ['e004'] },
    { means: 'invalid_parameters/general', say: ['e006'] },
    { means: 'service_error', say: ['e001', 'e002', 'code pa', 'prediction interrupted'] },
    // Codes of the platform, four digits
    { means: 'generation_timeout', say: ['e6716'] },
    { means: 'invalid_parameters/general', or: ['service_error'], say: ['e4875'] },
    { means: 'service_error', say: ['e1000', 'e1001', 'director unexpected error'] },
    // What the model's own code threw
    { means: 'content_policy_violation/adult', say: ['nsfw content'] },
    { means: 'resource_exhausted', say: ['cuda out of memory'] },
    {
      means: 'service_error',
      say: [
        'worker crashed',
        'exitcode',
        'unknown reason',
        'positional argument|arguments',
        'unexpected keyword argument',
      ],
    },
    {
      means: 'invalid_parameters/general',
      or: ['image_processing_error'],
      say: ['missing required input file|files'],
    },
    {
      means: 'invalid_parameters/general',
      or: ['service_unavailable'],
      say: ['invalid version or not permitted'],
    },
    { means: 'resource_not_found', say: ['no prediction matches', 'does not exist', 'could not be found'] },
    { means: 'unknown_error', or: ['service_error'], say: ['prediction failed'] },
  ],
};
