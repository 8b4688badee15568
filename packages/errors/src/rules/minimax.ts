/** MiniMax: https://platform.minimax.io/docs/api-reference/errorcode. v1 answers 200 to everything; v2 ends its sentence with v1's number. */
import type { FieldRule, ProviderRules } from './provider.ts';

const CODES: FieldRule['means'] = {
  1000: 'service_error',
  1001: 'generation_timeout',
  1002: 'quota_exceeded/rate_limit',
  1004: 'service_unavailable',
  1008: 'quota_exceeded/account_quota',
  1013: 'service_error',
  1024: 'service_error',
  1026: 'content_policy_violation/general',
  1027: 'content_policy_violation/general',
  1028: 'quota_exceeded/account_quota',
  1030: 'quota_exceeded/account_quota',
  1033: 'service_error',
  1039: 'quota_exceeded/rate_limit',
  1041: 'quota_exceeded/concurrency_limit',
  1042: 'invalid_parameters/general',
  1043: 'invalid_parameters/general',
  1044: 'invalid_parameters/general',
  2013: {
    hint: 'invalid_parameters/general',
    text: [
      {
        means: 'service_unavailable',
        or: ['quota_exceeded'],
        say: ['does not currently support', 'plan|credit .. not support'],
      },
      { means: 'resource_not_found', say: ['invalid task id'] },
      {
        means: 'invalid_parameters/image_dimension',
        say: ['dimensions must', 'dimension', 'aspect ratio', 'resolution', 'short side'],
      },
      {
        means: 'invalid_parameters/general',
        or: ['image_processing_error'],
        say: ['invalid image url', 'invalid file purpose'],
      },
    ],
  },
  2037: 'invalid_parameters/general',
  2038: 'service_unavailable',
  2039: 'invalid_parameters/general',
  2045: 'quota_exceeded/rate_limit',
  2048: 'invalid_parameters/general',
  2049: 'service_unavailable',
  2056: 'quota_exceeded/account_quota',
  2061: 'service_unavailable',
  20132: 'invalid_parameters/general',
};

/** Pictures that the safety check held back are no error: they are counted, `<failed>.<succeeded>`, and where none is left that is the reason. */
const ALL_HELD_BACK: FieldRule['means'] = Object.fromEntries(
  Array.from({ length: 9 }, (_, index) => [`${index + 1}.0`, 'content_policy_violation/general' as const]),
);

export const MINIMAX: ProviderRules = {
  provider: 'minimax',
  also: ['hailuo'],
  fields: [
    { at: 'base_resp.status_code', means: CODES },
    { at: 'task.error.code', means: CODES },
    // Its documents have the counts in `metadata`, its own tool reads them from `data`.
    { at: 'metadata.failed_count', with: 'metadata.success_count', means: ALL_HELD_BACK },
    { at: 'data.failed_count', with: 'data.success_count', means: ALL_HELD_BACK },
    {
      at: 'error.type',
      means: {
        insufficient_balance_error: 'quota_exceeded/account_quota',
        authorized_error: 'service_unavailable',
        rate_limit_error: 'quota_exceeded/rate_limit',
        overloaded_error: 'resource_exhausted',
        server_error: 'service_error',
        unprocessable_entity_error: {
          hint: 'invalid_parameters/general',
          text: [{ means: 'content_policy_violation/general', say: ['sensitive', '1026', '1027'] }],
        },
        bad_request_error: CODES[2013] ?? 'invalid_parameters/general',
      },
    },
    { at: 'task.status', means: { cancelled: 'request_cancelled', expired: 'resource_not_found' } },
  ],
};
