/** ComfyUI, self-hosted, and Comfy Cloud: https://docs.comfy.org. The node errors say why; the error above them only sums up. */
import type { FieldRule, ProviderRules } from './provider.ts';

const EXCEPTIONS: FieldRule['means'] = {
  'torch.OutOfMemoryError': 'resource_exhausted',
  'torch.cuda.OutOfMemoryError': 'resource_exhausted',
  OOMError: 'resource_exhausted',
  FileNotFoundError: 'image_processing_error/general',
  'PIL.UnidentifiedImageError': 'image_processing_error/corrupted',
  UnidentifiedImageError: 'image_processing_error/corrupted',
  ImageDownloadError: 'image_processing_error/url_inaccessible',
  ModelDownloadError: 'service_error',
  ValidationError: { hint: 'invalid_parameters/general' },
  InsufficientFundsError: 'quota_exceeded/account_quota',
  InactiveSubscriptionError: 'service_unavailable',
};

export const COMFYUI: ProviderRules = {
  provider: 'comfyui',
  also: ['comfy', 'comfy-cloud'],
  fields: [
    {
      at: 'node_errors[].errors[].type',
      means: {
        required_input_missing: 'invalid_parameters/general',
        bad_linked_input: 'invalid_parameters/general',
        return_type_mismatch: 'invalid_parameters/general',
        invalid_input_type: 'invalid_parameters/general',
        value_smaller_than_min: { hint: 'invalid_parameters/general' },
        value_bigger_than_max: { hint: 'invalid_parameters/general' },
        value_not_in_list: 'invalid_parameters/general',
        custom_validation_failed: 'image_processing_error/general',
        exception_during_validation: 'invalid_parameters/general',
        exception_during_inner_validation: 'invalid_parameters/general',
        dependency_cycle: 'invalid_parameters/general',
      },
    },
    {
      at: 'error.type',
      means: {
        no_prompt: 'invalid_parameters/general',
        prompt_no_outputs: 'invalid_parameters/general',
        prompt_outputs_failed_validation: { hint: 'invalid_parameters/general' },
        missing_node_type: 'invalid_parameters/general',
        invalid_prompt: 'invalid_parameters/general',
      },
    },
    {
      at: 'error.code',
      means: {
        invalid_workflow: 'invalid_parameters/general',
        workflow_format_ui: 'invalid_parameters/general',
        missing_asset: 'invalid_parameters/general',
        hash_mismatch: 'invalid_parameters/general',
        idempotency_key_reuse: 'invalid_parameters/general',
        blob_not_found: 'resource_not_found',
        not_found: 'resource_not_found',
        queue_full: 'resource_exhausted',
        insufficient_credits: 'quota_exceeded/account_quota',
        unauthorized: 'service_unavailable',
        forbidden: 'service_unavailable',
        deployment_not_ready: 'resource_exhausted',
        deployment_stopped: 'service_unavailable',
        node_execution_error: { hint: 'service_error' },
      },
    },
    { at: 'exception_type', means: EXCEPTIONS },
    // In the history the same fields stand in a message of the entry: as it is, or under the prompt's id.
    { at: 'status.messages[].[].exception_type', means: EXCEPTIONS },
    { at: '[].status.messages[].[].exception_type', means: EXCEPTIONS },
  ],
  text: [
    { means: 'request_cancelled', say: ['execution interrupted'] },
    {
      means: 'resource_exhausted',
      say: ['allocation on device', 'out of memory', 'exceed allowed memory', 'outofmemory'],
    },
    { means: 'service_unavailable', say: ['please login first'] },
    { means: 'service_unavailable', or: ['quota_exceeded'], say: ['inactive subscription'] },
    { means: 'quota_exceeded/account_quota', say: ['payment required', 'add credits'] },
    { means: 'invalid_parameters/general', or: ['service_error'], say: ['got itself in trouble'] },
    { means: 'invalid_parameters/file_too_large', say: ['maximum request body size'] },
  ],
};
