/** EvoLink and gateways that speak its dialect: our own thirteen codes for tasks, plus codes of its HTTP door. https://docs.evolink.ai */
import { subtypesOf, TASK_CODES } from '../codes.ts';
import type { Meaning } from '../meaning.ts';
import type { FieldRule, ProviderRules } from './provider.ts';

const NO_MONEY = 'quota_exceeded/account_quota';
const NO_ACCESS = 'service_unavailable';
const BLOCKED = 'content_policy_violation/general';

const CODES: FieldRule['means'] = {
  content_policy_violation: BLOCKED,
  content_filter: BLOCKED,
  sensitive_content: BLOCKED,
  moderation_blocked: BLOCKED,
  input_moderation_failed: BLOCKED,
  invalid_parameters: { hint: 'invalid_parameters/general' },
  invalid_parameter: { hint: 'invalid_parameters/general' },
  invalid_request: { hint: 'invalid_parameters/general' },
  request_too_large: 'invalid_parameters/file_too_large',
  idempotency_conflict: 'service_error',
  invalid_task_id: 'invalid_parameters/general',
  invalid_audio: 'image_processing_error/general',
  image_processing_error: { hint: 'image_processing_error/general' },
  image_dimension_mismatch: 'image_dimension_mismatch',
  request_cancelled: 'request_cancelled',
  generation_failed_no_content: { hint: 'generation_failed_no_content/general' },
  generation_timeout: 'generation_timeout',
  resource_exhausted: 'resource_exhausted',
  resource_not_found: 'resource_not_found',
  task_not_found: 'resource_not_found',
  service_unavailable: 'service_unavailable',
  unknown_error: 'unknown_error',
  internal_error: 'service_error',
  upstream_error: 'service_unavailable',
  // On a task it is their fault; as a 503 of the door they say "busy, allocating resources".
  service_error: {
    hint: 'service_error',
    text: [{ means: 'resource_exhausted', say: ['busy', 'allocating resources'] }],
  },
  rate_limit_exceeded: 'quota_exceeded/rate_limit',
  rate_limited: 'quota_exceeded/rate_limit',
  upload_token_rate_limited: 'quota_exceeded/rate_limit',
  // On a task any of the three causes, on the door the balance.
  quota_exceeded: {
    hint: 'quota_exceeded/rate_limit',
    text: [
      { means: NO_MONEY, say: ['insufficient', 'top up', 'balance', 'credits', 'depleted'] },
      {
        means: 'quota_exceeded/concurrency_limit',
        say: ['concurrent|concurrency', 'simultaneously', 'tasks .. processing'],
      },
    ],
  },
  insufficient_quota: NO_MONEY,
  insufficient_user_quota: NO_MONEY,
  quota_not_enough: NO_MONEY,
  account_balance_insufficient: NO_MONEY,
  insufficient_token_quota: NO_MONEY,
  key_quota_exhausted: NO_MONEY,
  token_daily_quota_exceeded: NO_MONEY,
  key_daily_quota_exhausted: NO_MONEY,
  no_available_channel: 'resource_exhausted',
  model_unavailable: 'service_unavailable',
  channel_selection_failed: 'service_unavailable',
  unauthorized: NO_ACCESS,
  forbidden: NO_ACCESS,
  model_access_denied: NO_ACCESS,
  model_not_found: NO_ACCESS,
  permission_denied: NO_ACCESS,
  key_disabled: NO_ACCESS,
  key_expired: NO_ACCESS,
  key_model_not_allowed: NO_ACCESS,
  user_disabled: NO_ACCESS,
  mcp_key_expired: NO_ACCESS,
  mcp_token_invalid: NO_ACCESS,
  mcp_scope_missing: NO_ACCESS,
};

/** Gateways of our own kind say the sub-type, too: `invalid_parameters.prompt_too_long`. Nobody knows better than they. */
const WITH_SUBTYPES: FieldRule['means'] = Object.fromEntries(
  TASK_CODES.flatMap((code) =>
    subtypesOf(code).map((subtype) => [`${code}.${subtype}`, `${code}/${subtype}` as Meaning]),
  ),
);

/** What a gateway of our own kind advises tells it from the others: it uses the codes as we do, and none is a hint. */
const OWN_KIND: FieldRule['means'] = Object.fromEntries(TASK_CODES.map((code) => [code, code]));

export const EVOLINK: ProviderRules = {
  provider: 'evolink',
  also: ['unified-task'],
  fields: [
    { at: 'error.code', with: 'error.subtype', means: WITH_SUBTYPES },
    { at: 'error.code', with: 'error.retry.action', means: OWN_KIND },
    { at: 'error.code', means: CODES },
    // The older edition puts the HTTP status into `code`; then `type` tells.
    {
      at: 'error.type',
      means: {
        authentication_error: NO_ACCESS,
        permission_error: NO_ACCESS,
        insufficient_quota: NO_MONEY,
        insufficient_quota_error: NO_MONEY,
        request_too_large_error: 'invalid_parameters/file_too_large',
        rate_limit_error: 'quota_exceeded/rate_limit',
        internal_server_error: 'service_error',
        upstream_error: 'service_error',
        service_unavailable_error: { hint: 'service_unavailable' },
        invalid_request_error: { hint: 'invalid_parameters/general' },
      },
    },
  ],
  text: [{ means: 'unknown_error', or: ['service_error'], say: ['task processing failed'] }],
};
