import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDashscope as createDashscopeEmulator, type RunningEmulator } from '@sluice/sandbox';
import { ManualClock } from '../../clock.ts';
import type { InputMedia, SubmitJob, UpstreamAdapter } from '../adapter.ts';
import { scenarioSuite } from '../scenarios.ts';
import { inputFor, jobFor, withProvider } from '../trial.ts';
import { createDashscope } from './adapter.ts';

const KEY = 'sk-secret-91ab';
const adapterAt = (url: string, apiKey = KEY) => createDashscope({ apiKey, baseUrl: `${url}/api/v1` });

scenarioSuite('dashscope clips', {
  emulator: () => createDashscopeEmulator('clips'),
  adapter: adapterAt,
  job: { type: 'video', upstreamModel: 'wan2.7-t2v', params: { duration: 5 } },
});

scenarioSuite('dashscope pictures as a job', {
  emulator: () => createDashscopeEmulator('batches'),
  adapter: adapterAt,
  job: { type: 'image', upstreamModel: 'wan2.2-t2i-flash', params: { n: 2 } },
});

scenarioSuite('dashscope pictures at once', {
  emulator: () => createDashscopeEmulator('answers'),
  adapter: adapterAt,
  job: { type: 'image', upstreamModel: 'qwen-image-max' },
});

const ctx = { clock: new ManualClock(), signal: new AbortController().signal };

const clip = (prompt: string, more: Partial<SubmitJob> = {}): SubmitJob => ({
  ...jobFor('wan2.7-t2v', { prompt }),
  ...more,
});

const atDashscope = (
  body: (adapter: UpstreamAdapter, running: RunningEmulator) => Promise<void>,
  emulator = createDashscopeEmulator(),
) => withProvider(emulator, adapterAt, ({ adapter, running }) => body(adapter, running));

async function accepted(adapter: UpstreamAdapter, job: SubmitJob) {
  const outcome = await adapter.submit(job, ctx);
  assert.equal(outcome.kind, 'accepted', JSON.stringify(outcome));
  return outcome.kind === 'accepted' ? outcome.handle : null;
}

async function end(adapter: UpstreamAdapter, handle: Awaited<ReturnType<typeof accepted>>) {
  for (let polls = 0; polls < 5; polls++) {
    const outcome = await adapter.poll(handle, ctx);
    if (outcome.kind !== 'running') return outcome;
  }
  return null;
}

test('small pictures travel inside the request', () =>
  atDashscope(async (adapter, { calls }) => {
    await accepted(adapter, clip('a cat', { upstreamModel: 'wan2.7-i2v', inputs: [inputFor('image_urls')] }));
    assert.equal(calls.length, 1);
    assert.match(JSON.stringify(calls[0]?.body), /"type":"first_frame","url":"data:image\/png;base64,AQID"/);
    assert.equal(calls[0]?.headers['x-dashscope-async'], 'enable');
    assert.equal(calls[0]?.headers['x-dashscope-ossresourceresolve'], undefined);
  }));

test('big pictures and sounds are put into the store first, which never sees the key', () =>
  atDashscope(async (adapter, { calls }) => {
    const inputs = [inputFor('image_urls', 0, { bytes: 8_000_000 }), inputFor('audio_urls')];
    await accepted(adapter, clip('a cat', { upstreamModel: 'wan2.7-i2v', inputs }));
    const [policy, , , , job] = calls;
    assert.equal(policy?.query.get('model'), 'wan2.7-i2v');
    const put = calls.filter((call) => call.path === '/store');
    assert.equal(put.length, 2);
    for (const { raw, headers } of put) {
      assert.doesNotMatch(raw.toString('latin1') + JSON.stringify(headers), new RegExp(KEY));
    }
    assert.match(JSON.stringify(job?.body), /"url":"oss:\/\/dashscope-instant\/sandbox\/image_urls-0\.png"/);
    assert.equal(job?.headers['x-dashscope-ossresourceresolve'], 'enable');
  }));

