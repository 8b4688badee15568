import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { classify, type Evidence, toClient } from '@sluice/errors';
import { KEY, OPERATOR_KEY, openTrial, type Trial } from '../../gateway/src/http/trial.ts';
import { runCli } from './testing/run-cli.ts';

let trial: Trial;
let folder = '';
let env: Record<string, string> = {};
let id = '';

const SAID: Evidence = {
  provider: 'studio',
  phase: 'submit',
  status: 409,
  headers: { server: 'gpu-7' },
  body: { error: { code: 'moon_in_the_way', message: 'The moon \u001b[31mis \u009bin the way.' } },
};

before(async () => {
  trial = await openTrial();
  folder = await mkdtemp(join(tmpdir(), 'sluice-operator-cli-'));
  const url = await trial.app.listen({ host: '127.0.0.1', port: 0 });
  env = { SLUICE_URL: url, SLUICE_OPERATOR_KEY: OPERATOR_KEY };
  const task = await trial.start(await trial.admit());
  await trial.clock.advance(1_500);
  const verdict = classify(SAID);
  const at = trial.clock.now();
  const end = { number: 1, state: 'rejected', code: verdict.code, evidence: SAID, verdict, at } as const;
  await trial.change(task, { kind: 'failed', error: toClient(verdict).toJSON(), at, end });
  id = task.id;
});
after(async () => {
  await trial.close();
  await rm(folder, { recursive: true, force: true });
});

test('inspect shows what was tried, what came back as it came, which rule decided, and what followed', async () => {
  const run = await runCli(['inspect', id], env, folder);
  assert.equal(run.code, 0, run.err);
  for (const part of [
    /Attempt 1 {2}m\/0 {2}\(no longer configured\)/,
    /said +studio, submit, 409/,
    /server: gpu-7\n +\{\n +"error": \{\n +"code": "moon_in_the_way",/,
    /verdict +unknown_error\n {2}rule +studio\/error\.code, confidence 0\.\d+/,
    /next +none: it ends here; [^:]*operator\s+is\s+alarmed/,
    /then +the task failed: unknown_error/,
    /ended +2026-11-22 09:00:01\.500, 1\.5 s after admission/,
    /credits +25 reserved, 0 used/,
  ]) {
    assert.match(run.out, part);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  assert.doesNotMatch(run.out, /[\u001b\u009b]/, 'what a stranger wrote cannot move the cursor');
  const json = JSON.parse((await runCli(['inspect', id, '--json'], env, folder)).out);
  assert.deepEqual(json.attempts[0].evidence, SAID);
});

test('unknowns groups them, and what it prints can be classified as it is', async () => {
  const run = await runCli(['unknowns'], env, folder);
  assert.match(run.out, /^1 x {2}studio, submit, 409\n/);
  assert.match(run.out, /shape +\{error:\{code="moon_in_the_way",message:text\}\}/);
  assert.match(run.out, /now +no rule matches it yet/);
  const file = join(folder, 'unknowns.json');
  await writeFile(file, (await runCli(['unknowns', '--json'], env, folder)).out);
  const tried = await runCli(['classify', file], {}, folder);
  assert.match(tried.out, /moon_in_the_way.*\n\n {2}verdict +unknown_error/);
});

test('routes are listed, drained and put back', async () => {
  const list = await runCli(['routes'], env, folder);
  assert.match(
    list.out,
    /^studio-video-1\/0 +studio, secret-name +priority 0, weight 1 +0 in use +healthy$/m,
  );
  assert.equal(
    (await runCli(['routes', 'drain', 'studio-video-1/0'], env, folder)).out,
    'studio-video-1/0: drained\n',
  );
  assert.match((await runCli(['routes'], env, folder)).out, /studio-video-1\/0 .* drained$/m);
  assert.equal(
    (await runCli(['routes', 'undrain', 'studio-video-1/0'], env, folder)).out,
    'studio-video-1/0: healthy\n',
  );
  for (const [args, message] of [
    [['drain', 'studio-vidoe-1/0'], /Did you mean `studio-video-1\/0`/],
    [['drain'], /Which route\?/],
    [['stop', 'x'], /drain or undrain, not "stop"/],
  ] as const) {
    const wrong = await runCli(['routes', ...args], env, folder);
    assert.equal(wrong.code, 1);
    assert.match(wrong.err, message);
  }
});

test('the key is found in the data folder of the gateway here, and a wrong one is said to be that', async () => {
  const { SLUICE_URL } = env;
  const url = { SLUICE_URL: String(SLUICE_URL) };
  assert.match(
    (await runCli(['routes'], url, folder)).err,
    /operator key is needed[\s\S]*operator\.key in its data folder/,
  );
  await writeFile(join(folder, 'sluice.config.yaml'), 'data_folder: .\n');
  await writeFile(join(folder, 'operator.key'), `${OPERATOR_KEY}\n`);
  assert.match((await runCli(['routes'], url, folder)).out, /healthy/);
  const elsewhere = await runCli(['routes', '--url', 'http://gateway.invalid'], {}, folder);
  assert.match(elsewhere.err, /read from there only for a gateway on this machine/);
  const wrong = await runCli(['routes', '--operator-key', KEY], url, folder);
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /unauthorized\/invalid_key[\s\S]*does not know this operator key/);
});
