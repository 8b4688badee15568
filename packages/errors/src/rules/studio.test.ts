import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify } from '../classify.ts';
import type { Evidence } from '../evidence.ts';

const said = (status: number, body: unknown, extra: Partial<Evidence> = {}) =>
  classify({ provider: 'nobody', phase: 'submit', status, headers: {}, body, ...extra });
const short = ({ code, subtype }: ReturnType<typeof said>): string =>
  subtype === null ? code : `${code}/${subtype}`;

test('the studio: every code and reason, and codes that nobody knows', () => {
  const studio = (code: string, reason: string | null = null): string =>
    short(
      said(
        400,
        { error: { code, reason, message: 'blocked: too long', param: null, limits: null, stage: 'input' } },
        { provider: 'studio' },
      ),
    );
  assert.equal(studio('moderation_blocked', 'real_person'), 'content_policy_violation/photorealistic_people');
  assert.equal(studio('moderation_blocked', 'minor'), 'content_policy_violation/minor_protection');
  assert.equal(studio('invalid_request', 'video_duration'), 'invalid_parameters/video_duration');
  assert.equal(studio('invalid_request', 'other'), 'invalid_parameters/general');
  assert.equal(studio('input_unreadable', 'network'), 'image_processing_error/network');
  assert.equal(studio('size_mismatch'), 'image_dimension_mismatch');
  assert.equal(studio('no_output', 'protected'), 'generation_failed_no_content/protected_content');
  assert.equal(studio('rate_limited', 'balance'), 'quota_exceeded/account_quota');
  assert.equal(studio('client_limit', 'concurrency'), 'quota_exceeded/concurrency_limit');
  assert.equal(studio('client_limit', 'other'), 'quota_exceeded/rate_limit');
  assert.equal(studio('job_not_found'), 'resource_not_found');
  assert.equal(studio('maintenance'), 'service_unavailable');
  assert.equal(studio('flux_capacitor_misaligned'), 'unknown_error');
});
