import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { TaskError } from '@sluice/errors';
import { ManualClock } from '../clock.ts';
import { loadConfig } from '../config/config.ts';
import type { FileStore } from '../files/files.ts';
import { openLocalFiles } from '../files/local.ts';
import { createChecker, type MediaChecker } from '../media/checker.ts';
import { checkInputs } from '../media/inputs.ts';
import { sampleImage } from '../media/sample-media.ts';
import { FakeInternet } from '../net/fake-internet.ts';
import { createFetcher } from '../net/fetcher.ts';
import { createLog } from '../observe/log.ts';
import { startSweeper } from '../retention/sweeper.ts';
import type { KeyRecord } from '../store/records.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import type { Store } from '../store/store.ts';
import { createIntake, type Intake, type IntakeDeps } from './intake.ts';

const key: KeyRecord = {
  id: 'key-acme',
  accountId: 'acme',
  name: 'test',
  createdAt: 0,
  disabledAt: null,
  expiresAt: null,
  creditLimit: null,
  creditsReserved: 0,
  creditsUsed: 0,
};

describe('a preflight', () => {
  const clock = new ManualClock();
  let folder: string;
  let store: Store;
  let files: FileStore;
  let checker: MediaChecker;
  let picture: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-preflight-'));
    store = await openSqliteStore({ path: join(folder, 'sluice.db') });
    await store.ensureAccount('acme', 40_000);
    const { id, accountId, name, createdAt, expiresAt, creditLimit } = key;
    const secretHash = '0'.repeat(64);
    await store.createKey({ id, accountId, name, createdAt, expiresAt, creditLimit, secretHash });
    files = await openLocalFiles(join(folder, 'files'));
    checker = createChecker({ workers: 1 });
    picture = `data:image/jpeg;base64,${(await sampleImage('jpeg', 900, 1200)).toString('base64')}`;
  });
  after(async () => {
    await checker.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  function open(more: Partial<IntakeDeps> = {}): Intake {
    const loaded = loadConfig({ cwd: folder, env: {} });
    assert.ok(loaded.kind === 'ok');
    const scratch = join(folder, 'scratch');
    const fetcher = createFetcher({ allowHttpLoopback: false, scratch }, { network: new FakeInternet() });
    return createIntake({
      catalog: loaded.config.catalog,
      store,
      files,
      clock,
      randomId: () => 'abcdefghijkl',
      node: 'node-1',
      config: loaded.config,
      checkInputs: ({ params, ...work }) =>
        checkInputs({ ...work, task: { params }, files, fetcher, checker }),
      checkWords: async () => {},
      onAdmitted: () => assert.fail('a preflight makes no task'),
      ...more,
    });
  }

  const video = (more: object) => ({ model: 'studio-video-1', prompt: 'a heron', duration: 5, ...more });
  const ask = (body: unknown, intake = open()) => intake.preflight({ body, key, requestId: 'req_1' });
  const keys = async () => {
    const found: string[] = [];
    for await (const file of files.list('inputs/')) found.push(file.key);
    return found;
  };

  it('of a request that would pass says what it costs, and spends and keeps nothing', async () => {
    const body = video({ image_urls: [picture], aspect_ratio: '9:16' });
    const { ok, issues, fixes, repairs, estimate } = await ask(body);
    assert.deepEqual([ok, issues, fixes, repairs], [true, [], [], []]);
    assert.equal(estimate?.credits, 25);
    assert.ok((estimate?.seconds ?? 0) > 0);
    assert.deepEqual(await keys(), []);
    const { remaining, reserved } = (await store.balance('acme')) ?? {};
    assert.deepEqual([remaining, reserved], [40_000, 0]);
  });

  it('names what is wrong with the parameters and with the inputs together, and what would repair it', async () => {
    const body = video({ image_urls: [picture], aspect_ratio: '1280x720', duration: 900, seed: -1 });
    const { ok, issues, fixes, estimate } = await ask(body);
    assert.deepEqual([ok, estimate], [false, null]);
    const codes = issues.map((issue) => `${issue.code} ${issue.param}`).sort();
    assert.deepEqual(codes, [
      'image_dimension_mismatch image_urls[0]',
      'invalid_parameters duration',
      'invalid_parameters seed',
    ]);
    assert.ok(issues.every((issue) => issue.issues.length === 0));
    assert.deepEqual(
      fixes.map((fix) => fix.op),
      ['crop', 'pad'],
    );
  });

  it('tells what auto_fix would change', async () => {
    const asked = video({ image_urls: [picture], aspect_ratio: '1280x720', auto_fix: ['crop'] });
    const { ok, repairs } = await ask(asked);
    assert.equal(ok, true);
    assert.deepEqual(repairs, [{ op: 'crop', param: 'image_urls[0]', from: '900x1200', to: '1280x720' }]);
    assert.deepEqual(await keys(), []);
  });

  it('finds out that the credits do not reach, and that the model is none', async () => {
    const { issues, estimate } = await ask(video({ duration: 12 }));
    assert.deepEqual(
      issues.map((issue) => [issue.code, issue.subtype]),
      [['quota_exceeded', 'account_quota']],
    );
    assert.equal(estimate?.credits, 60);
    const budget = await open().preflight({
      body: video({}),
      key: { ...key, creditLimit: 1 },
      requestId: 'r',
    });
    assert.equal(budget.issues[0]?.details.scope, 'key');
    assert.equal((await ask(video({ model: 'nothing' }))).issues[0]?.code, 'model_not_found');
    assert.equal((await ask([])).issues[0]?.code, 'invalid_parameters');
  });

  it('says that words are against the policy beside all else, and not that nobody could look', async () => {
    const heard: unknown[] = [];
    const refusing = (error: TaskError) =>
      open({
        checkWords: async ({ model, params, key: by }) => {
          heard.push([model, params.prompt, by.id]);
          throw error;
        },
      });
    const body = video({ image_urls: [picture], aspect_ratio: '1280x720' });
    const policy = new TaskError('content_policy_violation', { subtype: 'adult', param: 'prompt' });
    const { ok, issues } = await ask(body, refusing(policy));
    assert.equal(ok, false);
    assert.deepEqual(
      issues.map(({ code }) => code),
      ['image_dimension_mismatch', 'content_policy_violation'],
    );
    assert.deepEqual(heard, [['studio-video-1', 'a heron', 'key-acme']]);
    const unseen = new TaskError('service_unavailable');
    await assert.rejects(ask(body, refusing(unseen)), unseen);
  });

  it('is given up after a minute', async () => {
    const slow = open({
      checkInputs: ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    const answer = ask(video({ image_urls: [picture] }), slow).catch((error: unknown) => error);
    await Promise.resolve();
    await clock.advance(60_000);
    const error = await answer;
    assert.ok(TaskError.is(error) && error.code === 'service_unavailable');
  });

  it('leaves the file of a refused admission to the sweep', async () => {
    const refused = await open()
      .submit({
        type: 'video',
        body: video({ duration: 12, image_urls: [picture] }),
        key,
        requestId: 'req_2',
        idempotencyKey: null,
      })
      .catch((error: unknown) => error);
    assert.ok(TaskError.is(refused) && refused.code === 'quota_exceeded');
    assert.equal((await keys()).length, 1);
    const log = createLog({ level: 'silent' });
    const later = new ManualClock(Date.now() + 60_000);
    const sweeper = startSweeper({ store, files, clock: later, log, tasksMs: 61_000 });
    await sweeper.sweep();
    assert.equal((await keys()).length, 1, 'young ones may belong to a task that is just being written');
    await later.advance(10_000);
    await sweeper.sweep();
    sweeper.stop();
    assert.deepEqual(await keys(), []);
  });
});
