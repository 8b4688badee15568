import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createArk as createArkEmulator, type RunningEmulator } from '@sluice/sandbox';
import { ManualClock } from '../../clock.ts';
import type { SubmitJob, UpstreamAdapter } from '../adapter.ts';
import { scenarioSuite } from '../scenarios.ts';
import { inputFor, jobFor, withProvider } from '../trial.ts';
import { createArk } from './adapter.ts';

const KEY = 'ark-secret-7d3f';
const adapterAt = (url: string) => createArk({ apiKey: KEY, baseUrl: `${url}/api/v3` });

scenarioSuite('ark clips', {
  emulator: () => createArkEmulator('clips'),
  adapter: adapterAt,
  job: { type: 'video', upstreamModel: 'doubao-seedance-1-5-pro-251215', params: { duration: 5 } },
});

scenarioSuite('ark pictures', {
  emulator: () => createArkEmulator('pictures'),
  adapter: adapterAt,
  job: { type: 'image', upstreamModel: 'doubao-seedream-4-5-251128' },
});

const ctx = { clock: new ManualClock(), signal: new AbortController().signal };

const clip = (prompt: string, more: Partial<SubmitJob> = {}): SubmitJob => ({
  ...jobFor('doubao-seedance-1-5-pro-251215', { prompt }),
  ...more,
});

const atArk = (body: (ark: UpstreamAdapter, running: RunningEmulator) => Promise<void>) =>
  withProvider(createArkEmulator(), adapterAt, ({ adapter, running }) => body(adapter, running));

async function accepted(ark: UpstreamAdapter, job: SubmitJob) {
  const outcome = await ark.submit(job, ctx);
  assert.equal(outcome.kind, 'accepted');
  return outcome.kind === 'accepted' ? outcome.handle : null;
}

test('inputs travel inside the request', () =>
  atArk(async (ark, { calls }) => {
    await accepted(ark, clip('a cat', { inputs: [inputFor('image_urls')] }));
    assert.match(JSON.stringify(calls[0]?.body), /"image_url":\{"url":"data:image\/png;base64,AQID"\}/);
  }));

test('what cannot be made is refused and nothing is sent', () =>
  atArk(async (ark, { calls }) => {
    const outcome = await ark.submit(clip('a cat --dur 12'), ctx);
    assert.equal(outcome.kind, 'rejected');
    assert.equal(outcome.kind === 'rejected' && outcome.evidence.provider, 'gateway');
    assert.equal((await ark.submit(clip('a song', { type: 'audio' }), ctx)).kind, 'rejected');
    assert.equal(calls.length, 0);
  }));

test('an input that cannot be read has not left', () =>
  atArk(async (ark, { calls }) => {
    const broken = inputFor('image_urls', 0, { read: () => Promise.reject(new Error('gone')) });
    assert.equal((await ark.submit(clip('a cat', { inputs: [broken] }), ctx)).kind, 'rejected');
    assert.equal(calls.length, 0);
  }));

test('a queued clip can be cancelled, and polling shows it', () =>
  atArk(async (ark) => {
    const handle = await accepted(ark, clip('a cat'));
    assert.equal((await ark.cancel(handle, ctx)).kind, 'requested');
    assert.equal((await ark.poll(handle, ctx)).kind, 'failed');
  }));

test('a cancel never throws away a clip that is being made or is done', () =>
  atArk(async (ark, { calls }) => {
    const handle = await accepted(ark, clip('a cat'));
    await ark.poll(handle, ctx);
    assert.equal((await ark.cancel(handle, ctx)).kind, 'not_possible');
    assert.equal((await ark.cancel(handle, ctx)).kind, 'not_possible');
    assert.equal(calls.filter((call) => call.method === 'DELETE').length, 0);
    assert.equal((await ark.poll(handle, ctx)).kind, 'finished');
  }));

test('a clip whose answer was lost is found by the job’s key', () =>
  atArk(async (ark, running) => {
    await accepted(ark, clip('another cat', { idempotencyKey: 'someone-else' }));
    const job = clip('a cat sandbox:lost_answer');
    assert.equal((await ark.submit(job, ctx)).kind, 'unknown');
    const found = await ark.lookup?.(job.idempotencyKey, ctx);
    assert.deepEqual(found, { kind: 'found', handle: { id: 'cgt-2' } });
    assert.equal(running.jobsMade(), 2);
  }));

test('an answer that cannot be read may stand for a job', () =>
  atArk(async (ark) => {
    for (const scenario of ['lost_answer', 'half_answer', 'garbage', 'bad_gateway', 'too_slow']) {
      const params = { prompt: `a cat sandbox:${scenario}` };
      const pictures = clip('', { type: 'image', upstreamModel: 'seedream-4-5-251128', params });
      assert.equal((await ark.submit(clip('', { params }), ctx)).kind, 'unknown', scenario);
      assert.equal((await ark.submit(pictures, ctx)).kind, 'unknown', scenario);
    }
  }));

test('two tasks with the seed of one job decide nothing', () =>
  atArk(async (ark) => {
    await accepted(ark, clip('a cat'));
    await accepted(ark, clip('a cat'));
    assert.deepEqual(await ark.lookup?.(clip('').idempotencyKey, ctx), { kind: 'undecided' });
  }));

test('what is not in the list may exist all the same', () =>
  atArk(async (ark, running) => {
    const ownSeed = clip('a cat sandbox:lost_answer', {
      params: { prompt: 'a cat sandbox:lost_answer', seed: 5 },
    });
    assert.equal((await ark.submit(ownSeed, ctx)).kind, 'unknown');
    assert.deepEqual(await ark.lookup?.(ownSeed.idempotencyKey, ctx), { kind: 'undecided' });
    await running.close();
    assert.deepEqual(await ark.lookup?.(ownSeed.idempotencyKey, ctx), { kind: 'undecided' });
  }));

test('a picture that is blocked does not cost the others', () =>
  atArk(async (ark) => {
    const params = { prompt: 'cats sandbox:some', n: 3 };
    const outcome = await ark.submit(
      clip('', { type: 'image', upstreamModel: 'seedream-4-5-251128', params }),
      ctx,
    );
    assert.equal(outcome.kind === 'finished' && outcome.outputs.length, 3);
  }));

test('the key is in no evidence', () =>
  atArk(async (_ark, running) => {
    const echoing = createArk({ apiKey: '0217sandbox', baseUrl: `${running.url}/api/v3` });
    const outcome = await echoing.submit(clip('a cat sandbox:policy'), ctx);
    assert.equal(outcome.kind, 'rejected');
    assert.doesNotMatch(JSON.stringify(outcome), /0217sandbox/);
    await echoing.close?.();
  }));
