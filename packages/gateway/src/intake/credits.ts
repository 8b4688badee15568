import { TaskError } from '@sluice/errors';
import type { AdmissionOutcome } from '../store/store.ts';

/** `required` and `remaining` are thousandths. */
export function tooFewCredits(
  { scope, required, remaining }: Extract<AdmissionOutcome, { kind: 'insufficient_credits' }>,
  requestId: string,
): TaskError {
  const [needs, has] = [required / 1000, remaining / 1000];
  const owner = scope === 'key' ? 'the API key may still use' : 'the account has';
  return new TaskError('quota_exceeded', {
    subtype: 'account_quota',
    because: `This task needs ${needs} credits; ${owner} ${has}.`,
    details: { required_credits: needs, remaining_credits: has, scope },
    requestId,
  });
}
