import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TASK_CODES } from './codes.ts';
import { renderRetryPage } from './retry-page.ts';

test('the page has every code, and a line of its own for each sub-type that is treated otherwise', () => {
  const lines = renderRetryPage().split('\n');
  for (const code of TASK_CODES)
    assert.ok(
      lines.some((line) => line.startsWith(`| \`${code}\` |`)),
      code,
    );
  assert.ok(lines.includes('| `resource_exhausted` | another route | another route | same route | yes |  |'));
  assert.ok(lines.includes('| `content_policy_violation` | ends | ends | ends |  |  |'));
  assert.ok(lines.includes('| `image_processing_error/network` | same route | same route | ends |  |  |'));
  assert.ok(
    lines.includes(
      '| `quota_exceeded/account_quota` | another route | another route | same route | yes | yes |',
    ),
  );
  assert.ok(lines.includes('| `invalid_parameters` of our own adapter | elsewhere | ends | ends |  |  |'));
  assert.ok(lines.includes("| `quota_exceeded` of the client's own | ends | ends | ends |  |  |"));
  assert.ok(!lines.some((line) => line.includes('quota_exceeded/rate_limit')), 'nothing is said twice');
});
