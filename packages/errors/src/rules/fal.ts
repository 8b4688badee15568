/** fal: https://fal.ai/docs/documentation/model-apis/errors and .../request-errors. It decides on `type`; its sentences change. */
import type { FieldRule, ProviderRules } from './provider.ts';

const REQUEST_ERRORS: FieldRule['means'] = {
  request_timeout: 'generation_timeout',
  startup_timeout: 'generation_timeout',
  runner_scheduling_failure: 'resource_exhausted',
  runner_connection_timeout: 'service_error',
  runner_disconnected: 'service_error',
  runner_connection_refused: 'service_error',
  runner_connection_error: 'service_error',
  runner_incomplete_response: 'service_error',
  runner_server_error: 'service_error',
  internal_error: 'service_error',
  client_disconnected: 'request_cancelled',
  client_cancelled: 'request_cancelled',
  bad_request: 'invalid_parameters/general',
};

const MODEL_ERRORS: FieldRule['means'] = {
  internal_server_error: 'service_error',
  generation_timeout: 'generation_timeout',
  downstream_service_error: 'service_error',
  downstream_service_unavailable: 'service_unavailable',
  content_policy_violation: 'content_policy_violation/general',
  no_media_generated: 'generation_failed_no_content/empty_result',
  image_too_small: 'invalid_parameters/image_dimension',
  image_too_large: 'invalid_parameters/image_dimension',
  image_aspect_ratio_error: 'invalid_parameters/image_dimension',
  image_load_error: 'image_processing_error/corrupted',
  file_download_error: 'image_processing_error/url_inaccessible',
  face_detection_error: 'image_processing_error/general',
  file_too_large: 'invalid_parameters/file_too_large',
  greater_than: 'invalid_parameters/general',
  greater_than_equal: 'invalid_parameters/general',
  less_than: 'invalid_parameters/general',
  less_than_equal: 'invalid_parameters/general',
  multiple_of: { hint: 'invalid_parameters/general' },
  sequence_too_short: 'invalid_parameters/general',
  sequence_too_long: 'invalid_parameters/general',
  one_of: 'invalid_parameters/general',
  feature_not_supported: 'invalid_parameters/general',
  invalid_archive: 'invalid_parameters/unsupported_format',
  archive_file_count_below_minimum: 'invalid_parameters/general',
  archive_file_count_exceeds_maximum: 'invalid_parameters/general',
  audio_duration_too_long: 'invalid_parameters/general',
  audio_duration_too_short: 'invalid_parameters/general',
  video_duration_too_long: 'invalid_parameters/video_duration',
  video_duration_too_short: 'invalid_parameters/video_duration',
  video_duration: 'invalid_parameters/video_duration',
  unsupported_audio_format: 'image_processing_error/unsupported_format',
  unsupported_image_format: 'image_processing_error/unsupported_format',
  unsupported_video_format: 'image_processing_error/unsupported_format',
  // Met, not documented: a model that made nothing of the prompt says so under this type.
  invalid_request: {
    hint: 'invalid_parameters/general',
    text: [
      {
        means: 'generation_failed_no_content/poor_prompt',
        say: [
          'no image|images|media|video|videos|output .. generated|returned|produced',
          'did not|not generate|generated',
          'could not generate',
        ],
      },
    ],
  },
  // What pydantic says itself; the field then tells more than the type.
  missing: 'invalid_parameters/general',
  string_too_short: 'invalid_parameters/general',
  string_too_long: { hint: 'invalid_parameters/general' },
  literal_error: { hint: 'invalid_parameters/general' },
  enum: { hint: 'invalid_parameters/general' },
  value_error: { hint: 'invalid_parameters/general' },
  extra_forbidden: 'invalid_parameters/general',
};

export const FAL: ProviderRules = {
  provider: 'fal',
  also: ['fal-ai'],
  fields: [
    { at: 'detail[].type', means: MODEL_ERRORS },
    // A webhook wraps the same answer.
    { at: 'payload.detail[].type', means: MODEL_ERRORS },
    { at: 'error_type', means: REQUEST_ERRORS },
    { at: 'header:x-fal-error-type', means: REQUEST_ERRORS },
    { at: 'http', means: { 401: 'service_unavailable' } },
    { at: 'has_nsfw_concepts[]', means: { true: 'content_policy_violation/adult' } },
  ],
  text: [
    { means: 'quota_exceeded/account_quota', say: ['exhausted balance', 'user is locked', 'top up'] },
    { means: 'service_error', or: ['resource_exhausted'], say: ['cuda error|out', 'gpu error'] },
    { means: 'invalid_parameters/general', or: ['resource_not_found'], say: ['path .. not found'] },
  ],
};
