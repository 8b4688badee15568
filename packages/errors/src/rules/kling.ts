/** Kling: https://app.klingai.com/cn/dev/document-api. A failed task has no code of its own, only a sentence. */
import type { PhraseRow } from '../phrases.ts';
import type { FieldRule, ProviderRules } from './provider.ts';

const SENTENCES: readonly PhraseRow[] = [
  { means: 'resource_not_found', say: ['task not found'] },
  {
    means: 'invalid_parameters/general',
    say: [
      'already exists',
      'cannot be empty',
      'is not supported with',
      'value .. is invalid',
      'cannot exceed',
    ],
  },
  {
    means: 'invalid_parameters/image_dimension',
    or: ['image_processing_error'],
    say: ['image pixel is invalid', 'resolution or aspect ratio'],
  },
  { means: 'image_processing_error/corrupted', say: ['valid base64 format'] },
  { means: 'invalid_parameters/video_duration', say: ['duration only supports'] },
  { means: 'content_policy_violation/general', say: ['risk control'] },
];

const CODES: FieldRule['means'] = {
  1000: 'service_unavailable',
  1001: 'service_unavailable',
  1002: 'service_unavailable',
  1003: 'service_unavailable',
  1004: 'service_unavailable',
  1100: 'service_unavailable',
  1101: 'quota_exceeded/account_quota',
  1102: 'quota_exceeded/account_quota',
  1103: 'service_unavailable',
  1200: { hint: 'invalid_parameters/general', text: SENTENCES },
  1201: { hint: 'invalid_parameters/general', text: SENTENCES },
  1202: 'invalid_parameters/general',
  1203: 'resource_not_found',
  1300: 'content_policy_violation/general',
  1301: 'content_policy_violation/general',
  1302: 'quota_exceeded/rate_limit',
  1303: 'quota_exceeded/concurrency_limit',
  1304: 'service_unavailable',
  5000: 'service_error',
  5001: 'service_unavailable',
  5002: 'generation_timeout',
};

export const KLING: ProviderRules = {
  provider: 'kling',
  fields: [
    { at: 'code', means: CODES },
    { at: 'data.code', means: CODES },
  ],
  text: SENTENCES,
};
