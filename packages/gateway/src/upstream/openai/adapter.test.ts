import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify } from '@sluice/errors';
import { createOpenai as createOpenaiEmulator, json, type ProviderEmulator } from '@sluice/sandbox';
import { scenarioSuite } from '../scenarios.ts';
import { inputFor, jobFor, withProvider } from '../trial.ts';
import { createOpenai } from './adapter.ts';

const SECRET = 'sk-secret';
const create = (url: string) => createOpenai({ apiKey: SECRET, baseUrl: `${url}/v1` });

scenarioSuite('openai', {
  emulator: createOpenaiEmulator,
  adapter: create,
  job: { type: 'image', upstreamModel: 'gpt-image-2' },
});

const answering = (answer: ProviderEmulator['answer']): ProviderEmulator => ({
  ...createOpenaiEmulator(),
  answer,
});

test('a picture is asked for in JSON, and its bytes come back', async () => {
  await withProvider(createOpenaiEmulator(), create, async ({ adapter, running, ctx }) => {
    const params = { size: '1:1', quality: 'low', n: 2, output_format: 'png', seed: 3 };
    const outcome = await adapter.submit(jobFor('gpt-image-2', params, { type: 'image' }), ctx);
    const [call] = running.calls;
    assert.equal(call?.path, '/v1/images/generations');
    assert.equal(call?.headers.authorization, `Bearer ${SECRET}`);
    assert.deepEqual(call?.body, {
      model: 'gpt-image-2',
      prompt: 'a quiet harbour',
      size: '1024x1024',
      quality: 'low',
      n: 2,
      output_format: 'png',
    });
    if (outcome.kind !== 'finished') assert.fail(outcome.kind);
    assert.equal(outcome.outputs.length, 2);
    const [first] = outcome.outputs;
    if (first?.kind !== 'bytes') assert.fail(first?.kind);
    assert.equal(first.mimeType, 'image/png');
    assert.equal(Buffer.from(first.data).subarray(1, 4).toString(), 'PNG');
  });
});

test('an edit is a form with every picture and the mask', async () => {
  await withProvider(createOpenaiEmulator(), create, async ({ adapter, running, ctx }) => {
    const inputs = [
      inputFor('image_urls', 0),
      inputFor('image_urls', 1, { mimeType: 'image/webp' }),
      inputFor('mask_url'),
    ];
    const outcome = await adapter.submit(jobFor('gpt-image-2', { n: 1 }, { type: 'image', inputs }), ctx);
    assert.equal(outcome.kind, 'finished');
    const [call] = running.calls;
    assert.equal(call?.path, '/v1/images/edits');
    const form = await new Response(new Uint8Array(call?.raw ?? []), {
      headers: { 'content-type': call?.headers['content-type'] ?? '' },
    }).formData();
    const sent = await Promise.all(
      [...form].map(async ([name, value]) =>
        typeof value === 'string'
          ? [name, value]
          : [name, value.name, value.type, [...(await value.bytes())]],
      ),
    );
    assert.deepEqual(sent, [
      ['model', 'gpt-image-2'],
      ['prompt', 'a quiet harbour'],
      ['n', '1'],
      ['image[]', 'image-1.png', 'image/png', [1, 2, 3]],
      ['image[]', 'image-2.webp', 'image/webp', [1, 2, 3]],
      ['mask', 'mask.png', 'image/png', [1, 2, 3]],
    ]);
  });
});

test('Azure gets the key in its own header, and its errors are its own', async () => {
  const azure = (url: string) =>
    createOpenai({ apiKey: SECRET, baseUrl: `${url}/openai/v1`, flavour: 'azure' });
  await withProvider(createOpenaiEmulator(), azure, async ({ adapter, running, ctx }) => {
    assert.equal(adapter.provider, 'azure-openai');
    const outcome = await adapter.submit(jobFor('my-deployment', {}, { type: 'image' }), ctx);
    assert.equal(outcome.kind, 'finished');
    assert.equal(running.calls[0]?.path, '/openai/v1/images/generations');
    assert.equal(running.calls[0]?.headers['api-key'], SECRET);
    assert.equal(running.calls[0]?.headers.authorization, undefined);
  });
});

test('what the model cannot do is refused without a call, as our own words', async () => {
  await withProvider(createOpenaiEmulator(), create, async ({ adapter, running, ctx }) => {
    const outcome = await adapter.submit(jobFor('gpt-image-1.5', { size: '21:9' }, { type: 'image' }), ctx);
    assert.equal(running.calls.length, 0);
    if (outcome.kind !== 'rejected') assert.fail(outcome.kind);
    const { code, param } = classify(outcome.evidence);
    assert.deepEqual({ code, param }, { code: 'invalid_parameters', param: 'size' });
  });
});

test('an input that cannot be read is known not to have left', async () => {
  await withProvider(createOpenaiEmulator(), create, async ({ adapter, running, ctx }) => {
    const inputs = [inputFor('image_urls', 0, { read: () => Promise.reject(new Error('gone')) })];
    const outcome = await adapter.submit(jobFor('gpt-image-2', {}, { type: 'image', inputs }), ctx);
    assert.equal(outcome.kind, 'rejected');
    assert.equal(running.calls.length, 0);
  });
});

test('how certain a refusal is', async () => {
  const error = { error: { message: 'no', type: 'invalid_request_error', code: null, param: null } };
  const page = { kind: 'text', status: 200, body: '<html></html>' } as const;
  const cases = [
    ['a refusal', json(400, error), 'rejected'],
    ['an error under a success', json(200, error), 'rejected'],
    ['its own internal error', json(500, error), 'rejected'],
    ['a page under a success', page, 'unknown'],
    ['JSON of another kind under a success', json(200, { ok: true }), 'unknown'],
    ['a page of a proxy that waited too long', { ...page, status: 524 }, 'unknown'],
    ['a time-out', json(408, error), 'unknown'],
  ] as const;
  for (const [name, reply, kind] of cases) {
    await withProvider(
      answering(() => reply),
      create,
      async ({ adapter, ctx }) => {
        const outcome = await adapter.submit(jobFor('gpt-image-2', {}, { type: 'image' }), ctx);
        assert.equal(outcome.kind, kind, name);
      },
    );
  }
});

test('a call that is given up is lost, not refused', async () => {
  const aborting = new AbortController();
  const deaf = answering(async () => {
    aborting.abort();
    return json(200, { data: [] });
  });
  await withProvider(deaf, create, async ({ adapter, clock }) => {
    const job = jobFor('gpt-image-2', {}, { type: 'image' });
    const outcome = await adapter.submit(job, { clock, signal: aborting.signal });
    assert.equal(outcome.kind, 'unknown');
  });
});

test('evidence holds neither the key nor the pictures', async () => {
  const echo = answering((call) =>
    json(401, {
      error: { message: `Incorrect key: ${call.headers.authorization}`, echoed: 'A'.repeat(9_000) },
    }),
  );
  await withProvider(echo, create, async ({ adapter, ctx }) => {
    const outcome = await adapter.submit(jobFor('gpt-image-2', {}, { type: 'image' }), ctx);
    if (outcome.kind !== 'rejected') assert.fail(outcome.kind);
    const text = JSON.stringify(outcome.evidence);
    assert.ok(!text.includes(SECRET) && text.length < 6_000, text.slice(0, 300));
  });
});
