/** SiliconFlow: https://docs.siliconflow.cn. Bodies may be a bare JSON string; 20015 covers every parameter fault. */
import type { ProviderRules } from './provider.ts';

export const SILICONFLOW: ProviderRules = {
  provider: 'siliconflow',
  fields: [
    {
      at: 'code',
      means: {
        20012: 'invalid_parameters/general',
        20015: { hint: 'invalid_parameters/general' },
        30001: 'quota_exceeded/account_quota',
        30003: 'service_unavailable',
        50505: 'resource_exhausted',
        50602: 'quota_exceeded/rate_limit',
        50603: 'resource_exhausted',
        50604: 'quota_exceeded/rate_limit',
      },
    },
    { at: 'http', means: { 402: 'quota_exceeded/account_quota' } },
    { at: 'status', means: { Failed: { hint: 'service_error' } } },
  ],
  text: [
    { means: 'service_unavailable', say: ['invalid token', 'identity .. verified'] },
    { means: 'quota_exceeded/account_quota', say: ['balance'] },
  ],
};
