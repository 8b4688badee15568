import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify } from '@sluice/errors';
import { createKling as createKlingEmulator, json, KLING_SANDBOX_PAIR } from '@sluice/sandbox';
import { scenarioSuite } from '../scenarios.ts';
import { inputFor, jobFor, survivesNonsense, type Trial, withProvider } from '../trial.ts';
import { createKling } from './adapter.ts';

const create = (baseUrl: string) =>
  createKling({ credentials: { kind: 'pair', ...KLING_SANDBOX_PAIR }, baseUrl });

scenarioSuite('kling', {
  emulator: createKlingEmulator,
  adapter: create,
  job: { type: 'video', upstreamModel: 'kling-v2-1', params: { duration: 5 } },
});

const withKling = (body: (trial: Trial) => Promise<void>) =>
  withProvider(createKlingEmulator(), create, body);
const KEY = 'task-unified-1-abcdefghijkl-1';

test('a token is shown with every call, and signed anew before it ends', async () => {
  await withKling(async ({ adapter, running, clock, ctx }) => {
    const submitted = await adapter.submit(jobFor('kling-v2-1'), ctx);
    if (submitted.kind !== 'accepted') throw new Error(submitted.kind);
    await adapter.poll(submitted.handle, ctx);
    await clock.advance(30 * 60_000);
    assert.equal((await adapter.poll(submitted.handle, ctx)).kind, 'running');
    const [first, second, third] = running.calls.map((call) => call.headers.authorization);
    assert.equal(first, second);
    assert.notEqual(second, third);
  });
});

test('a single key is shown as it is, and an expired one is not tried twice', async () => {
  const make = (baseUrl: string) =>
    createKling({ credentials: { kind: 'key', apiKey: 'api-key-kling' }, baseUrl });
  await withProvider(createKlingEmulator(), make, async ({ adapter, running, ctx }) => {
    assert.equal((await adapter.submit(jobFor('kling-v2-1'), ctx)).kind, 'accepted');
    assert.equal(running.calls[0]?.headers.authorization, 'Bearer api-key-kling');
    const expired = jobFor('kling-v2-1', { prompt: 'sandbox:expired_token' });
    assert.equal((await adapter.submit(expired, ctx)).kind, 'rejected');
    assert.equal(running.calls.length, 2);
  });
});

test('a wrong secret is refused, so the signature is really checked', async () => {
  const credentials = { kind: 'pair', ...KLING_SANDBOX_PAIR, secretKey: 'another' } as const;
  const make = (baseUrl: string) => createKling({ credentials, baseUrl });
  await withProvider(createKlingEmulator(), make, async ({ adapter, ctx }) => {
    const submitted = await adapter.submit(jobFor('kling-v2-1'), ctx);
    assert.equal(submitted.kind, 'rejected');
    assert.equal(submitted.kind === 'rejected' && classify(submitted.evidence).code, 'service_unavailable');
  });
});

test('a lost answer is looked up by our own key, among all kinds', async () => {
  await withKling(async ({ adapter, running, ctx }) => {
    const inputs = [inputFor('image_urls')];
    const job = jobFor('kling-v2-1', { prompt: 'sandbox:lost_answer' }, { inputs, idempotencyKey: KEY });
    assert.equal((await adapter.submit(job, ctx)).kind, 'unknown');
    const found = await adapter.lookup?.(KEY, ctx);
    assert.equal(found?.kind, 'found');
    if (found?.kind !== 'found') return;
    assert.equal((await adapter.poll(found.handle, ctx)).kind, 'running');
    assert.equal(running.jobsMade(), 1);
  });
});

test('a job that is not there is believed to be absent only after a while', async () => {
  await withKling(async ({ adapter, clock, ctx }) => {
    const job = jobFor('kling-v2-1', { prompt: 'sandbox:lost_request' }, { idempotencyKey: KEY });
    assert.equal((await adapter.submit(job, ctx)).kind, 'unknown');
    assert.equal((await adapter.lookup?.(KEY, ctx))?.kind, 'undecided');
    await clock.advance(29_000);
    assert.equal((await adapter.lookup?.(KEY, ctx))?.kind, 'undecided');
    await clock.advance(1_000);
    assert.equal((await adapter.lookup?.(KEY, ctx))?.kind, 'absent');
  });
});

