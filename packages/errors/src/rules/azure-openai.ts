/** Azure OpenAI: five dialects, https://learn.microsoft.com/azure/ai-foundry/openai/. OpenAI's codes, and the platform's own. */
import { OPENAI_CODES, OPENAI_TEXT } from './openai.ts';
import type { ProviderRules } from './provider.ts';

export const AZURE_OPENAI: ProviderRules = {
  provider: 'azure-openai',
  also: ['azure', 'azure-foundry'],
  fields: [
    {
      at: 'error.code',
      means: {
        ...OPENAI_CODES,
        contentFilter: 'content_policy_violation/general',
        ResponsibleAIPolicyViolation: 'content_policy_violation/general',
        DeploymentNotFound: 'service_unavailable',
        OperationNotSupported: 'invalid_parameters/general',
        PermissionDenied: 'service_unavailable',
        AccessDenied: 'service_unavailable',
        // The account is suspended for what it sent before; this request is not to blame.
        Forbidden: 'service_unavailable',
        RateLimitReached: 'quota_exceeded/rate_limit',
        TooManyRequests: { hint: 'quota_exceeded/rate_limit' },
        Timeout: 'generation_timeout',
        InternalServerError: 'service_error',
        InternalServerException: 'service_error',
        ServiceUnavailable: { hint: 'service_unavailable' },
        invalidPayload: { hint: 'invalid_parameters/general' },
        BadRequest: { hint: 'invalid_parameters/general' },
      },
    },
    {
      at: 'failure_reason',
      means: {
        input_moderation: 'content_policy_violation/general',
        output_moderation: 'content_policy_violation/general',
        internal_error: 'service_error',
      },
    },
  ],
  text: [
    { means: 'quota_exceeded/concurrency_limit', say: ['too many running tasks'] },
    { means: 'resource_exhausted', or: ['quota_exceeded'], say: ['high demand', 'peak load'] },
    {
      means: 'quota_exceeded/rate_limit',
      say: ['exceeded .. call|token rate limit', 'retry after # seconds'],
    },
    {
      means: 'service_unavailable',
      say: ['invalid subscription key', 'virtual network', 'api deployment .. does not exist'],
    },
    ...OPENAI_TEXT,
  ],
};
