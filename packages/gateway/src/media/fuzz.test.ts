import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fuzz } from './fuzz.ts';

it('answers whatever it is sent, and connects to nothing inside', async () => {
  const { outcomes, faults } = await fuzz(150, 7);
  assert.deepEqual(faults, []);
  for (const expected of [
    'ok',
    'repaired',
    'image_processing_error/corrupted',
    'image_processing_error/url_inaccessible',
  ])
    assert.ok((outcomes.get(expected) ?? 0) > 0, `none came to ${expected}`);
});
