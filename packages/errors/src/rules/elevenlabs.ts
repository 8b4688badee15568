/** ElevenLabs: https://elevenlabs.io/docs/eleven-api/resources/errors. A 401 is a key, an empty wallet or an abuse flag. */
import type { FieldRule, ProviderRules } from './provider.ts';

const STATUS: FieldRule['means'] = {
  max_character_limit_exceeded: 'invalid_parameters/prompt_too_long',
  text_too_long: 'invalid_parameters/prompt_too_long',
  invalid_parameters: { hint: 'invalid_parameters/general' },
  validation_error: { hint: 'invalid_parameters/general' },
  invalid_uid: 'invalid_parameters/general',
  voice_not_found: 'resource_not_found',
  voice_does_not_exist: 'resource_not_found',
  document_not_found: 'resource_not_found',
  history_item_not_found: 'resource_not_found',
  voice_limit_reached: 'quota_exceeded/account_quota',
  add_voice_limit_reached: 'quota_exceeded/account_quota',
  invalid_file: 'image_processing_error/corrupted',
  content_moderation: 'content_policy_violation/general',
  invalid_api_key: 'service_unavailable',
  needs_authorization: 'service_unavailable',
  missing_permissions: 'service_unavailable',
  insufficient_permissions: 'service_unavailable',
  detected_unusual_activity: 'service_unavailable',
  payment_required: 'service_unavailable',
  paid_plan_required: 'service_unavailable',
  'only_for_creator+': 'service_unavailable',
  quota_exceeded: 'quota_exceeded/account_quota',
  payment_issue: 'quota_exceeded/account_quota',
  too_many_concurrent_requests: 'quota_exceeded/concurrency_limit',
  concurrent_limit_exceeded: 'quota_exceeded/concurrency_limit',
  rate_limit_exceeded: 'quota_exceeded/rate_limit',
  system_busy: 'resource_exhausted',
};

export const ELEVENLABS: ProviderRules = {
  provider: 'elevenlabs',
  fields: [
    { at: 'detail.status', means: STATUS },
    { at: 'detail.code', means: STATUS },
    { at: 'detail', means: STATUS },
    { at: 'status', means: STATUS },
  ],
  // Said on a closing WebSocket with "(policy violation)", which is the protocol's name for 1008 and not moderation.
  text: [{ means: 'service_unavailable', or: ['quota_exceeded'], say: ['unusual activity'] }],
};