test('while Kling cannot be asked, nothing is known', async () => {
  const deaf = { ...createKlingEmulator(), answer: () => json(503, { code: 5001, message: 'maintenance' }) };
  await withProvider(deaf, create, async ({ adapter, clock, ctx }) => {
    for (let asked = 0; asked < 3; asked++) {
      assert.equal((await adapter.lookup?.(KEY, ctx))?.kind, 'undecided');
      await clock.advance(60_000);
    }
  });
});

test('"already exists" leads to the job of the first try, and makes no second', async () => {
  await withKling(async ({ adapter, running, ctx }) => {
    const job = jobFor('kling-v2-1', {}, { idempotencyKey: KEY });
    const first = await adapter.submit(job, ctx);
    const second = await adapter.submit(job, ctx);
    assert.equal(first.kind, 'accepted');
    assert.deepEqual(second, first);
    assert.equal(running.jobsMade(), 1);
  });
});

test('neither the keys nor the token they sign stay in the evidence', async () => {
  const echo = {
    ...createKlingEmulator(),
    answer: (call: { headers: Readonly<Record<string, string>> }) =>
      json(401, {
        code: 1002,
        message: `not found: ${call.headers.authorization}, ${KLING_SANDBOX_PAIR.accessKey}`,
      }),
  };
  await withProvider(echo, create, async ({ adapter, running, ctx }) => {
    const submitted = await adapter.submit(jobFor('kling-v2-1'), ctx);
    const token = running.calls[0]?.headers.authorization?.slice('Bearer '.length) ?? '';
    const kept = JSON.stringify(submitted);
    assert.ok(token.length > 50 && !kept.includes(token));
    assert.ok(!kept.includes(KLING_SANDBOX_PAIR.accessKey));
  });
});

test('a picture is sent as bare base64, under the path of its kind', async () => {
  await withKling(async ({ adapter, running, ctx }) => {
    const inputs = [inputFor('image_urls'), inputFor('image_urls', 1)];
    const job = jobFor('kling-v2-1', { duration: 10, quality: '1080p', aspect_ratio: '9:16' }, { inputs });
    assert.equal((await adapter.submit(job, ctx)).kind, 'accepted');
    const [call] = running.calls;
    assert.equal(call?.path, '/v1/videos/image2video');
    assert.deepEqual(call?.body, {
      model_name: 'kling-v2-1',
      prompt: 'a quiet harbour',
      duration: '10',
      mode: 'pro',
      image: 'AQID',
      image_tail: 'AQID',
      external_task_id: KEY,
    });
  });
});

test('an input that cannot be read is a refusal, since nothing was sent', async () => {
  await withKling(async ({ adapter, running, ctx }) => {
    const lost = inputFor('image_urls', 0, { read: () => Promise.reject(new Error('gone')) });
    assert.equal((await adapter.submit(jobFor('kling-v2-1', {}, { inputs: [lost] }), ctx)).kind, 'rejected');
    assert.equal(running.calls.length, 0);
  });
});

test('an answer that leaves it open whether there is a job is never taken for a refusal', async () => {
  for (const scenario of ['lost_answer', 'lost_request', 'garbage_answer', 'backlog']) {
    await withKling(async ({ adapter, ctx }) => {
      const submitted = await adapter.submit(jobFor('kling-v2-1', { prompt: `sandbox:${scenario}` }), ctx);
      assert.equal(submitted.kind, 'unknown', scenario);
    });
  }
});

test('whatever is answered, nothing is thrown and nothing made up', () =>
  survivesNonsense('kling', create, jobFor('kling-v2-1'), { kind: 'videos/text2video', id: '1' }));
