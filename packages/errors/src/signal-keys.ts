/** The field names by which providers say things; the same handful everywhere, in every spelling. */

/** What a field holds: something said, a state, a name of a parameter, a flag, an output, an echo of the request ... */
export type Role =
  | 'say'
  | 'stage'
  | 'state'
  | 'param'
  | 'flag'
  | 'unsafe_if_false'
  | 'output'
  | 'skip'
  | 'error_numbers'
  | 'wait'
  | 'walk';

export const ROLES = new Map<string, Role>();

const KEYS: Readonly<Record<Exclude<Role, 'walk'>, string>> = {
  say: `error errors messages code error_code err_code errcode status_code type error_type kind reason reasons message msg detail details
    error_message error_msg err_msg errmsg error_description description title name failure failure_code failure_reason
    failures fail_reason failed_reason finish_reason finish_message block_reason block_reason_message status_msg
    task_status_msg exception_message exception_type fault faultstring rai_filtered_reason rai_media_filtered_reasons
    cause internal_reason sub_code subcode error_name error_reason moderation_reasons moderation_reason violations
    violation_type violated_categories categories category hint summary text_error issues warning warnings failed_assets
    flagged_categories quota_id quota_metric error_detail failed_message fail_code fail_msg error_info http_message
    base_resp moderation_details ret_code ret_msg response_code response_msg sensitive_reason suggestion`,
  stage: 'stage moderation_stage',
  state: 'status state task_status job_status status_str event event_type phase output_status',
  param: 'param parameter params field loc path argument pointer property json_path input_name',
  flag: `has_nsfw_concepts has_nsfw_content nsfw nsfw_detected is_nsfw nsfw_content_detected flagged blocked filtered moderated
    is_sensitive content_filtered is_blocked is_flagged censored`,
  unsafe_if_false: 'is_image_safe is_safe respect_moderation safe passed_moderation',
  output: `images image videos video audio audios output outputs result results data artifacts generations predictions candidates
    assets creations samples sample generated_samples url urls video_url image_url audio_url b64_json bytes_base64_encoded
    download_url file_id inline_data gcs_uri image_urls video_urls content`,
  skip: `input inputs prompt request logs log traceback current_inputs current_outputs doc_url docs_url help links instructions
    tools usage safety_ratings citation_metadata metadata headers request_id trace_id model version created created_at
    content_filter_offsets executed seed parameters task_metrics metrics stack id
    object task_id updated_at started_at completed_at response_id @type version_id domain locale`,
  wait: `retry_after retry_after_seconds retry_after_secs retry_after_ms retry_in retry_in_seconds retry_delay retry_delay_ms
    retry_delay_seconds retry_at wait_time wait_seconds wait_for cooldown cooldown_seconds reset_in resets_in reset_in_seconds
    resets_in_seconds reset_after reset_after_seconds reset_at resets_at reset_time estimated_time next_flush_time`,
  error_numbers: 'ctx context limits constraints extra_info',
};

for (const [role, names] of Object.entries(KEYS) as [Exclude<Role, 'walk'>, string][]) {
  for (const name of names.split(/\s+/)) {
    const camel = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    for (const key of [
      name,
      camel,
      camel.charAt(0).toUpperCase() + camel.slice(1),
      name.replaceAll('_', '-'),
      name.toUpperCase(),
    ]) {
      ROLES.set(key, role);
    }
    // "Moderation Reasons": some write keys as words
    ROLES.set(
      name.replace(
        /(^|_)([a-z])/g,
        (_, dash: string, letter: string) => `${dash === '' ? '' : ' '}${letter.toUpperCase()}`,
      ),
      role,
    );
  }
}

/** States of a job, in lower case; anything else in a state field is something said. */
export const STATES = new Set(
  `failed failure fail error errored cancelled canceled aborted interrupted expired timeout timed_out rejected succeeded success succeed
  completed complete done ready ok finished pending queued processing running starting in_progress in_queue unknown not_found
  incomplete inprogress inqueue terminated deleted`.split(/\s+/),
);
