import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRunway as createRunwayEmulator, json } from '@sluice/sandbox';
import { scenarioSuite } from '../scenarios.ts';
import { inputFor, jobFor, survivesNonsense, withProvider } from '../trial.ts';
import { createRunway } from './adapter.ts';

scenarioSuite('runway', {
  emulator: createRunwayEmulator,
  adapter: (baseUrl) => createRunway({ apiKey: 'key_secret', baseUrl }),
  job: { type: 'video', upstreamModel: 'gen4.5', params: { duration: 5 } },
});

const create = (baseUrl: string) => createRunway({ apiKey: 'key_secret', baseUrl });

test('a small picture travels inside the request', async () => {
  await withProvider(createRunwayEmulator(), create, async ({ adapter, running, ctx }) => {
    const job = jobFor('gen4_turbo', { duration: 5 }, { inputs: [inputFor('image_urls')] });
    const submitted = await adapter.submit(job, ctx);
    assert.equal(submitted.kind, 'accepted');
    const [call] = running.calls;
    assert.equal(call?.path, '/v1/image_to_video');
    assert.equal(call?.headers.authorization, 'Bearer key_secret');
    assert.deepEqual(call?.body, {
      model: 'gen4_turbo',
      promptText: 'a quiet harbour',
      duration: 5,
      ratio: '1280:720',
      promptImage: 'data:image/png;base64,AQID',
    });
  });
});

test('a picture too big for a data URL is put into the store first, without the key', async () => {
  await withProvider(createRunwayEmulator(), create, async ({ adapter, running, ctx }) => {
    const big = inputFor('image_urls', 0, { bytes: 4_000_000 });
    const submitted = await adapter.submit(jobFor('gen4_turbo', {}, { inputs: [big] }), ctx);
    assert.equal(submitted.kind, 'accepted');
    const [asked, put, made] = running.calls;
    assert.deepEqual(asked?.body, { filename: 'image_urls-0.png', type: 'ephemeral' });
    assert.equal(put?.path, '/store');
    assert.equal(put?.headers.authorization, undefined);
    assert.ok((put?.raw.length ?? 0) > 4_000_000);
    assert.match(made?.raw.toString() ?? '', /"promptImage":"runway:\/\/image_urls-0.png"/);
  });
});

test('what cannot be uploaded makes no task', async () => {
  const deaf = { ...createRunwayEmulator(), answer: () => json(503, { error: 'Service unavailable' }) };
  await withProvider(deaf, create, async ({ adapter, running, ctx }) => {
    const big = inputFor('image_urls', 0, { bytes: 4_000_000 });
    const submitted = await adapter.submit(jobFor('gen4_turbo', {}, { inputs: [big] }), ctx);
    assert.equal(submitted.kind, 'rejected');
    assert.equal(running.calls.length, 1);
  });
});

test('what the model cannot do is refused without a call', async () => {
  await withProvider(createRunwayEmulator(), create, async ({ adapter, running, ctx }) => {
    const submitted = await adapter.submit(jobFor('gen4.5', { quality: '4k' }), ctx);
    assert.equal(submitted.kind, 'rejected');
    assert.equal(running.calls.length, 0);
  });
});

test('a running task is cancelled; then it is gone', async () => {
  await withProvider(createRunwayEmulator(), create, async ({ adapter, ctx }) => {
    const submitted = await adapter.submit(jobFor('gen4.5', { duration: 5 }), ctx);
    assert.equal(submitted.kind, 'accepted');
    if (submitted.kind !== 'accepted') return;
    assert.equal((await adapter.cancel(submitted.handle, ctx)).kind, 'cancelled');
    assert.equal((await adapter.poll(submitted.handle, ctx)).kind, 'failed');
    assert.equal((await adapter.cancel(submitted.handle, ctx)).kind, 'not_possible');
  });
});

test('a task that is over is not deleted by a late cancel', async () => {
  await withProvider(createRunwayEmulator(), create, async ({ adapter, running, ctx }) => {
    const submitted = await adapter.submit(jobFor('gen4.5', { duration: 5 }), ctx);
    assert.equal(submitted.kind, 'accepted');
    if (submitted.kind !== 'accepted') return;
    for (let polls = 0; polls < 3; polls++) await adapter.poll(submitted.handle, ctx);
    assert.equal((await adapter.cancel(submitted.handle, ctx)).kind, 'not_possible');
    assert.equal((await adapter.poll(submitted.handle, ctx)).kind, 'finished');
    assert.ok(running.calls.every((call) => call.method !== 'DELETE'));
  });
});

test('progress is told in per cent, and the next look is five seconds away', async () => {
  await withProvider(createRunwayEmulator(), create, async ({ adapter, ctx }) => {
    const submitted = await adapter.submit(jobFor('gen4.5', { duration: 5 }), ctx);
    if (submitted.kind !== 'accepted') throw new Error(submitted.kind);
    await adapter.poll(submitted.handle, ctx);
    const second = await adapter.poll(submitted.handle, ctx);
    assert.deepEqual(second, { kind: 'running', progress: 42, pollAfterMs: 5_000 });
  });
});

test('a key that is echoed does not stay in the evidence', async () => {
  const echo = {
    ...createRunwayEmulator(),
    answer: () => json(401, { error: 'Bearer key_secret is not known', docUrl: 'key_secret' }),
  };
  await withProvider(echo, create, async ({ adapter, ctx }) => {
    const submitted = await adapter.submit(jobFor('gen4.5'), ctx);
    assert.equal(submitted.kind, 'rejected');
    assert.doesNotMatch(JSON.stringify(submitted), /key_secret/);
  });
});

test('an answer that leaves it open whether there is a task is never taken for a refusal', async () => {
  for (const scenario of ['lost_answer', 'garbage_answer', 'gateway_timeout']) {
    await withProvider(createRunwayEmulator(), create, async ({ adapter, running, ctx }) => {
      const submitted = await adapter.submit(jobFor('gen4.5', { prompt: `sandbox:${scenario}` }), ctx);
      assert.equal(submitted.kind, 'unknown', scenario);
      assert.equal(running.jobsMade(), 1);
    });
  }
});

test('whatever is answered, nothing is thrown and nothing made up', () =>
  survivesNonsense('runway', create, jobFor('gen4.5'), { id: '1' }));
