/**
 * THE table of rehearsals: what each word does, where it strikes, and how the task must end. The words stand in the order of the
 * error codes; `rehearsal.test.ts` proves every promise against the classifier.
 */
import type { TaskCode } from '@sluice/errors';
import { type Refusal, refusal } from './wire.ts';

/** `submit`: instead of accepting the job. `running`: while it works. `result`: when it is done and the result is asked for. */
export const STAGES = ['submit', 'running', 'result'] as const;
export type Stage = (typeof STAGES)[number];

export type Effect =
  /** The studio's own error, at the row's stage or the one the prompt names. It persists over attempts. */
  | { readonly kind: 'error'; readonly refusal: Refusal }
  /** The job takes at least the number's seconds. */
  | { readonly kind: 'slow' }
  /** As many attempts as the number says are refused; the next one works. */
  | { readonly kind: 'flaky'; readonly refusal: Refusal }
  | { readonly kind: 'never_finishes' }
  /** The job takes some seconds and cannot be stopped. */
  | { readonly kind: 'cannot_cancel' }
  /** The answer to the first attempt's submit is lost; `job` is what became of the request. */
  | { readonly kind: 'lost_answer'; readonly job: 'arrived' | 'never_arrived' | 'undecided' }
  | { readonly kind: 'unreachable_polls'; readonly polls: number; readonly refusal: Refusal }
  | { readonly kind: 'unknown_state'; readonly polls: number; readonly state: string }
  /** The job is done and says so, but what it made is no use. */
  | { readonly kind: 'useless_output'; readonly made: 'nothing' | 'broken_bytes' | 'a_web_page' };

export interface EndsIn {
  readonly code: TaskCode;
  readonly subtype: string | null;
}

export interface RehearsalRow {
  /** What follows `rehearse:`. */
  readonly word: string;
  /** The word ends in a number: `slow/20s`, `flaky/2`. */
  readonly number?: {
    readonly unit: '' | 's';
    readonly min: number;
    readonly max: number;
    readonly example: number;
  };
  readonly effect: Effect;
  /** Where it strikes when the prompt does not say; errors can be moved with `@submit`, `@running`, `@result`. */
  readonly stage: Stage;
  readonly endsIn: EndsIn | 'completed';
  readonly description: string;
}

function error(
  word: string,
  stage: Stage,
  said: Refusal,
  endsIn: EndsIn['code'],
  description: string,
): RehearsalRow {
  const [name, detail] = word.split('/');
  const subtype = name === endsIn && detail !== undefined ? detail : null;
  return {
    word,
    stage,
    effect: { kind: 'error', refusal: said },
    endsIn: { code: endsIn, subtype },
    description,
  };
}

const BLOCKED = 'content_policy_violation';
const INVALID = 'invalid_parameters';
const UNREADABLE = 'image_processing_error';
const NOTHING = 'generation_failed_no_content';
const BUSY = refusal('overloaded', 'The studio is overloaded. Please try again later.', { retryAfter: 1 });
const moderated = (
  reason: 'real_person' | 'celebrity' | 'copyright' | 'adult' | 'violence' | 'minor' | 'other',
  message: string,
  param: string,
) => refusal('moderation_blocked', message, { reason, param });

