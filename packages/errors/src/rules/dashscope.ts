/** Alibaba DashScope (Wan, Qwen-Image): https://help.aliyun.com/zh/model-studio/error-code. Status 200 covers failures too. */
import type { FieldRule, ProviderRules } from './provider.ts';

const UNFIT = 'image_processing_error/general';
const OUT_OF_RANGE = 'invalid_parameters/image_dimension';

const CODES: FieldRule['means'] = {
  DataInspectionFailed: 'content_policy_violation/general',
  data_inspection_failed: 'content_policy_violation/general',
  IPInfringementSuspect: 'content_policy_violation/third_party_content',
  CustomRoleBlocked: 'content_policy_violation/general',
  FaqRuleBlocked: 'content_policy_violation/general',
  // Not moderation: the stage that would inspect the media could not get hold of it.
  'InvalidParameter.DataInspection': {
    hint: 'image_processing_error/url_inaccessible',
    text: [
      { means: 'image_processing_error/network', say: ['timed out', 'timeout'] },
      { means: 'image_processing_error/corrupted', say: ['decode|format|corrupted'] },
    ],
  },
  InvalidParameter: {
    hint: 'invalid_parameters/general',
    text: [
      { means: 'content_policy_violation/general', say: ['green network verification', 'green net'] },
      { means: 'image_processing_error/network', say: ['download .. timed|timeout'] },
      {
        means: 'image_processing_error/url_inaccessible',
        say: [
          'download .. failed|error',
          'failed to download',
          'oss download',
          'authorization to access the media',
        ],
      },
      { means: 'image_processing_error/unsupported_format', say: ['wrong content type'] },
      {
        means: 'image_processing_error/corrupted',
        say: ['corrupted', 'read image|video|audio error', 'failed to decode', 'decode .. failed'],
      },
      { means: 'image_dimension_mismatch', say: ['are not the same'] },
      { means: 'invalid_parameters/file_too_large', say: ['data uri item'] },
      { means: 'invalid_parameters/prompt_too_long', say: ['prompt .. too long', 'input length'] },
      { means: 'invalid_parameters/video_duration', say: ['video|audio|file .. too long|short', 'duration'] },
      {
        means: OUT_OF_RANGE,
        say: ['size is not match', 'length and width', 'too small or too large', 'resolution|pixels|aspect'],
      },
      { means: 'generation_failed_no_content/poor_prompt', say: ['could not process with this prompt'] },
      { means: 'invalid_parameters/general', say: ['url error please check url'] },
    ],
  },
  InvalidURL: {
    hint: 'image_processing_error/url_inaccessible',
    text: [
      {
        means: 'invalid_parameters/file_too_large',
        or: ['image_processing_error'],
        say: ['larger than', 'file size'],
      },
    ],
  },
  'InvalidURL.ConnectionRefused': 'image_processing_error/url_inaccessible',
  'InvalidURL.Timeout': 'image_processing_error/network',
  InvalidImageResolution: OUT_OF_RANGE,
  'InvalidImage.ImageSize': OUT_OF_RANGE,
  InvalidImageFormat: 'image_processing_error/unsupported_format',
  'InvalidImage.FileFormat': 'image_processing_error/unsupported_format',
  InvalidImage: UNFIT,
  // NoHuman, BodyProportion, FacePose, FrontBody, FullFace, FaceNotMatch, FullBody, BodyPose, MultiHuman ...
  InvalidFile: UNFIT,
  InvalidPerson: UNFIT,
  'InvalidFile.Resolution': OUT_OF_RANGE,
  'InvalidFile.ImageSize': OUT_OF_RANGE,
  'InvalidFile.AspectRatio': OUT_OF_RANGE,
  'InvalidFile.FPS': 'invalid_parameters/general',
  'InvalidFile.Value': 'invalid_parameters/general',
  'InvalidFile.Content': 'invalid_parameters/general',
  'InvalidFile.Size': 'invalid_parameters/file_too_large',
  'InvalidFile.Duration': 'invalid_parameters/video_duration',
  'InvalidFile.AudioLengthError': 'invalid_parameters/video_duration',
  'InvalidFile.Format': 'invalid_parameters/unsupported_format',
  'InvalidFile.Openerror': 'image_processing_error/corrupted',
  'InvalidFile.DownloadFailed': 'image_processing_error/url_inaccessible',
  'BadRequest.UnsupportedFileFormat': 'invalid_parameters/unsupported_format',
  'BadRequest.InputDownloadFailed': 'image_processing_error/url_inaccessible',
  'BadRequest.TooLarge': 'invalid_parameters/file_too_large',
  'BadRequest.ResourceNotExist': 'resource_not_found',
  BadRequest: 'invalid_parameters/general',
  InvalidInputLength: { hint: 'invalid_parameters/general' },
  Arrearage: 'quota_exceeded/account_quota',
  'AllocationQuota.FreeTierOnly': 'quota_exceeded/account_quota',
  PrepaidBillOverdue: 'quota_exceeded/account_quota',
  PostpaidBillOverdue: 'quota_exceeded/account_quota',
  CommodityNotPurchased: 'service_unavailable',
  InvalidApiKey: 'service_unavailable',
  'NOT AUTHORIZED': 'service_unavailable',
  AccessDenied: {
    hint: 'service_unavailable',
    text: [
      {
        means: 'invalid_parameters/general',
        or: ['service_unavailable'],
        say: ['synchronous|asynchronous calls'],
      },
    ],
  },
  'AccessDenied.Unpurchased': 'service_unavailable',
  'Model.AccessDenied': 'service_unavailable',
  'Workspace.AccessDenied': 'service_unavailable',
  ModelNotFound: 'invalid_parameters/general',
  WorkSpaceNotFound: 'resource_not_found',
  NotFound: 'resource_not_found',
  Throttling: 'quota_exceeded/rate_limit',
  'Throttling.AllocationQuota': {
    hint: 'quota_exceeded/rate_limit',
    text: [{ means: 'quota_exceeded/account_quota', say: ['free', 'exhausted', 'insufficient'] }],
  },
  ModelServingError: 'resource_exhausted',
  ModelUnavailable: 'service_unavailable',
  InternalError: 'service_error',
  'InternalError.Timeout': 'generation_timeout',
  RequestTimeOut: 'generation_timeout',
  SystemError: 'service_error',
  ModelServiceFailed: 'service_error',
  RewriteFailed: 'service_error',
};

export const DASHSCOPE: ProviderRules = {
  provider: 'dashscope',
  also: ['aliyun', 'alibaba', 'wan', 'qwen'],
  fields: [
    { at: 'output.code', means: CODES },
    { at: 'code', means: CODES },
    { at: 'error.code', means: CODES },
    { at: 'output.results[].code', means: CODES },
    { at: 'output.task_status', means: { UNKNOWN: 'resource_not_found', CANCELED: 'request_cancelled' } },
  ],
};
