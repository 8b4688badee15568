/** The Gemini API: https://ai.google.dev/gemini-api/docs/generate-content/api-errors; its Interactions API has codes of its own. */
import { GOOGLE_CODES, GOOGLE_FIELDS, GOOGLE_TEXT } from './google.ts';
import type { ProviderRules } from './provider.ts';

export const GOOGLE_GEMINI: ProviderRules = {
  provider: 'google-gemini',
  also: ['gemini', 'veo', 'imagen'],
  fields: [
    ...GOOGLE_FIELDS,
    {
      at: 'error.code',
      means: {
        invalid_request: { hint: 'invalid_parameters/general' },
        parameter_unknown: 'invalid_parameters/general',
        out_of_range: 'invalid_parameters/general',
        already_exists: 'invalid_parameters/general',
        unimplemented: 'invalid_parameters/general',
        failed_precondition: 'service_unavailable',
        authentication: 'service_unavailable',
        permission_denied: 'service_unavailable',
        model_not_found: 'service_unavailable',
        service_unavailable: 'service_unavailable',
        payment_required: 'quota_exceeded/account_quota',
        quota_exceeded: 'quota_exceeded/account_quota',
        rate_limit_exceeded: 'quota_exceeded/rate_limit',
        too_many_requests: 'quota_exceeded/rate_limit',
        not_found: 'resource_not_found',
        cancelled: 'request_cancelled',
        aborted: 'request_cancelled',
        api_error: 'service_error',
        deadline_exceeded: 'generation_timeout',
      },
    },
    ...GOOGLE_CODES,
    // A finished operation has a response or an error; a response that says nothing more is an empty one.
    { at: 'response.@type', means: {}, otherwise: { hint: 'generation_failed_no_content/empty_result' } },
  ],
  text: GOOGLE_TEXT,
};