// biome-ignore format: one row a line reads as the table it is
export const REHEARSALS: readonly RehearsalRow[] = [
  error('content_policy_violation/photorealistic_people', 'submit', moderated('real_person', 'photorealistic people detected', 'image_urls[0]'), BLOCKED, 'The face of a real person was seen in an input image.'),
  error('content_policy_violation/celebrity_likeness', 'submit', moderated('celebrity', 'celebrity detected in image', 'image_urls[0]'), BLOCKED, 'A celebrity was recognised.'),
  error('content_policy_violation/third_party_content', 'result', moderated('copyright', 'third-party content violation', 'prompt'), BLOCKED, 'Somebody else\'s brand or character was found.'),
  error('content_policy_violation/adult', 'submit', moderated('adult', 'nudity detected', 'prompt'), BLOCKED, 'Nudity was found.'),
  error('content_policy_violation/violence', 'running', moderated('violence', 'violence content blocked', 'prompt'), BLOCKED, 'Violence was found.'),
  error('content_policy_violation/minor_protection', 'submit', moderated('minor', 'minor content not allowed', 'prompt'), BLOCKED, 'Minors in a sensitive setting.'),
  error('content_policy_violation/general', 'running', moderated('other', 'content policy violation', 'prompt'), BLOCKED, 'Another part of the policy.'),

  error('invalid_parameters/prompt_too_long', 'submit', refusal('invalid_request', 'Prompt is too long: at most 2000 characters, got 2311', { reason: 'prompt_too_long', param: 'prompt', limits: { max_chars: 2000, actual_chars: 2311 } }), INVALID, 'The upstream finds the prompt too long.'),
  error('invalid_parameters/image_dimension', 'submit', refusal('invalid_request', 'image dimensions must be between 240 and 7680', { reason: 'image_dimension', param: 'image_urls[0]', limits: { min_side: 240, max_side: 7680, actual: '200x200' } }), INVALID, 'An input image is too small.'),
  error('invalid_parameters/file_too_large', 'submit', refusal('invalid_request', 'file size exceeds 10MB', { reason: 'file_too_large', param: 'image_urls[0]', limits: { max_bytes: 10_000_000, actual_bytes: 12_345_678 } }), INVALID, 'An input file is too large.'),
  error('invalid_parameters/unsupported_format', 'submit', refusal('invalid_request', 'unsupported file type', { reason: 'unsupported_format', param: 'image_urls[0]' }), INVALID, 'An input file is of a type the upstream does not take.'),
  error('invalid_parameters/video_duration', 'submit', refusal('invalid_request', 'Video duration must be between 1-30 seconds', { reason: 'video_duration', param: 'duration', limits: { min_seconds: 1, max_seconds: 30, actual_seconds: 45 } }), INVALID, 'The duration is out of range.'),
  error('invalid_parameters/general', 'submit', refusal('invalid_request', 'seed is not allowed here', { reason: 'other', param: 'seed' }), INVALID, 'Another parameter is at fault.'),

  error('image_processing_error/url_inaccessible', 'running', refusal('input_unreadable', 'the image URL answered 403', { reason: 'inaccessible', param: 'image_urls[0]' }), UNREADABLE, 'The upstream may not open the image.'),
  error('image_processing_error/unsupported_format', 'running', refusal('input_unreadable', 'HEIC images are not supported', { reason: 'unsupported_format', param: 'image_urls[0]' }), UNREADABLE, 'The upstream cannot read the format.'),
  error('image_processing_error/corrupted', 'running', refusal('input_unreadable', 'the image file is corrupted', { reason: 'corrupted', param: 'image_urls[0]' }), UNREADABLE, 'The upstream finds the file damaged.'),
  error('image_processing_error/network', 'running', refusal('input_unreadable', 'the image could not be downloaded', { reason: 'network', param: 'image_urls[0]' }), UNREADABLE, 'The network failed while the upstream fetched the image. Tried again before the task fails.'),
  error('image_processing_error/general', 'running', refusal('input_unreadable', 'the image cannot be used', { reason: 'other', param: 'image_urls[0]' }), UNREADABLE, 'The image cannot be used for another reason.'),

  error('image_dimension_mismatch', 'submit', refusal('size_mismatch', 'aspect_ratio requires a landscape image of exactly the size it names', { param: 'image_urls[0]', limits: { expected: '1280x720', actual: '720x1280' } }), 'image_dimension_mismatch', 'A portrait image for a landscape clip.'),
  error('request_cancelled', 'running', refusal('cancelled', 'the job was cancelled'), 'request_cancelled', 'The upstream says that the job was cancelled.'),

  error('generation_failed_no_content/poor_prompt', 'result', refusal('no_output', 'the prompt is too vague', { reason: 'poor_prompt', param: 'prompt' }), NOTHING, 'The model could not make sense of the prompt.'),
  error('generation_failed_no_content/model_limit', 'result', refusal('no_output', 'the scene is too complex', { reason: 'model_limit' }), NOTHING, 'The prompt asks for more than the model can do.'),
  error('generation_failed_no_content/empty_result', 'result', refusal('no_output', 'nothing was generated', { reason: 'empty' }), NOTHING, 'The upstream says that nothing came out.'),
  error('generation_failed_no_content/protected_content', 'result', refusal('no_output', 'watermark removal is not offered', { reason: 'protected' }), NOTHING, 'Watermarks, logos or the like are in the way.'),
  error('generation_failed_no_content/general', 'result', refusal('no_output', 'generation failed', { reason: 'other' }), NOTHING, 'Nothing came out, and the upstream does not say why.'),
  { word: 'empty_result', stage: 'result', effect: { kind: 'useless_output', made: 'nothing' }, endsIn: { code: NOTHING, subtype: 'empty_result' }, description: 'The job reports success with an empty list of outputs.' },
  { word: 'corrupt_bytes', stage: 'result', effect: { kind: 'useless_output', made: 'broken_bytes' }, endsIn: { code: NOTHING, subtype: 'empty_result' }, description: 'The job reports success, but its file cannot be decoded; the gateway notices.' },
  { word: 'wrong_kind', stage: 'result', effect: { kind: 'useless_output', made: 'a_web_page' }, endsIn: { code: NOTHING, subtype: 'empty_result' }, description: 'The job reports success, but its file is an HTML page; the gateway notices.' },

  error('service_error', 'running', refusal('internal', 'internal server error'), 'service_error', 'The upstream breaks. Tried again before the task fails.'),
  error('upstream/job_vanished', 'running', refusal('job_not_found', 'There is no such job.'), 'service_error', 'The upstream does not know its job any more.'),
  error('generation_timeout', 'running', refusal('timed_out', 'the job took too long'), 'generation_timeout', 'The upstream gives the job up after its own time limit.'),
  { word: 'never_finishes', stage: 'running', effect: { kind: 'never_finishes' }, endsIn: { code: 'generation_timeout', subtype: null }, description: 'The job runs for ever; the gateway\'s own deadline for the model ends it.' },
  error('resource_exhausted', 'submit', BUSY, 'resource_exhausted', 'The upstream is overloaded, on every attempt.'),
  error('service_unavailable', 'submit', refusal('unauthenticated', 'invalid API key'), 'service_unavailable', 'The upstream refuses the gateway\'s credentials; the operator is alarmed.'),
  error('upstream/maintenance', 'submit', refusal('maintenance', 'The studio is closed for maintenance.', { retryAfter: 1 }), 'service_unavailable', 'The upstream is under maintenance.'),
  error('resource_not_found', 'running', refusal('job_not_found', 'The job has expired.', { reason: 'expired' }), 'resource_not_found', 'The job expired at the upstream before its result was collected.'),
  error('unknown_error', 'running', { status: 409, error: { code: 'moon_in_the_way', reason: null, message: 'The moon is in the way.', param: null, limits: null, stage: null } }, 'unknown_error', 'The upstream says something nobody has heard before.'),

  error('quota_exceeded/rate_limit', 'submit', refusal('client_limit', 'too many requests: try again in 7 seconds', { reason: 'rate', retryAfter: 7 }), 'quota_exceeded', 'The client sends more often than it may; `after_seconds` is exact.'),
  error('quota_exceeded/concurrency_limit', 'submit', refusal('client_limit', 'too many tasks at once: try again in 12 seconds', { reason: 'concurrency', retryAfter: 12 }), 'quota_exceeded', 'The client has as many tasks under way as it may; `after_seconds` is exact.'),
  error('quota_exceeded/account_quota', 'submit', { ...refusal('client_limit', 'the credits are used up', { reason: 'balance' }), status: 402 }, 'quota_exceeded', 'The client\'s credits are used up: not retryable.'),
  error('upstream/rate_limit', 'submit', refusal('rate_limited', 'too many requests', { reason: 'rate', retryAfter: 2 }), 'resource_exhausted', 'The gateway\'s account at the upstream is over its rate: not the client\'s quota, so capacity is what the client is told of.'),
  error('upstream/concurrency_limit', 'submit', refusal('rate_limited', 'too many jobs at once', { reason: 'concurrency', retryAfter: 2 }), 'resource_exhausted', 'The gateway\'s account has too many jobs at the upstream.'),
  error('upstream/out_of_credit', 'submit', { ...refusal('rate_limited', 'your balance is used up', { reason: 'balance' }), status: 402 }, 'resource_exhausted', 'The gateway\'s account at the upstream is out of credit; the operator is alarmed.'),

  { word: 'slow', number: { unit: 's', min: 1, max: 3_600, example: 20 }, stage: 'running', effect: { kind: 'slow' }, endsIn: 'completed', description: 'The job takes at least so many seconds, with progress.' },
  { word: 'flaky', number: { unit: '', min: 1, max: 9, example: 2 }, stage: 'submit', effect: { kind: 'flaky', refusal: BUSY }, endsIn: 'completed', description: 'So many attempts are refused as overloaded, the next one works; with more than the gateway allows the task fails as resource_exhausted.' },
  { word: 'cannot_cancel', stage: 'running', effect: { kind: 'cannot_cancel' }, endsIn: 'completed', description: 'The job takes 10 seconds and cannot be stopped: a cancel call comes too late.' },
  { word: 'unreachable_polls', stage: 'running', effect: { kind: 'unreachable_polls', polls: 3, refusal: BUSY }, endsIn: 'completed', description: 'The first three polls fail. A failed poll is not a failed job.' },
  { word: 'unknown_state', stage: 'running', effect: { kind: 'unknown_state', polls: 3, state: 'daydreaming' }, endsIn: 'completed', description: 'The first three polls report a state nobody knows; the operator is alarmed, the task goes on.' },
  { word: 'lost_answer', stage: 'submit', effect: { kind: 'lost_answer', job: 'arrived' }, endsIn: 'completed', description: 'The job is accepted but the answer is lost; the gateway asks, finds the job and goes on. Nothing is paid twice.' },
  { word: 'lost_answer/never_arrived', stage: 'submit', effect: { kind: 'lost_answer', job: 'never_arrived' }, endsIn: 'completed', description: 'The request is lost on its way; the gateway asks, learns that there is no job, and submits once more.' },
  { word: 'lost_answer/undecided', stage: 'submit', effect: { kind: 'lost_answer', job: 'undecided' }, endsIn: { code: 'service_error', subtype: null }, description: 'The answer is lost and the upstream cannot say what became of it; the task fails after the gateway\'s reconcile window, or at its deadline, and is never submitted again.' },
];

/** The words as written in a prompt, with the example number where the row takes one. */
export function exampleOf({ word, number }: RehearsalRow): string {
  return number ? `rehearse:${word}/${number.example}${number.unit}` : `rehearse:${word}`;
}
