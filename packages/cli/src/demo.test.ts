import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runCli } from './testing/run-cli.ts';

test('the demo makes a playable clip and an explained failure, and cleans up after itself', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-demo-test-'));
  try {
    const { code, out, err } = await runCli(
      ['demo', '--out', join(folder, 'out')],
      { TMPDIR: folder },
      folder,
    );
    assert.equal(code, 0, out + err);

    const clip = await readFile(join(folder, 'out/raccoon.mp4'));
    assert.equal(clip.subarray(4, 8).toString('latin1'), 'ftyp');
    assert.ok(clip.indexOf('moov') < clip.indexOf('mdat'), 'it starts to play before it is loaded');

    const error = JSON.parse(await readFile(join(folder, 'out/error.json'), 'utf8'));
    assert.equal(error.code, 'image_dimension_mismatch');
    assert.equal(error.param, 'image_urls[0]');
    assert.equal(error.details.expected, '1280x720');
    for (const part of [
      '✗ image_dimension_mismatch',
      'why',
      'to do',
      'retry',
      '"code": "image_dimension_mismatch"',
      './out',
    ]) {
      assert.ok(out.includes(part), `${part} is missing in\n${out}`);
    }
    const words = (text: string) => text.replaceAll('\\n', ' ').replace(/\s+/g, ' ');
    const readme = words(await readFile(join(import.meta.dirname, '../../../README.md'), 'utf8'));
    for (const line of error.message.split('\n')) {
      assert.equal(
        readme.split(words(line)).length - 1,
        2,
        `the README shows, as the demo prints it and as JSON: ${line}`,
      );
    }
    // Node keeps its compile cache in the temporary folder; the demo itself leaves nothing there.
    const left = (await readdir(folder)).filter((name) => name !== 'node-compile-cache');
    assert.deepEqual(left, ['out']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
