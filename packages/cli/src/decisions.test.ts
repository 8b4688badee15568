/** A blocked prompt through the doors of a whole gateway: looked up, overruled for a key, passed, over a restart, taken back. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Sluice, SluiceOperator, TaskError, type TaskView } from '@sluice/client';
import { createGateway, type Gateway, loadConfig } from '@sluice/gateway';
import { createKey } from '../../gateway/src/api-keys.ts';
import { systemClock } from '../../gateway/src/clock.ts';
import { runCli } from './testing/run-cli.ts';

const BLOCKED = 'a nude heron woman in the fog';

let folder = '';
let gateway: Gateway;
let url = '';
let secret = '';
let otherSecret = '';
let operatorKey = '';

async function start(): Promise<string | null> {
  const loaded = loadConfig({ cwd: folder, env: {} });
  assert.ok(loaded.kind === 'ok');
  gateway = await createGateway(loaded.config);
  const listening = await gateway.listen();
  url = listening.url;
  return listening.firstKey;
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-decisions-'));
  await writeFile(
    join(folder, 'sluice.config.yaml'),
    'server: { port: 0 }\nlog: { level: silent }\ndata_folder: ./kept\n',
  );
  secret = String(await start());
  operatorKey = (await readFile(join(folder, 'kept', 'operator.key'), 'utf8')).trim();
  otherSecret = await createKey(gateway.store, systemClock, 'default', 'another');
});
after(async () => {
  await gateway.close();
  await rm(folder, { recursive: true, force: true });
});

const submit = (apiKey: string, prompt = BLOCKED): Promise<TaskView> =>
  new Sluice({ baseUrl: url, apiKey }).images.generate(
    { model: 'studio-image-1', prompt },
    { waitSeconds: 20 },
  );
const operator = () => new SluiceOperator({ baseUrl: url, operatorKey });
const run = (...args: string[]) => runCli([...args, '--url', url], {}, folder);

/** A preflight asks the same of the same policy, and makes nothing. */
const passes = async (apiKey: string, prompt = BLOCKED) =>
  (await new Sluice({ baseUrl: url, apiKey }).preflight({ model: 'studio-image-1', prompt })).ok;

async function blocked(apiKey: string, prompt = BLOCKED): Promise<string> {
  const task = await submit(apiKey, prompt);
  assert.ok(task.status === 'failed', task.status);
  assert.equal(task.error.code, 'content_policy_violation');
  return String(task.error.details.decision_id);
}

test('what was blocked is looked up, overruled for its key alone, and passes over a restart until it is taken back', async () => {
  const id = await blocked(secret);

  const seen = await run('decisions', id);
  assert.equal(seen.code, 0, seen.err);
  assert.match(seen.out, new RegExp(`^${id} {2}block, at or above the threshold`));
  assert.match(
    seen.out,
    /found +nudity \(adult\) in prompt\n +score +0\.\d+, threshold 0\.7\n +rule +adult\./,
  );
  assert.match(seen.out, /at +characters 2 to 6/);
  assert.match(seen.out, /task +task-unified-\d+-\w+\n +stage +input, model studio-image-1\n/);
  assert.match((await run('decisions')).out, new RegExp(`${id} {2}block {2}adult\\.`));
  const told = JSON.stringify([await operator().decision(id), await operator().decisions()]) + seen.out;
  for (const word of ['nude', 'heron', 'woman', 'fog']) assert.ok(!told.includes(word), word);

  const overruled = await run('decisions', id, '--overrule');
  assert.match(overruled.out, /passes +what this rule finds, for key/);
  assert.match(overruled.out, /\n +by +op_[0-9a-f]{8} at 2\d{3}-\S+Z, for key-\S+\n/);
  assert.equal((await submit(secret)).status, 'completed');
  await blocked(otherSecret);
  await blocked(secret, `${BLOCKED}, gore and entrails`);

  await gateway.close();
  await start();
  assert.equal((await submit(secret)).status, 'completed');
  const [kept, ...more] = (await operator().decision(id)).overruled_for;
  assert.match(kept?.by ?? '', /^op_[0-9a-f]{8}$/, 'who did it outlives the process');
  assert.deepEqual(more, []);

  assert.match((await run('decisions', id, '--undo')).out, /passes +for nobody; --overrule changes that/);
  assert.notEqual(await blocked(secret), id);
});

test('another key may be named, and only that one', async () => {
  const id = await blocked(secret);
  const [, other] = await gateway.store.keys('default');
  assert.ok(other);
  assert.match(
    (await run('decisions', id, '--overrule', '--for', other.id)).out,
    new RegExp(`for ${other.id}`),
  );
  assert.ok(await passes(otherSecret));
  assert.ok(!(await passes(secret)));
  await operator().undoOverrule(id, 'key-of-nobody');
  assert.ok(await passes(otherSecret));
  await operator().undoOverrule(id, other.id);
  assert.ok(!(await passes(otherSecret)));
  await assert.rejects(operator().overrule(id, 'key-of-nobody'), {
    code: 'resource_not_found',
    param: 'key_id',
  });
});

test('a sexualised minor is never let pass', async () => {
  const prompt = 'a nude child';
  const id = await blocked(secret, prompt);
  const refused = await run('decisions', id, '--overrule');
  assert.equal(refused.code, 1);
  assert.match(refused.err, /forbidden[\s\S]*Sexualised minors/);
  assert.match((await run('decisions', id)).out, /passes +for nobody, and no overrule can change that/);
  assert.ok(!(await passes(secret, prompt)));
});

test('a preflight says what a submit would end with, and its decision can be looked up as well', async () => {
  const sluice = new Sluice({ baseUrl: url, apiKey: secret });
  const before = (await sluice.tasks.list()).total;
  const answer = await sluice.preflight({ model: 'studio-image-1', prompt: BLOCKED });
  assert.equal(answer.ok, false);
  const [issue] = answer.issues;
  assert.equal(issue?.subtype, 'adult');
  assert.equal(issue?.docs_url, `${url}/docs/errors#content_policy_violation`);
  assert.match(issue?.request_id ?? '', /^req_/);
  const decision = await operator().decision(String(issue?.details.decision_id));
  assert.equal(decision.task_id, null);

  const generate = (prompt: string, ...more: string[]) =>
    runCli(['generate', 'image', prompt, '--model', 'studio-image-1', '--check', ...more], {
      SLUICE_URL: url,
      SLUICE_API_KEY: secret,
    });
  const good = await generate('a heron');
  assert.equal(good.code, 0, good.err);
  assert.match(good.out, /It would be accepted\.[\s\S]*credits +\d/);
  const bad = await generate(BLOCKED);
  assert.equal(bad.code, 1);
  assert.match(bad.err, /content_policy_violation\/adult/);
  assert.equal((await sluice.tasks.list()).total, before, 'nothing was made');
});

test('what cannot be meant is said to be that', async () => {
  for (const [args, message] of [
    [['--overrule'], /Which decision\?/],
    [['mod_x', '--overrule', '--undo'], /not both/],
    [['mod_x', '--for', 'key-1'], /--for names the key/],
    [['mod_x'], /resource_not_found[\s\S]*There is no decision "mod_x"/],
  ] as const) {
    const wrong = await run('decisions', ...args);
    assert.equal(wrong.code, 1);
    assert.match(wrong.err, message);
  }
  await assert.rejects(
    operator().decisions(0),
    (error) => TaskError.is(error) && error.code === 'invalid_parameters',
  );
});
