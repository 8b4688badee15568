/** Every example of this folder runs to its end against a real gateway. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { createGateway, type Gateway, loadConfig } from '../packages/gateway/src/index.ts';

const run = promisify(execFile);
let folder = '';
let gateway: Gateway;
let env: Record<string, string>;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-examples-'));
  const loaded = loadConfig({ cwd: folder, env: {} });
  assert.ok(loaded.kind === 'ok');
  const { config } = loaded;
  gateway = await createGateway({
    ...config,
    server: { ...config.server, port: 0 },
    log: { level: 'silent' },
  });
  const { url, firstKey } = await gateway.listen();
  env = { PATH: process.env.PATH ?? '', SLUICE_URL: url, SLUICE_API_KEY: firstKey ?? '' };
});
after(async () => {
  await gateway.close();
  await rm(folder, { recursive: true, force: true });
});

async function example(name: string): Promise<string> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, name)], {
    cwd: folder,
    env,
    timeout: 60_000,
  });
  return stdout;
}

test('submit-and-wait saves a clip and says what it cost', async () => {
  const said = await example('submit-and-wait.ts');
  assert.match(
    said,
    /is accepted; it may cost 10 credits\.\n[\s\S]*completed 100%\nraccoon\.mp4 is saved; it did cost 10 credits\./,
  );
  assert.equal((await readFile(join(folder, 'raccoon.mp4'))).subarray(4, 8).toString('latin1'), 'ftyp');
});

test('handle-errors finds the right decision for each failure', async () => {
  const said = (await example('handle-errors.ts')).trim().split('\n');
  assert.deepEqual(
    said.map((line) => line.replace(/req_\w+/, 'req_x')),
    [
      'content_policy_violation/adult: tell the user what to change. Content policy violation: nudity detected.',
      'generation_failed_no_content/general: try once more, then with another prompt.',
      'unknown_error: tell the operator, with req_x.',
      'invalid_parameters/prompt_too_long: change prompt. Prompt is too long',
    ],
  );
});
