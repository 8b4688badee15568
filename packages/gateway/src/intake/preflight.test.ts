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
import { sampleImage } from '../media/sample-media.ts';
import { FakeInternet } from '../net/fake-internet.ts';
import { createFetcher } from '../net/fetcher.ts';
import { createLog } from '../observe/log.ts';
import { startSweeper } from '../retention/sweeper.ts';
import type { KeyRecord } from '../store/records.ts';
import { openSqliteStore } from '../store/sqlite/store.ts';
import type { Store } from '../store/store.ts';
import { createIntake, type Intake, type IntakeDeps } from './intake.ts';
import { createLook, type Look, type LookDeps } from './look.ts';

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
    return createIntake({
      catalog: loaded.config.catalog,
      store,
      files,
      clock,
      randomId: () => 'abcdefghijkl',
      node: 'node-1',
      config: loaded.config,
      look: lookWith(async () => {}),
      noRoute: () => null,
      onAdmitted: () => assert.fail('a preflight makes no task'),
      ...more,
    });
  }

  /** The look of a gateway, with a moderation of the test's own. */
  function lookWith(moderate: LookDeps['moderate']): Look {
    const scratch = join(folder, 'scratch');
    const fetcher = createFetcher({ allowHttpLoopback: false, scratch }, { network: new FakeInternet() });
    return createLook({ files, checker, fetcherFor: () => fetcher, moderate });
  }

  /** Objects to a word, and to pictures of a mime type: to all of them in one error, as the door of tasks does. */
  function strict(word: string, mimeType: string, heard: string[] = []): LookDeps['moderate'] {
    return async ({ params }, { inputs, files: lying }) => {
      heard.push(
        [String(params.prompt), ...inputs.map(({ param, index }) => `${param}[${index}]`)].join(' '),
      );
      for (const input of inputs) assert.equal((await lying.read(input.fileKey))?.length, input.bytes);
      const [first, ...others] = [
        ...(String(params.prompt).includes(word) ? ['prompt'] : []),
        ...inputs.flatMap((one) => (one.mimeType === mimeType ? `${one.param}[${one.index}]` : [])),
      ];
      if (first !== undefined) throw refused(first, others);
    };
  }
  const refused = (param: string, others: readonly string[] = []): TaskError =>
    new TaskError('content_policy_violation', {
      subtype: 'adult',
      param,
      issues: others.length === 0 ? [] : [param, ...others].map((one) => refused(one)),
    });
  const namesOf = (issues: readonly TaskError[]) =>
    issues.map(({ code, param }) => `${code} ${param}`).toSorted();

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

  it('tells parameters, a broken link, words and a sound picture together', async () => {
    const jpeg = picture;
    const body = video({
      prompt: 'a bad heron',
      duration: 900,
      aspect_ratio: '16:9',
      image_urls: ['gopher://x/y.png', jpeg],
    });
    const heard: string[] = [];
    const { ok, issues } = await ask(body, open({ look: lookWith(strict('bad', 'image/jpeg', heard)) }));
    assert.equal(ok, false);
    assert.deepEqual(namesOf(issues), [
      'content_policy_violation image_urls[1]',
      'content_policy_violation prompt',
      'invalid_parameters duration',
      'invalid_parameters image_urls[0]',
    ]);
    assert.deepEqual(heard, ['a bad heron image_urls[1]'], 'once: detectors may cost money');
    assert.ok(issues.every((issue) => issue.issues.length === 0));
  });

  it('looks at the words where every link is broken, and at the pictures where the words are missing', async () => {
    const look = lookWith(strict('bad', 'image/jpeg'));
    const broken = video({ prompt: 'a bad heron', image_urls: 'nonsense', mask_url: 7 });
    assert.ok(
      namesOf((await ask(broken, open({ look }))).issues).includes('content_policy_violation prompt'),
    );
    const wordless = { model: 'studio-video-1', prompt: 5, duration: 5, image_urls: [picture] };
    assert.deepEqual(namesOf((await ask(wordless, open({ look }))).issues), [
      'content_policy_violation image_urls[0]',
      'invalid_parameters prompt',
    ]);
    const many = video({ prompt: 'a bad heron', image_urls: Array.from({ length: 9 }, () => picture) });
    const names = namesOf((await ask(many, open({ look }))).issues);
    assert.deepEqual(names, [
      'content_policy_violation image_urls[0]',
      'content_policy_violation image_urls[1]',
      'content_policy_violation prompt',
      'invalid_parameters image_urls',
    ]);
  });

  it('asks once where all is well, and says what a repaired picture is worth', async () => {
    const heard: string[] = [];
    const look = lookWith(strict('bad', 'image/webp', heard));
    const body = video({ image_urls: [picture], aspect_ratio: '1280x720', auto_fix: ['crop'], seed: -1 });
    const { issues, repairs } = await ask(body, open({ look }));
    assert.deepEqual(namesOf(issues), ['invalid_parameters seed']);
    assert.deepEqual(
      repairs.map(({ op }) => op),
      ['crop'],
    );
    assert.deepEqual(heard, ['a heron image_urls[0]']);
  });

  it('never gives moderation more words than a body could ever mean', async () => {
    let most = 0;
    const look = lookWith(async ({ params }) => {
      most = JSON.stringify(params).length;
    });
    const { issues } = await ask(
      video({ prompt: 'x'.repeat(3_000_000), metadata: { a: 'y'.repeat(99) } }),
      open({ look }),
    );
    assert.deepEqual(
      issues.map(({ subtype }) => subtype),
      ['prompt_too_long'],
    );
    assert.ok(most > 1_000 && most < 110_000, `${most}`);
  });

  it('says where no route would take it, and rejects where nobody could look', async () => {
    const gone = new TaskError('service_unavailable', { because: 'No route.' });
    const { ok, issues } = await ask(video({}), open({ noRoute: () => gone }));
    assert.deepEqual([ok, issues], [false, [gone]]);
    const unseen = new TaskError('service_unavailable');
    const blind = open({
      look: lookWith(async () => {
        throw unseen;
      }),
    });
    await assert.rejects(ask(video({}), blind), unseen);
  });

  it('takes a few of an account at once, and says when to come again', async () => {
    const go = Promise.withResolvers<void>();
    const intake = open({ look: lookWith(() => go.promise) });
    const asked = Array.from({ length: 4 }, () => ask(video({}), intake));
    const turned = await ask(video({}), intake).catch((error: unknown) => error);
    assert.ok(TaskError.is(turned));
    assert.deepEqual(
      [turned.code, turned.subtype, turned.status, turned.retry.after_seconds],
      ['quota_exceeded', 'concurrency_limit', 429, 2],
    );
    const other = { ...key, id: 'key-other', accountId: 'other' };
    const others = intake.preflight({ body: video({}), key: other, requestId: 'r' });
    go.resolve();
    for (const one of asked) assert.equal((await one).ok, true);
    assert.equal((await others).issues[0]?.code, 'quota_exceeded', 'an account without credits, but let in');
    assert.equal((await ask(video({}), intake)).ok, true);
  });

  it('holds no more inline media of an account than fits', async () => {
    const go = Promise.withResolvers<void>();
    const intake = open({
      look: async () => {
        await go.promise;
        return { issues: [], repairs: [] };
      },
    });
    const link = (bytes: number) =>
      `data:image/jpeg;base64,${Buffer.alloc(bytes, bytes % 251).toString('base64')}`;
    const heavy = () =>
      ask(video({ image_urls: [link(31_000_000), link(30_000_000)], auto_fix: ['compress'] }), intake);
    const held = [heavy(), heavy()];
    const turned = await heavy().catch((error: unknown) => error);
    assert.ok(TaskError.is(turned), JSON.stringify(turned));
    assert.deepEqual(
      [turned.code, turned.subtype, turned.status],
      ['quota_exceeded', 'concurrency_limit', 429],
    );
    go.resolve();
    for (const one of held) assert.deepEqual((await one).issues, []);
    assert.equal((await heavy()).ok, true, 'what is over is held no more');
  });

  it('is bounded over all accounts, too', async () => {
    const go = Promise.withResolvers<void>();
    const intake = open({ look: lookWith(() => go.promise) });
    const of = (accountId: string) =>
      intake.preflight({ body: video({}), key: { ...key, accountId }, requestId: 'r' });
    const asked = Array.from({ length: 32 }, (_, i) => of(`account-${i >> 2}`));
    const turned = await of('late').catch((error: unknown) => error);
    assert.ok(TaskError.is(turned) && turned.status === 503 && turned.retry.after_seconds === 5);
    go.resolve();
    await Promise.all(asked);
  });

  it('refuses to be asked for ever what the policy refuses, for that account alone', async () => {
    const intake = open({ look: lookWith(strict('bad', 'none')) });
    const bad = video({ prompt: 'a bad heron' });
    for (let i = 0; i < 30; i++) assert.equal((await ask(bad, intake)).issues.length, 1);
    const turned = await ask(video({}), intake).catch((error: unknown) => error);
    assert.ok(TaskError.is(turned));
    assert.deepEqual(
      [turned.code, turned.subtype, turned.status, turned.retry.after_seconds],
      ['quota_exceeded', 'rate_limit', 429, 20],
    );
    const other = { ...key, id: 'key-other', accountId: 'other' };
    assert.ok(await intake.preflight({ body: video({}), key: other, requestId: 'r' }));
    await clock.advance(20_000);
    assert.equal((await ask(bad, intake)).issues.length, 1);
    await assert.rejects(ask(bad, intake), { code: 'quota_exceeded' });
    await clock.advance(600_000);
    assert.equal((await ask(video({}), intake)).ok, true);
  });

  it('ends when nobody waits for it, and its place is free', async () => {
    const begun = Promise.withResolvers<void>();
    const slow = open({
      look: ({ signal }) => {
        begun.resolve();
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    });
    const leave = new AbortController();
    const all = Array.from({ length: 4 }, () =>
      slow.preflight({ body: video({}), key, requestId: 'r', signal: leave.signal }),
    );
    await begun.promise;
    leave.abort(new Error('gone'));
    for (const one of all) await assert.rejects(one, /gone/);
    const next = ask(video({}), slow).catch((error: unknown) => error);
    await new Promise(setImmediate);
    await clock.advance(60_000);
    const error = await next;
    assert.ok(TaskError.is(error) && error.code === 'service_unavailable', 'it was let in');
  });

  it('is given up after a minute', async () => {
    const slow = open({
      look: ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    const answer = ask(video({ image_urls: [picture] }), slow).catch((error: unknown) => error);
    await new Promise(setImmediate);
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
