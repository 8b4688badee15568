/** Luma: the Dream Machine API speaks in sentences (https://docs.lumalabs.ai), the Agents API has `failure_code`. */
import type { ProviderRules } from './provider.ts';

export const LUMA: ProviderRules = {
  provider: 'luma',
  also: ['lumalabs', 'luma-agents'],
  fields: [
    {
      at: 'failure_code',
      means: {
        content_moderated: 'content_policy_violation/general',
        generation_failed: 'service_error',
        budget_exhausted: 'quota_exceeded/account_quota',
        output_not_found: 'generation_failed_no_content/empty_result',
        image_too_large: 'invalid_parameters/file_too_large',
        unsupported_format: 'image_processing_error/unsupported_format',
        corrupt_input: 'image_processing_error/corrupted',
        invalid_request: 'invalid_parameters/general',
        rate_limited: 'quota_exceeded/rate_limit',
      },
    },
  ],
  text: [
    { means: 'content_policy_violation/third_party_content', say: ['contains ip'] },
    { means: 'content_policy_violation/general', say: ['moderation failed', 'blacklisted word|words'] },
    { means: 'image_processing_error/url_inaccessible', say: ['read user input frames'] },
    {
      means: 'quota_exceeded/account_quota',
      say: ['budget exceeded', 'insufficient credits', 'not enough credits'],
    },
    { means: 'invalid_parameters/prompt_too_long', say: ['prompt is too long'] },
    { means: 'invalid_parameters/video_duration', say: ['duration is not supported'] },
    {
      means: 'invalid_parameters/general',
      say: [
        'prompt is required|too',
        'loop is not supported',
        'no keyframes',
        'unknown request type',
        'not supported for this model',
      ],
    },
    {
      means: 'service_error',
      or: ['generation_failed_no_content'],
      say: ['prompt processing failed', 'job failed', 'error dispatching', 'error processing callback'],
    },
  ],
};
