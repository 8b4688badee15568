import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fuzz } from './fuzz/main.ts';

it('a slice of the fuzz run: answers whatever it is sent, and connects to nothing inside', async () => {
  const { outcomes, faults, dialled } = await fuzz(300, 7);
  assert.deepEqual(faults, []);
  assert.ok(dialled > 20, `only ${dialled} connections were made`);
  for (const expected of [
    'submit: completed',
    'submit: image_processing_error/corrupted/corrupted',
    'submit: image_processing_error/url_inaccessible/forbidden_address',
    'preflight: image_processing_error/url_inaccessible/forbidden_address',
    'file: file stored',
    'file: files 40004',
  ])
    assert.ok((outcomes.get(expected) ?? 0) > 0, `none came to ${expected}: ${[...outcomes.keys()]}`);
});
