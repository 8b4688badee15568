/** xAI: status and `code` both lie (a wrong key is 400, money is 403 or 429), so mostly the sentence decides. https://docs.x.ai */
import type { ProviderRules } from './provider.ts';

export const XAI: ProviderRules = {
  provider: 'xai',
  also: ['grok'],
  fields: [
    { at: 'code', means: { 'imagine:content-moderated': 'content_policy_violation/general' } },
    {
      at: 'error.code',
      means: {
        CONTENT_POLICY_VIOLATION: 'content_policy_violation/general',
        internal_error: 'service_error',
      },
    },
    { at: 'data[].respect_moderation', means: { false: 'content_policy_violation/general' } },
    { at: 'video.respect_moderation', means: { false: 'content_policy_violation/general' } },
    { at: 'status', means: { expired: 'resource_not_found' } },
  ],
  text: [
    { means: 'content_policy_violation/general', say: ['content moderation', 'content policy'] },
    {
      means: 'service_unavailable',
      say: ['incorrect api key', 'token could not be validated', 'bad credentials'],
    },
    {
      means: 'quota_exceeded/account_quota',
      say: ['available credits', 'spending limit', 'any credits', 'out of credits', 'monthly spending'],
    },
    { means: 'resource_exhausted', or: ['service_unavailable'], say: ['at capacity'] },
    { means: 'service_error', or: ['generation_timeout'], say: ['did not respond'] },
    {
      means: 'image_processing_error/url_inaccessible',
      say: ['could not be fetched', 'fetching image failed'],
    },
    { means: 'invalid_parameters/video_duration', say: ['duration .. exceeds'] },
    {
      means: 'invalid_parameters/general',
      say: [
        'argument not supported',
        'not available on this endpoint',
        'must provide',
        'is not available for',
      ],
    },
    {
      means: 'invalid_parameters/general',
      or: ['resource_not_found'],
      say: ['model .. deprecated', 'model .. does not exist'],
    },
  ],
};
