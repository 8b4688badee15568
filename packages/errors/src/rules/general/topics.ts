/**
 * What an answer is about, where nothing says what went wrong with it: an error that speaks of faces is about the picture, one that
 * speaks of credits is about money. The weakest of all signs; any statement beats them.
 */
import type { PhraseRow } from '../../phrases.ts';

export const TOPICS: readonly PhraseRow[] = [
  {
    means: 'content_policy_violation/general',
    strength: 'vague',
    say: ['policy|policies|guideline|guidelines|violation|violations|compliance', '审核', '合规'],
  },
  {
    means: 'quota_exceeded/account_quota',
    strength: 'vague',
    say: ['credit|credits|balance|billing|invoice|payment', '积分', '点数', '额度'],
  },
  { means: 'quota_exceeded/rate_limit', strength: 'vague', say: ['quota|throttle|burst'] },
  { means: 'resource_exhausted', strength: 'vague', say: ['queue|capacity|traffic|congestion|vram'] },
  {
    means: 'image_processing_error/general',
    strength: 'vague',
    or: ['invalid_parameters'],
    say: ['face|faces|facial|pose|person|people|speech|vocals', '人脸', '五官', '人体'],
  },
  {
    means: 'image_processing_error/url_inaccessible',
    strength: 'vague',
    or: ['invalid_parameters'],
    say: ['url|urls|link|links|download', '链接', '下载'],
  },
  {
    means: 'invalid_parameters/image_dimension',
    strength: 'vague',
    say: ['resolution|dimension|dimensions|ratio|pixel|pixels|width|height', '分辨率', '像素'],
  },
  {
    means: 'invalid_parameters/unsupported_format',
    strength: 'vague',
    or: ['image_processing_error'],
    say: ['codec|mime|extension'],
  },
  {
    means: 'service_unavailable',
    strength: 'vague',
    say: ['subscription|membership|member|plan|license|tier', '会员', '订阅'],
  },
];