for (const closed of ['/uploads', '/store']) {
  test(`a refusal of ${closed} leaves no job behind`, () => {
    const emulator = createDashscopeEmulator();
    const refusing: typeof emulator = {
      ...emulator,
      answer: (call) =>
        call.path.endsWith(closed) ? { kind: 'text', status: 403, body: 'denied' } : emulator.answer(call),
    };
    return atDashscope(async (adapter, { calls }) => {
      const outcome = await adapter.submit(clip('a cat', { inputs: [inputFor('audio_urls')] }), ctx);
      assert.equal(outcome.kind, 'rejected');
      assert.ok(calls.at(-1)?.path.endsWith(closed));
    }, refusing);
  });
}

test('an answer that cannot be read may stand for a job', () =>
  atDashscope(async (adapter) => {
    for (const scenario of ['lost_answer', 'half_answer', 'garbage', 'bad_gateway']) {
      const params = { prompt: `a cat sandbox:${scenario}` };
      const atOnce = clip('', { type: 'image', upstreamModel: 'qwen-image-max', params });
      assert.equal((await adapter.submit(clip('', { params }), ctx)).kind, 'unknown', scenario);
      assert.equal((await adapter.submit(atOnce, ctx)).kind, 'unknown', scenario);
    }
  }));

test('what cannot be made is refused and nothing is sent', () =>
  atDashscope(async (adapter, { calls }) => {
    const outcome = await adapter.submit(clip('a cat', { params: { prompt: 'a cat', quality: '4k' } }), ctx);
    assert.equal(outcome.kind === 'rejected' && outcome.evidence.provider, 'gateway');
    assert.equal((await adapter.submit(clip('a song', { type: 'audio' }), ctx)).kind, 'rejected');
    assert.equal(calls.length, 0);
  }));

test('every interface completes', () =>
  atDashscope(async (adapter) => {
    const frame = [inputFor('image_urls')];
    const jobs: [SubmitJob['type'], string, InputMedia[]][] = [
      ['video', 'wan2.5-t2v-preview', []],
      ['video', 'wan2.6-i2v', frame],
      ['video', 'wan2.2-kf2v-flash', frame],
      ['video', 'wan2.7-i2v', frame],
      ['image', 'wan2.7-image', frame],
      ['image', 'wan2.6-t2i', []],
      ['image', 'wan2.5-i2i-preview', frame],
      ['image', 'qwen-image', []],
    ];
    for (const [type, upstreamModel, inputs] of jobs) {
      const handle = await accepted(adapter, clip('a cat', { type, upstreamModel, inputs }));
      assert.equal((await end(adapter, handle))?.kind, 'finished', upstreamModel);
    }
    const edit = clip('a cat', { type: 'image', upstreamModel: 'qwen-image-edit-plus', inputs: frame });
    assert.equal((await adapter.submit(edit, ctx)).kind, 'finished');
  }));

test('a picture that failed does not cost the others', () =>
  atDashscope(async (adapter) => {
    const params = { prompt: 'cats sandbox:some', n: 3 };
    const handle = await accepted(
      adapter,
      clip('', { type: 'image', upstreamModel: 'wan2.2-t2i-flash', params }),
    );
    const outcome = await end(adapter, handle);
    assert.equal(outcome?.kind === 'finished' && outcome.outputs.length, 3);
  }));

test('a job that waits can be cancelled, and polling shows it; one that runs goes on', () =>
  atDashscope(async (adapter) => {
    const waiting = await accepted(adapter, clip('a cat'));
    assert.equal((await adapter.cancel(waiting, ctx)).kind, 'requested');
    assert.equal((await end(adapter, waiting))?.kind, 'failed');
    const running = await accepted(adapter, clip('a cat'));
    await adapter.poll(running, ctx);
    await adapter.poll(running, ctx);
    assert.equal((await adapter.cancel(running, ctx)).kind, 'not_possible');
    assert.equal((await end(adapter, running))?.kind, 'finished');
  }));

test('an account in debt says nothing about its jobs', () =>
  atDashscope(async (adapter) => {
    const handle = await accepted(adapter, clip('a cat sandbox:debt_while_polling'));
    assert.equal((await adapter.poll(handle, ctx)).kind, 'unreachable');
  }));

test('the key is in no evidence', () =>
  atDashscope(async (_adapter, running) => {
    const echoing = adapterAt(running.url, 'sandbox');
    const outcome = await echoing.submit(clip('a cat sandbox:policy'), ctx);
    assert.equal(outcome.kind, 'rejected');
    assert.doesNotMatch(JSON.stringify(outcome), /sandbox/);
    await echoing.close?.();
  }));
